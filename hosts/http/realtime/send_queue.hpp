#pragma once
// What one session has still to send, and what may be left out of it when the client is slow.

#include "realtime/wire.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::realtime {

/// A message to a client, encoded once for all its receivers.
struct Outgoing {
  SharedText text;                      ///< Engine.IO text with its type: `42["seat-locked",…]`; null: only bytes
  std::vector<SharedText> attachments;  ///< raw bytes, sent right behind the text
  /// If not 0, takes the place of what was sent before with the same key and has not left yet: of a seat's status only
  /// the latest counts. Whoever chooses keys sees to it that different things get different ones (say, a 64-bit hash).
  std::uint64_t superseding_key = 0;
  bool is_volatile = false;  ///< dropped if it can't leave at once
};

/// A message without Socket.IO.
Outgoing text_message(std::string_view text);
Outgoing binary_message(std::string_view bytes);

/// Plain data. An empty queue has no memory of its own.
class SendQueue {
 public:
  struct Entry {
    SharedText data;
    std::uint64_t superseding_key = 0;
    bool binary = false;
    bool attached = false;  ///< belongs to the entry before it
  };

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t packets() const noexcept { return entries_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

  void push(const Outgoing& message);

  /// All that waits, in order. The queue is empty then.
  std::vector<Entry> take() noexcept;

  void clear() noexcept { take(); }

 private:
  void drop_superseded(std::uint64_t key);

  std::vector<Entry> entries_;
  std::size_t bytes_ = 0;
};

/// The body of an answer to a poll: the entries joined, binary ones in base64.
std::string join_payload(const std::vector<SendQueue::Entry>& entries);

}  // namespace tiketi::realtime
