#include "load/api.hpp"

#include "load/response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>

#include <sys/socket.h>
#include <sys/time.h>

#include <array>

namespace tiketi::load {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using asio::ip::tcp;
using boost::system::error_code;

json::value success(const Api::Answer& answer, std::string_view method, std::string_view target) {
  constexpr std::size_t most_shown = 500;
  error_code malformed;
  json::value out = json::parse(answer.body, malformed);
  if (answer.ok() && !malformed) return out;
  throw Broken(std::string(method) + ' ' + std::string(target) + " is answered with " + std::to_string(answer.status) +
               ": " + answer.body.substr(0, most_shown));
}

}  // namespace

Api::Answer Api::ask(const std::string& request) const {
  asio::io_context io;
  tcp::socket socket(io);
  error_code error;
  socket.connect({asio::ip::make_address(server_.ip), server_.port}, error);
  if (error) throw Broken("nobody answers at " + server_.host + ": " + error.message());
  const timeval time_out{60, 0};
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &time_out, sizeof time_out);
  socket.set_option(tcp::no_delay(true), error);
  asio::write(socket, asio::buffer(request), error);

  ResponseReader reader;
  std::array<char, 64 * 1024> bytes;
  auto state = ResponseReader::State::more;
  while (!error && state == ResponseReader::State::more) {
    const ssize_t got = ::recv(socket.native_handle(), bytes.data(), bytes.size(), 0);
    if (got < 0) error.assign(errno, boost::system::system_category());
    else state = got == 0 ? reader.end() : reader.put({bytes.data(), static_cast<std::size_t>(got)});
  }
  if (error) throw Broken("no answer from " + server_.host + ": " + error.message());
  if (state == ResponseReader::State::broken) throw Broken("no answer from " + server_.host + ": " + reader.error());
  const Response& response = reader.response();
  return {response.status, std::string(response.body), std::string(response.etag),
          std::string(response.content_encoding)};
}

Api::Answer Api::get(std::string_view target, const Extras& extras) const {
  std::string request;
  append_get(request, server_, target, extras);
  return ask(request);
}

Api::Answer Api::post(std::string_view target, const json::value& body, std::string_view token) const {
  std::string request;
  append_post(request, server_, target, json::serialize(body), {token});
  return ask(request);
}

json::value Api::read(std::string_view target, std::string_view token) const {
  return success(get(target, {token}), "GET", target);
}

json::value Api::make(std::string_view target, const json::value& body, std::string_view token) const {
  return success(post(target, body, token), "POST", target);
}

json::value Api::change(std::string_view target, const json::value& body, std::string_view token) const {
  std::string request;
  append_put(request, server_, target, json::serialize(body), {token});
  return success(ask(request), "PUT", target);
}

std::string text_in(const json::value& answer, std::string_view pointer) {
  error_code missing;
  const json::value* found = answer.find_pointer(pointer, missing);
  if (found == nullptr || !found->is_string())
    throw Broken("an answer lacks the text at " + std::string(pointer) + ": " + json::serialize(answer).substr(0, 500));
  return std::string(found->get_string());
}

}  // namespace tiketi::load
