// RT1: WebSockets beside ordinary requests.

#include "http_server/toy_web_socket.hpp"

#include <chrono>
#include <thread>

namespace tiketi::test {
namespace {

using namespace http;

TEST(WebSocket, EchoesTextAndBytes) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  WebSocketClient client(server.connect());
  EXPECT_EQ(client.reply().header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(client.reply().header("Upgrade"), "websocket");
  EXPECT_EQ(client.reply().header("Connection"), "Upgrade");
  EXPECT_FALSE(client.reply().has("Content-Length"));
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 900'000U}) {
    client.send_text(std::string(size, 'x'));
    EXPECT_TRUE(client.read_text() == std::string(size, 'x')) << size;
  }
  client.send(frame_bytes(binary_frame, std::string("\0\xff", 2)));
  EXPECT_EQ(client.read(), (Frame{binary_frame, std::string("\0\xff", 2)}));
  client.send(close_bytes(1000));
  EXPECT_EQ(client.read_close(), 1000);
  EXPECT_TRUE(client.http().closed_within(10'000));
  EXPECT_EQ(sockets.wait_for_closed(1), std::vector{1000});
}

TEST(WebSocket, BytesBehindTheHandshakeAreNotLost) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  const std::string whole = frame_bytes(text_frame, "first") + frame_bytes(0x01, "sec");
  WebSocketClient client(server.connect(), "/ws", whole);
  EXPECT_EQ(client.read_text(), "first");
  client.send(frame_bytes(0x80, "ond"));
  EXPECT_EQ(client.read_text(), "second");
}

TEST(WebSocket, FollowsEarlierAnswersOfTheConnection) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  HttpClient http = server.connect();
  http.send("GET /hello HTTP/1.1\r\nHost: t\r\n\r\n" + handshake("/ws") + frame_bytes(text_frame, "now"));
  EXPECT_EQ(http.read().status, 200);
  EXPECT_EQ(http.read().status, 101);
  EXPECT_EQ(http.read_bytes(5), "\x81\x03now");
}

TEST(WebSocket, ControlFramesComeBetween) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  WebSocketClient client(server.connect());
  client.send(frame_bytes(0x01, "one ") + frame_bytes(ping_frame, "there?") + frame_bytes(pong_frame, "") +
              frame_bytes(0x80, "two"));
  EXPECT_EQ(client.read(), (Frame{pong_frame, "there?"}));
  EXPECT_EQ(client.read_text(), "one two");
}

TEST(WebSocket, BreakingTheProtocolClosesItWithTheCode) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  const auto code_for = [&](const std::string& bytes) {
    WebSocketClient client(server.connect());
    client.send(bytes + std::string(100'000, 'x'));  // what comes behind must not cost the client the goodbye
    const int code = client.read_close();
    EXPECT_TRUE(client.http().closed_within(10'000));
    return code;
  };
  EXPECT_EQ(code_for(frame_bytes(text_frame, "unmasked", false)), 1002);
  EXPECT_EQ(code_for(frame_bytes(text_frame, "\xff")), 1007);
  EXPECT_EQ(code_for(frame_bytes(text_frame, std::string(1'000'001, 'x'))), 1009);
  EXPECT_EQ(sockets.wait_for_closed(3), (std::vector{1002, 1007, 1009}));
}

TEST(WebSocket, LimitsAreTheSockets) {
  Sockets sockets;
  Router router = echo_routes(sockets);
  router.add_web_socket("/small", Access::anyone, {[&](Request&) -> std::variant<Response, AcceptWebSocket> {
                          AcceptWebSocket out{sockets.listener(), {}, {}};
                          out.limits.max_message_bytes = 10;
                          out.limits.max_frames = 2;
                          return out;
                        }});
  ToyServer server(toy_options(), std::move(router));
  WebSocketClient large(server.connect(), "/small");
  large.send_text("12345678901");
  EXPECT_EQ(large.read_close(), 1009);
  WebSocketClient many(server.connect(), "/small");
  many.send(frame_bytes(0x01, "") + frame_bytes(0x00, "") + frame_bytes(0x00, ""));
  EXPECT_EQ(many.read_close(), 1008);
  WebSocketClient grown(server.connect(), "/small");
  grown.send_text("set 20");
  EXPECT_EQ(grown.read_text(), "set 20");
  grown.send_text("12345678901");
  EXPECT_EQ(grown.read_text(), "12345678901");
}

TEST(WebSocket, UnfinishedMessagesShareTheMemoryOfBodies) {
  Sockets sockets;
  ServerOptions options = toy_options();
  options.limits.max_buffered_bytes = 300'000;
  ToyServer server(std::move(options), echo_routes(sockets));
  WebSocketClient first(server.connect());
  first.send(frame_bytes(0x01, std::string(200'000, 'x')) + frame_bytes(ping_frame, ""));
  EXPECT_EQ(first.read().first, pong_frame);
  WebSocketClient second(server.connect());
  second.send(frame_bytes(0x01, std::string(200'000, 'x')));
  EXPECT_EQ(second.read_close(), 1013);
  first.send(frame_bytes(0x80, ""));
  EXPECT_EQ(first.read_text().size(), 200'000U);
  WebSocketClient third(server.connect());
  third.send(frame_bytes(0x01, std::string(200'000, 'x')) + frame_bytes(0x80, ""));
  EXPECT_EQ(third.read_text().size(), 200'000U);
}

TEST(WebSocket, TheServerSaysGoodbye) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  WebSocketClient client(server.connect());
  client.send_text("close");
  EXPECT_EQ(client.read_text(), "close");
  EXPECT_EQ(client.read().payload, std::string("\x0f\xa1") + "as you wish");  // 4001
  client.send_text("this is dropped");
  EXPECT_FALSE(client.http().has_input_within(50));
  client.send(close_bytes(4001));
  EXPECT_TRUE(client.http().closed_within(10'000));
  EXPECT_EQ(sockets.wait_for_closed(1), std::vector{4001});
}

TEST(WebSocket, TellsWhenTheClientIsGone) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  { const WebSocketClient client(server.connect()); }
  EXPECT_EQ(sockets.wait_for_closed(1), std::vector{1006});
  WebSocketClient silent(server.connect());
  silent.send(frame_bytes(close_frame, ""));
  EXPECT_EQ(silent.read_close(), 0);
  EXPECT_EQ(sockets.wait_for_closed(2).back(), 1005);
}

TEST(WebSocket, AListenerThatThrowsClosesItsSocketOnly) {
  Sockets sockets;
  CapturedLog log;
  ServerOptions options = toy_options();
  options.log = log.log();
  ToyServer server(std::move(options), echo_routes(sockets));
  WebSocketClient other(server.connect());
  WebSocketClient client(server.connect());
  client.send_text("throw");
  EXPECT_EQ(client.read_close(), 1011);
  EXPECT_NE(log.text().find("as it was asked to"), std::string::npos);
  other.send_text("still here");
  EXPECT_EQ(other.read_text(), "still here");
}

TEST(WebSocket, SharesItsPathWithOrdinaryRoutes) {
  Sockets sockets;
  Router router;
  router.add(Method::get, "/socket.io/", Access::anyone,
             Direct{[](Request& request) { return text(200, std::string(request.query("transport").value_or("?"))); }});
  router.add(Method::post, "/socket.io/", Access::anyone, Direct{[](Request&) { return text(200, "ok"); }});
  router.add_web_socket("/socket.io/", Access::anyone,
                        {[&](Request& request) -> std::variant<Response, AcceptWebSocket> {
                          if (request.header("origin") == "http://evil.example") return json(403, R"({"code":4})");
                          if (request.query("EIO") != "4") return json(400, R"({"code":5})");
                          return AcceptWebSocket{sockets.listener(), "v4.io", {}};
                        }});
  ToyServer server(toy_options(), std::move(router));
  EXPECT_EQ(server.get("/socket.io/?transport=polling").body, "polling");
  EXPECT_EQ(server.connect().post("/socket.io/", "x").body, "ok");
  WebSocketClient client(server.connect(), "/socket.io/?EIO=4&transport=websocket");
  EXPECT_EQ(client.reply().header("Sec-WebSocket-Protocol"), "v4.io");
  client.send_text("hello");
  EXPECT_EQ(client.read_text(), "hello");
  HttpClient refused = server.connect();
  refused.send(handshake("/socket.io/?EIO=3"));
  const HttpReply reply = refused.read();
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, R"({"code":5})");
  EXPECT_EQ(refused.get("/hello").status, 200);  // the connection goes on
  refused.send(handshake("/socket.io/?EIO=4", "Origin: http://evil.example\r\n"));
  EXPECT_EQ(refused.read().status, 403);
}

TEST(WebSocket, HandshakesThatAreNone) {
  Sockets sockets;
  ToyServer server(toy_options(), echo_routes(sockets));
  const auto answer_to = [&](const std::string& request) {
    HttpClient client = server.connect();
    client.send(request);
    return client.read();
  };
  const auto without = [](std::string_view line, std::string_view instead) {
    std::string out = handshake("/ws");
    return out.replace(out.find(line), line.size(), instead);
  };
  const HttpReply plain = server.get("/ws");
  EXPECT_EQ(plain.status, 426);
  EXPECT_EQ(plain.header("Upgrade"), "websocket");
  EXPECT_EQ(plain.header("Sec-WebSocket-Version"), "13");
  const HttpReply old = answer_to(without("Version: 13", "Version: 8"));
  EXPECT_EQ(old.status, 426);
  EXPECT_EQ(old.header("Sec-WebSocket-Version"), "13");
  EXPECT_EQ(answer_to(without("keep-alive, Upgrade", "keep-alive")).status, 400);
  EXPECT_EQ(answer_to(without("Sec-WebSocket-Key", "Sec-WebSocket-Kex")).status, 400);
  EXPECT_EQ(answer_to(without("ZQ==", "ZQ=")).status, 400);
  EXPECT_EQ(answer_to(without("websocket", "h2c")).status, 426);
  EXPECT_EQ(answer_to(without("HTTP/1.1", "HTTP/1.0")).status, 400);
  const HttpReply post = answer_to(without("GET", "POST"));
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(answer_to(without("/ws", "/hello")).status, 200);  // an Upgrade that nobody offers is ignored
}

TEST(WebSocket, RoutesForUsersAskForTheToken) {
  Sockets sockets;
  for (const bool at_once : {true, false}) {
    ServerOptions options = toy_options();
    options.authenticate = [](std::string_view token) -> Result<Caller> {
      if (token == "good") return Caller{{}, "someone@example.com", false, "user", {}};
      return Error{Errc::token_invalid, "no"};
    };
    if (at_once) options.authenticate_at_once = options.authenticate;
    Router router = echo_routes(sockets);
    std::atomic<bool> on_loop = false;
    router.add_web_socket("/private", Access::user, {[&](Request& request) -> std::variant<Response, AcceptWebSocket> {
                            on_loop = EventLoop::current() != nullptr && request.caller.has_value();
                            return AcceptWebSocket{sockets.listener(), {}, {}};
                          }});
    ToyServer server(std::move(options), std::move(router));
    HttpClient client = server.connect();
    client.send(handshake("/private"));
    EXPECT_EQ(client.read().status, 401);
    client.send(handshake("/private", "Authorization: Bearer bad\r\n"));
    EXPECT_EQ(client.read().status, 403);
    client.send(handshake("/private", "Authorization: Bearer good\r\n") + frame_bytes(text_frame, "hi"));
    EXPECT_EQ(client.read().status, 101);
    EXPECT_EQ(client.read_bytes(4), "\x81\x02hi");
    EXPECT_TRUE(on_loop);
  }
}

TEST(WebSocket, IsCountedAndBoundedAsAConnection) {
  Sockets sockets;
  CapturedLog log;
  ServerOptions options = toy_options();
  options.limits.max_connections = 2;
  options.log = log.log();
  ToyServer server(std::move(options), echo_routes(sockets));
  {
    const WebSocketClient one(server.connect());
    const WebSocketClient two(server.connect());
    EXPECT_EQ(server->connections(), 2U);
    HttpClient third = server.connect();
    third.send(handshake("/ws"));
    EXPECT_EQ(third.read().status, 503);
    EXPECT_NE(log.text().find("101"), std::string::npos);
  }
  sockets.wait_for_closed(2);
  while (server->connections() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const WebSocketClient again(server.connect());
}

// The time-outs of requests are not for sockets: silence is for the protocol above.
TEST(WebSocket, MayBeSilent) {
  Sockets sockets;
  ServerOptions options = toy_options();
  options.timeouts = {40, 40, 40, 40};
  ToyServer server(std::move(options), echo_routes(sockets));
  WebSocketClient client(server.connect());
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  client.send_text("awake");
  EXPECT_EQ(client.read_text(), "awake");
}

}  // namespace
}  // namespace tiketi::test
