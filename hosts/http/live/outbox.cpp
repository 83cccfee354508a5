#include "live/outbox.hpp"

#include <vector>

namespace tiketi::http::live {
namespace {

constexpr std::uint16_t try_again_later = 1013;

}  // namespace

void Outbox::send(const Payload& text, std::uint64_t superseding_key) {
  if (!socket_->is_open()) return;
  if (waiting_.empty() && socket_->queued_bytes() == 0) {
    socket_->send_text(text);
    return;
  }
  // What waited before counts, not what comes: a large message alone says nothing of how the client reads.
  if (waiting_.bytes() < max_bytes && waiting_.packets() < max_messages)
    return waiting_.push({.text = text, .attachments = {}, .superseding_key = superseding_key});
  waiting_.clear();
  socket_->close(try_again_later, "too slow", true);
}

void Outbox::flush() {
  const std::vector<realtime::SendQueue::Entry> all = waiting_.take();
  for (std::size_t i = 0; i < all.size(); ++i) socket_->send_text(all[i].data, i + 1 < all.size());
}

void Outbox::close(std::uint16_t code, std::string_view reason) {
  flush();
  socket_->close(code, reason);
}

}  // namespace tiketi::http::live
