#include "load/connect.hpp"

#include <string>

namespace tiketi::load {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t connections_of_an_address = 2000;

asio::ip::address_v4 source_of(std::size_t number) {
  const auto last = 1 + number / connections_of_an_address;
  return asio::ip::address_v4({127, 0, static_cast<unsigned char>(last / 250), static_cast<unsigned char>(last % 250)});
}

}  // namespace

tcp::socket connect(asio::io_context& io, const Address& server, std::size_t number, int receive_buffer_bytes) {
  tcp::socket socket(io);
  error_code error;
  socket.open(tcp::v4(), error);
  if (!error && receive_buffer_bytes > 0)
    socket.set_option(tcp::socket::receive_buffer_size(receive_buffer_bytes), error);
  if (!error && server.is_loopback()) socket.bind({source_of(number), 0}, error);
  if (!error) socket.connect({asio::ip::make_address(server.ip), server.port}, error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  if (!error) socket.non_blocking(true, error);
  if (error)
    throw Broken("connection " + std::to_string(number + 1) + " to " + server.host + " fails: " + error.message());
  return socket;
}

}  // namespace tiketi::load
