#include "live/message.hpp"

#include "realtime/socket_packet.hpp"

#include <utility>

namespace tiketi::http::live {
namespace {

constexpr std::size_t packet_type_size = 2;  // Engine.IO's `4` and Socket.IO's `2` before the array

std::string array_of(std::string_view payload) { return std::string("[").append(payload).append("]"); }

}  // namespace

Message::Message(std::string_view name, std::string_view payload, std::uint64_t superseding_key)
    : name_size_(name.size()) {
  std::string text = realtime::encode_event("/", name, array_of(payload));
  plain_ = make_payload(text.substr(packet_type_size));
  socket_io_ = {.text = make_payload(std::move(text)), .attachments = {}, .superseding_key = superseding_key};
}

std::string_view Message::name() const noexcept { return std::string_view(*plain_).substr(2, name_size_); }

/// What is between `["name",` and `]`.
std::string_view Message::payload() const noexcept {
  const std::string_view all = *plain_;
  const std::size_t begin = name_size_ + 4;
  return all.substr(begin, all.size() - begin - 1);
}

}  // namespace tiketi::http::live
