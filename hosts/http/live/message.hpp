#pragma once
// What live clients are told: an event's name and its payload, made once for all who receive it.

#include "realtime/send_queue.hpp"
#include "server/payload.hpp"

#include <tiketi/base/id.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tiketi::http::live {

/// Of what kind of news, about one thing, only the latest counts for a client that is slow.
enum class Supersedes : std::uint64_t {
  status = 1,  ///< of an event
  stock,       ///< of a ticket type
  count,       ///< of who watches an event
  place,       ///< in an event's queue
  seat,        ///< a seat's status
  selection,   ///< the same by the other name that clients listen to
};

/// Different kinds, and news about different things, have different keys.
template <class Tag>
std::uint64_t key_of(Supersedes kind, Id<Tag> about) noexcept {
  return std::hash<Id<Tag>>{}(about)*8 + static_cast<std::uint64_t>(kind);
}

/// Immutable and cheap to copy.
class Message {
 public:
  /// `payload` is the JSON text of an object. Of messages with the same key, unless it is 0, a client that is slow gets
  /// only the latest.
  Message(std::string_view name, std::string_view payload, std::uint64_t superseding_key = 0);

  const realtime::Outgoing& socket_io() const noexcept { return socket_io_; }
  /// `["name",{…}]`
  const Payload& plain() const noexcept { return plain_; }
  std::string_view name() const noexcept;
  std::string_view payload() const noexcept;

 private:
  realtime::Outgoing socket_io_;
  Payload plain_;
  std::size_t name_size_ = 0;
};

/// One who is told: a connection, in the form that it understands.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void tell(const Message& message) = 0;
};

}  // namespace tiketi::http::live
