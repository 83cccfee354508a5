#pragma once
// What is sent over connections that stay open: bytes that many of them share, made once and never changed.

#include <cstddef>
#include <limits>
#include <memory>
#include <string>

namespace tiketi::http {

using Payload = std::shared_ptr<const std::string>;

inline Payload make_payload(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

/// What may wait for one slow client. A single message that finds nothing waiting is taken whatever its size.
struct QueueLimits {
  std::size_t bytes = 1024 * 1024;
  std::size_t messages = 4'096;
};

/// For whoever keeps a bounded queue of his own before it.
inline constexpr QueueLimits unbounded_queue{std::numeric_limits<std::size_t>::max() / 2,
                                             std::numeric_limits<std::size_t>::max()};

}  // namespace tiketi::http
