#include "realtime/socket_packet.hpp"

#include "server/json.hpp"
#include "server/json_writer.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tiketi::realtime {
namespace {

namespace json = boost::json;

constexpr std::uint64_t largest_ack_id = (std::uint64_t{1} << 53) - 1;

Error malformed(std::string why) { return {Errc::invalid_argument, std::move(why)}; }
Error beyond(std::string why) { return {Errc::limit_exceeded, std::move(why)}; }

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_binary(SocketPacketType type) noexcept {
  return type == SocketPacketType::binary_event || type == SocketPacketType::binary_ack;
}
bool is_event(SocketPacketType type) noexcept {
  return type == SocketPacketType::event || type == SocketPacketType::binary_event;
}

/// Takes the digits that the text begins with. False if there are none, or the number is larger than `most`.
bool take_number(std::string_view& text, std::uint64_t most, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number > most) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

/// Why the head (all before the JSON) is refused, if it is.
std::optional<Error> take_head(std::string_view& text, const SocketPacketBounds& bounds, SocketPacket& packet) {
  if (text.empty() || text.front() < '0' || text.front() > '6') return malformed("no such packet type");
  packet.type = static_cast<SocketPacketType>(text.front() - '0');
  text.remove_prefix(1);
  if (is_binary(packet.type)) {
    std::uint64_t count = 0;
    if (text.empty() || !is_digit(text.front()) || !take_number(text, bounds.max_attachments, count) ||
        !text.starts_with('-'))
      return malformed("bad number of attachments");
    packet.attachment_count = static_cast<std::size_t>(count);
    text.remove_prefix(1);
  }
  if (text.starts_with('/')) {
    const std::size_t end = std::min(text.find(','), text.size());
    packet.name_space = text.substr(0, end);
    if (!is_clean_text(packet.name_space, bounds.max_namespace_bytes)) return malformed("bad namespace");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!text.empty() && is_digit(text.front())) {
    std::uint64_t id = 0;
    if (!take_number(text, largest_ack_id, id)) return malformed("bad ack id");
    packet.ack_id = id;
  }
  return std::nullopt;
}

/// True if every placeholder stands for one of `count` attachments. Recurses as deep as the parser let it be.
bool placeholders_exist(const json::value& value, std::size_t count) {
  if (const json::array* array = value.if_array())
    return std::ranges::all_of(*array, [&](const json::value& each) { return placeholders_exist(each, count); });
  const json::object* object = value.if_object();
  if (object == nullptr) return true;
  if (const json::value* mark = object->if_contains("_placeholder"); mark != nullptr && *mark == json::value(true)) {
    const json::value* number = object->if_contains("num");
    const std::int64_t* index = number == nullptr ? nullptr : number->if_int64();
    return index != nullptr && *index >= 0 && static_cast<std::size_t>(*index) < count;
  }
  return std::ranges::all_of(*object, [&](const auto& each) { return placeholders_exist(each.value(), count); });
}

/// Where the first element of the array ends. The text is valid JSON, the element a string or a number.
std::size_t end_of_first(std::string_view text) {
  std::size_t i = text.find('[') + 1;
  while (is_space(text[i])) ++i;
  if (text[i] != '"') return text.find_first_of(",] \t\r\n", i);
  for (++i; text[i] != '"'; ++i)
    if (text[i] == '\\') ++i;
  return i + 1;
}

/// Splits `["name",1,2]` into the name and `[1,2]`.
std::optional<Error> take_event(std::string_view text, const json::value& value, const SocketPacketBounds& bounds,
                                SocketPacket& packet) {
  const json::array* array = value.if_array();
  if (array == nullptr || array->empty()) return malformed("an event is an array that begins with its name");
  const json::value& name = array->front();
  if (!name.is_string() && !name.is_number()) return malformed("an event's name is a string");
  std::size_t i = end_of_first(text);
  if (const json::string* string = name.if_string()) {
    packet.event.assign(string->data(), string->size());
  } else {
    const std::size_t begin = text.find_first_not_of(" \t\r\n", text.find('[') + 1);
    packet.event = text.substr(begin, i - begin);
  }
  if (packet.event.size() > bounds.max_event_bytes) return beyond("the event's name is too long");
  if (name.is_string() && is_reserved_event(packet.event)) return malformed("the event's name is reserved");
  while (is_space(text[i])) ++i;
  packet.json = '[';
  packet.json += text[i] == ',' ? text.substr(i + 1) : "]";
  return std::nullopt;
}

/// Why what follows the head is refused, if it is.
std::optional<Error> take_body(std::string_view text, const SocketPacketBounds& bounds, SocketPacket& packet) {
  if (packet.type == SocketPacketType::connect_error) return malformed("only servers send that");
  if (packet.type == SocketPacketType::disconnect)
    return text.empty() ? std::nullopt : std::optional(malformed("a disconnect carries nothing"));
  if (packet.type == SocketPacketType::connect && text.empty()) return std::nullopt;
  std::string why;
  const std::optional<json::value> value = http::parse_json(text, why,
                                                            {.max_depth = bounds.max_depth,
                                                             .max_elements = bounds.max_elements,
                                                             .max_members = bounds.max_members,
                                                             .max_string = bounds.max_bytes});
  if (!value) return malformed("bad JSON: " + why);
  if (is_binary(packet.type) && !placeholders_exist(*value, packet.attachment_count))
    return malformed("a placeholder without attachment");
  if (is_event(packet.type)) return take_event(text, *value, bounds, packet);
  if (packet.type == SocketPacketType::connect && !value->is_object()) return malformed("auth is an object");
  if (packet.type != SocketPacketType::connect && !value->is_array()) return malformed("an ack is an array");
  packet.json = text;
  return std::nullopt;
}

/// `4`, the type, the attachments and the namespace.
std::string head(SocketPacketType plain, std::string_view name_space, std::size_t attachment_count) {
  std::string out = "4";
  // A packet with attachments has a type of its own, three further on.
  out += static_cast<char>('0' + static_cast<int>(plain) + (attachment_count > 0 ? 3 : 0));
  if (attachment_count > 0) out += std::to_string(attachment_count) + '-';
  if (name_space != "/") out.append(name_space).append(",");
  return out;
}

}  // namespace

bool is_reserved_event(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 6> reserved = {"connect",       "connect_error", "disconnect",
                                                        "disconnecting", "newListener",   "removeListener"};
  return std::ranges::find(reserved, name) != reserved.end();
}

Result<SocketPacket> parse_socket_packet(std::string_view text, const SocketPacketBounds& bounds) {
  if (text.size() > bounds.max_bytes) return beyond("the packet is too large");
  SocketPacket packet;
  if (std::optional<Error> error = take_head(text, bounds, packet)) return *std::move(error);
  const bool is_ack = packet.type == SocketPacketType::ack || packet.type == SocketPacketType::binary_ack;
  if (is_ack && !packet.ack_id) return malformed("an ack without id");
  if (packet.ack_id && !is_ack && !is_event(packet.type)) return malformed("nothing to acknowledge");
  if (std::optional<Error> error = take_body(text, bounds, packet)) return *std::move(error);
  return packet;
}

std::string encode_connect(std::string_view name_space, std::string_view sid) {
  std::string out = head(SocketPacketType::connect, name_space, 0);
  http::JsonWriter(out).object([&](http::JsonWriter& object) { object.member("sid", sid); });
  return out;
}

std::string encode_connect_error(std::string_view name_space, std::string_view message, std::string_view data) {
  std::string out = head(SocketPacketType::connect_error, name_space, 0);
  http::JsonWriter(out).object([&](http::JsonWriter& object) {
    object.member("message", message);
    if (!data.empty()) object.key("data").raw(data);
  });
  return out;
}

std::string encode_disconnect(std::string_view name_space) { return head(SocketPacketType::disconnect, name_space, 0); }

std::string encode_event(std::string_view name_space, std::string_view event, std::string_view arguments,
                         std::optional<std::uint64_t> ack_id, std::size_t attachment_count) {
  std::string out = head(SocketPacketType::event, name_space, attachment_count);
  if (ack_id) out += std::to_string(*ack_id);
  out += '[';
  http::append_json_string(out, event);
  const std::size_t first = arguments.find_first_not_of(" \t\r\n", arguments.find('[') + 1);
  if (first != arguments.npos && arguments[first] != ']') out.append(",").append(arguments.substr(first));
  else out += ']';
  return out;
}

std::string encode_ack(std::string_view name_space, std::uint64_t ack_id, std::string_view arguments,
                       std::size_t attachment_count) {
  std::string out = head(SocketPacketType::ack, name_space, attachment_count);
  out.append(std::to_string(ack_id)).append(arguments);
  return out;
}

}  // namespace tiketi::realtime
