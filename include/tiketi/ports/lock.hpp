#pragma once
// Port: a lock between processes. It saves work under contention (two sweepers at once); correctness
// never rests on it, because a holder may be paused past its time to live without noticing.

#include <tiketi/base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi {

/// Proof of having taken a lock.
struct Lease {
  std::string name;
  std::string owner_token;    ///< unguessable and unique to this acquisition
  std::uint64_t fencing = 0;  ///< grows with every acquisition of this name
};

/// Thread-safe.
class Lock {
 public:
  virtual ~Lock() = default;

  /// Takes the lock for `ttl_ms` (1 to 3,600,000), or returns nothing at once if somebody has it.
  virtual Result<std::optional<Lease>> try_acquire(std::string_view name, std::int64_t ttl_ms) = 0;

  /// Releases it if the lease still owns it; returns whether it did. Never releases another's lock.
  virtual Result<bool> release(const Lease& lease) = 0;
};

}  // namespace tiketi
