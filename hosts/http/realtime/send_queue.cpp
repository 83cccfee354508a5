#include "realtime/send_queue.hpp"

#include "realtime/packet.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::realtime {

Outgoing text_message(std::string_view text) {
  return {.text = std::make_shared<const std::string>("4" + std::string(text)), .attachments = {}};
}

Outgoing binary_message(std::string_view bytes) {
  return {.text = nullptr, .attachments = {std::make_shared<const std::string>(bytes)}};
}

void SendQueue::push(const Outgoing& message) {
  if (message.superseding_key != 0) drop_superseded(message.superseding_key);
  if (message.text) {
    entries_.push_back({.data = message.text, .superseding_key = message.superseding_key});
    bytes_ += message.text->size();
  }
  for (const SharedText& each : message.attachments) {
    entries_.push_back({.data = each, .binary = true, .attached = message.text != nullptr});
    bytes_ += each->size();
  }
}

std::vector<SendQueue::Entry> SendQueue::take() noexcept {
  bytes_ = 0;
  return std::exchange(entries_, {});
}

void SendQueue::drop_superseded(std::uint64_t key) {
  // There is at most one, since each one drops the one before.
  const auto begin = std::ranges::find(entries_, key, &Entry::superseding_key);
  if (begin == entries_.end()) return;
  const auto end = std::find_if(begin + 1, entries_.end(), [](const Entry& each) { return !each.attached; });
  for (auto each = begin; each != end; ++each) bytes_ -= each->data->size();
  entries_.erase(begin, end);
}

std::string join_payload(const std::vector<SendQueue::Entry>& entries) {
  std::string out;
  for (const SendQueue::Entry& each : entries) {
    if (each.binary) append_binary(out, *each.data);
    else append_packet(out, *each.data);
  }
  return out;
}

}  // namespace tiketi::realtime
