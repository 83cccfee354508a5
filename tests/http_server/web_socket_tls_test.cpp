// RT1, SE1: WebSockets inside TLS, with another implementation as the client.

#include "http_server/certificate.hpp"
#include "http_server/toy_web_socket.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <thread>

namespace tiketi::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

struct Client {
  explicit Client(std::uint16_t port) {
    stream.next_layer().next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream.next_layer().handshake(asio::ssl::stream_base::client);
    stream.handshake("localhost", "/ws");
  }
  std::string read() {
    beast::flat_buffer buffer;
    stream.read(buffer);
    return beast::buffers_to_string(buffer.data());
  }
  asio::io_context context;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  beast::websocket::stream<asio::ssl::stream<tcp::socket>> stream{context, tls};
};

TEST(WebSocketTls, SpeaksWithBeast) {
  const Certificate certificate;
  Sockets sockets;
  ToyServer server(tls_options(certificate), echo_routes(sockets, {.bytes = 64U << 20, .messages = 10'000}));
  Client client(server->port());
  for (const std::size_t size : {0U, 5U, 70'000U, 900'000U}) {
    const std::string text(size, 'x');
    client.stream.write(asio::buffer(text));
    EXPECT_TRUE(client.read() == text) << size;
  }
  const auto socket = sockets.wait_for_open(1)[0];
  socket->post([](http::WebSocket& self) {  // many small and large ones, while the client does not read
    for (int i = 0; i < 300; ++i)
      self.send_text(http::make_payload(std::to_string(i) + std::string(i % 3 == 0 ? 50'000 : 5, 'y')));
  });
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(client.read().starts_with(std::to_string(i) + "y")) << i;
  client.stream.close(beast::websocket::close_code::normal);
  EXPECT_EQ(sockets.wait_for_closed(1), std::vector{1000});
}

TEST(WebSocketTls, StopsAndCloses) {
  const Certificate certificate;
  Sockets sockets;
  ToyServer server(tls_options(certificate), echo_routes(sockets));
  Client client(server->port());
  sockets.wait_for_open(1);
  std::thread stopping([&] { server->stop(60'000); });
  EXPECT_THROW(client.read(), boost::system::system_error);
  EXPECT_EQ(client.stream.reason().code, 1001);
  stopping.join();
  EXPECT_EQ(sockets.wait_for_closed(1), std::vector{1001});
}

TEST(WebSocketTls, HeldPollsLearnThatTheClientIsGone) {
  const Certificate certificate;
  Gate gone;
  Gate held;
  std::vector<http::Respond> kept;
  http::Router router;
  router.add(http::Method::get, "/poll", http::Access::anyone,
             http::Deferred{[&](const http::Request&, http::Respond respond) {
               respond.on_interrupt([&](http::Interrupt) { gone.open(); });
               kept.push_back(std::move(respond));
               held.open();
             }});
  ToyServer server(tls_options(certificate), std::move(router));
  asio::io_context context;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  asio::ssl::stream<tcp::socket> stream(context, tls);
  stream.next_layer().connect({asio::ip::address_v4::loopback(), server->port()});
  stream.handshake(asio::ssl::stream_base::client);
  const std::string request = "GET /poll HTTP/1.1\r\nHost: t\r\n\r\n";
  asio::write(stream, asio::buffer(request));
  held.pass();
  kept[0](http::text(200, "first"));
  std::string reply(10'000, '\0');
  reply.resize(stream.read_some(asio::buffer(reply)));
  EXPECT_NE(reply.find("first"), std::string::npos);
  asio::write(stream, asio::buffer(request));  // the stream is still good
  stream.next_layer().close();
  gone.pass();
}

}  // namespace
}  // namespace tiketi::test
