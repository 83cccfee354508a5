#include "load/little_sockets.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <optional>

namespace tiketi::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view switching =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
constexpr std::string_view opening =
    R"(0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":60000,"maxPayload":1000000})";

std::string frame(std::string_view text) {
  std::string out = "\x81";
  if (text.size() < 126) return (out += static_cast<char>(text.size())).append(text);
  out += static_cast<char>(126);
  out += static_cast<char>(text.size() >> 8);
  out += static_cast<char>(text.size() & 0xff);
  return out.append(text);
}

std::string read_bytes(tcp::socket& stream, std::size_t count, error_code& error) {
  std::string out(count, '\0');
  asio::read(stream, asio::buffer(out), error);
  return out;
}

/// The next frame's text; nothing at the end, or if it is no masked text.
std::optional<std::string> read_text(tcp::socket& stream) {
  error_code error;
  const std::string head = read_bytes(stream, 2, error);
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  if (error || byte(head[0]) != 0x81 || (byte(head[1]) & 0x80) == 0) return {};
  std::size_t size = byte(head[1]) & 0x7f;
  if (size == 126) {
    const std::string length = read_bytes(stream, 2, error);
    size = static_cast<std::size_t>(byte(length[0]) << 8 | byte(length[1]));
  }
  const std::string mask = read_bytes(stream, 4, error);
  std::string text = read_bytes(stream, size, error);
  if (error) return {};
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(byte(text[i]) ^ byte(mask[i % 4]));
  return text;
}

/// What stands in it between this and the next quotation mark.
std::string behind(const std::string& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return {};
  return text.substr(at + mark.size(), text.find('"', at + mark.size()) - at - mark.size());
}

}  // namespace

void LittleSockets::serve(tcp::socket& socket) {
  std::unique_lock lock(mutex_);
  const auto mine = sockets_.insert(sockets_.end(), {&socket});
  error_code error;
  const std::string beginning = std::string(switching) + frame(opening) + frame("2");
  asio::write(socket, asio::buffer(beginning), error);
  lock.unlock();
  while (const auto packet = read_text(socket)) {
    lock.lock();
    take(*mine, *packet);
    lock.unlock();
  }
  lock.lock();
  sockets_.erase(mine);
}

void LittleSockets::take(Socket& socket, const std::string& packet) {
  if (packet.starts_with("40"))
    send(socket, lie_ == Lie::no_socket ? R"(44{"message":"Invalid authentication token"})" : R"(40{"sid":"n"})");
  if (packet.find("join-event") != packet.npos && lie_ != Lie::forgotten_join)
    send(socket, R"(42["room-info",{"eventId":")" + behind(packet, R"("eventId":")") + R"(","userCount":1}])");
  if (packet.find("join-seat-selection") != packet.npos) join(socket, packet);
  if (packet == "3") socket.answered_ping = true;
  if (!socket.answered_ping) return;
  for (const std::string& each : socket.acknowledgements) send(socket, each);
  socket.acknowledgements.clear();
}

void LittleSockets::join(Socket& socket, const std::string& packet) {
  if (lie_ != Lie::forgotten_join) socket.seats_of = behind(packet, R"("eventId":")");
  socket.acknowledgements.push_back("43" + packet.substr(2, packet.find('[') - 2) + R"([{"ok":true}])");
}

void LittleSockets::tell_hold(const std::string& event, const std::string& seat, std::ptrdiff_t seat_index) {
  const std::scoped_lock lock(mutex_);
  const std::string told = lie_ == Lie::news_of_another ? std::string(36, '0') : seat;
  const std::string single =
      R"({"seatId":")" + told + R"(","status":"locked","timestamp":"2030-01-01T00:00:00.000Z"}])";
  const std::string index = std::to_string(seat_index + (lie_ == Lie::news_of_another ? 1'000 : 0));
  for (Socket& each : sockets_) {
    if (each.seats_of != event) continue;
    const bool is_first = &each == &sockets_.front();
    if (!is_first || lie_ != Lie::no_single_news) send(each, R"(42["seat-locked",)" + single);
    send(each, R"(42["seat-selected",)" + single);
    if (!is_first || lie_ != Lie::no_seats_changed)
      send(each, R"(42["seats-changed",{"version":7,"changes":[[)" + index + R"(,1]]}])");
  }
}

void LittleSockets::send(Socket& socket, std::string_view text) {
  error_code gone;
  asio::write(*socket.stream, asio::buffer(frame(text)), gone);
}

}  // namespace tiketi::test
