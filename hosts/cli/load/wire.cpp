#include "load/wire.hpp"

namespace tiketi::load {
namespace {

void append_head(std::string& out, std::string_view method, const Address& server, std::string_view target,
                 const Extras& extras) {
  const auto header = [&out](std::string_view name, std::string_view value) {
    if (!value.empty()) out.append(name).append(value).append("\r\n");
  };
  out.append(method).append(target).append(" HTTP/1.1\r\n");
  header("Host: ", server.host);
  header("Accept-Encoding: ", extras.accept_encoding);
  header("If-None-Match: ", extras.if_none_match);
  if (!extras.token.empty()) out.append("Authorization: Bearer ").append(extras.token).append("\r\n");
}

void append_with_body(std::string& out, std::string_view method, const Address& server, std::string_view target,
                      std::string_view body, const Extras& extras) {
  append_head(out, method, server, target, extras);
  out.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
  out.append("\r\n\r\n").append(body);
}

}  // namespace

void append_get(std::string& out, const Address& server, std::string_view target, const Extras& extras) {
  append_head(out, "GET ", server, target, extras);
  out.append("\r\n");
}

void append_post(std::string& out, const Address& server, std::string_view target, std::string_view body,
                 const Extras& extras) {
  append_with_body(out, "POST ", server, target, body, extras);
}

void append_put(std::string& out, const Address& server, std::string_view target, std::string_view body,
                const Extras& extras) {
  append_with_body(out, "PUT ", server, target, body, extras);
}

}  // namespace tiketi::load
