#include "realtime/wire.hpp"

#include "server/json_writer.hpp"

#include <array>
#include <cstddef>

namespace tiketi::realtime {

Answer refusal(RefusalCode code, std::string_view message) {
  constexpr std::array<std::string_view, 6> usual = {
      "Transport unknown", "Session ID unknown", "Bad handshake method",
      "Bad request",       "Forbidden",          "Unsupported protocol version"};
  const int number = static_cast<int>(code);
  Answer out{.status = code == RefusalCode::forbidden ? 403 : 400, .content_type = "application/json", .body = {}};
  http::JsonWriter(out.body).object([&](http::JsonWriter& object) {
    object.member("code", number);
    object.member("message", message.empty() ? usual[static_cast<std::size_t>(number)] : message);
  });
  return out;
}

}  // namespace tiketi::realtime
