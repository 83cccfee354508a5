// HTTP as clients speak it, well and badly: framing, keep-alive, pipelining, methods, caching, compression.

#include "http_server/toy_server.hpp"

#include <zlib.h>

#include <mutex>
#include <string>

namespace tiketi::test {
namespace {

std::string gunzip(const std::string& text) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(1'000'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Answers, CarryWhatEveryAnswerCarries) {
  const ToyServer server;
  const HttpReply reply = server.get("/hello");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"hello":"world"})");
  EXPECT_EQ(reply.header("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(reply.header("X-Frame-Options"), "DENY");
  EXPECT_EQ(reply.header("Content-Security-Policy"), "frame-ancestors 'none'");
  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "*");
  EXPECT_FALSE(reply.has("Access-Control-Allow-Credentials"));
  EXPECT_FALSE(reply.has("Server"));
  EXPECT_FALSE(reply.has("Strict-Transport-Security"));  // only with TLS
  EXPECT_TRUE(reply.header("Date").ends_with(" GMT"));
  EXPECT_EQ(reply.header("X-Request-Id").size(), 36U);
}

TEST(Answers, KeepTheRequestIdOfAProxyIfItIsSane) {
  const ToyServer server;
  EXPECT_EQ(server.get("/hello", {{"X-Request-Id", "abc-123"}}).header("X-Request-Id"), "abc-123");
  EXPECT_EQ(server.get("/hello", {{"X-Request-Id", "a b<script>"}}).header("X-Request-Id").size(), 36U);
  EXPECT_EQ(server.get("/hello", {{"X-Request-Id", std::string(500, 'a')}}).header("X-Request-Id").size(), 36U);
}

TEST(Requests, ComeOneAfterTheOtherOnAConnection) {
  const ToyServer server;
  HttpClient client = server.connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get("/hello").status, 200);
  EXPECT_EQ(client.get("/hello", {{"Connection", "close"}}).header("Connection"), "close");
  EXPECT_TRUE(client.closed_within(5'000));
}

TEST(Requests, MayBePipelinedAndAreAnsweredInOrder) {
  const ToyServer server;
  HttpClient client = server.connect();
  std::string all;
  for (int i = 0; i < 200; ++i) all += "GET /echo/" + std::to_string(i) + " HTTP/1.1\r\nHost: t\r\n\r\n";
  client.send(all);
  for (int i = 0; i < 200; ++i)
    EXPECT_NE(client.read().body.find("\"path\":\"/echo/" + std::to_string(i) + "\""), std::string::npos) << i;
}

TEST(Requests, AreTheSameInWhateverPiecesTheyArrive) {
  const ToyServer server;
  HttpClient client = server.connect();
  client.send("\r");
  EXPECT_FALSE(client.has_input_within(50));  // half an empty line is no request yet
  client.send("\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(client.read().status, 200);
  for (const char each : std::string("\r\nPOST /echo?a=b HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello"))
    client.send({&each, 1});
  const HttpReply reply = client.read();
  EXPECT_NE(reply.body.find(R"("body":"hello")"), std::string::npos);
  EXPECT_NE(reply.body.find(R"("query":{"a":"b"})"), std::string::npos);
}

TEST(Requests, MayBeChunked) {
  const ToyServer server;
  HttpClient client = server.connect();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n7\r\n, "
      "world\r\n0\r\nX-Trailer: x\r\n\r\n");
  EXPECT_NE(client.read().body.find(R"("body":"hello, world")"), std::string::npos);
  EXPECT_EQ(client.get("/hello").status, 200);
}

TEST(Requests, ThatExpectALeaveToContinueGetIt) {
  const ToyServer server;
  HttpClient client = server.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read().status, 100);
  client.send("hello");
  EXPECT_NE(client.read().body.find(R"("body":"hello")"), std::string::npos);
  client.send("POST /nowhere HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read().status, 404);  // instead of the leave
  EXPECT_TRUE(client.closed_within(5'000));
  EXPECT_EQ(server.connect().post("/echo", "x", {{"Expect", "a miracle"}}).status, 417);
}

TEST(Requests, OfHttp10CloseUnlessTheyAskNotTo) {
  const ToyServer server;
  HttpClient client = server.connect();
  client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.read().header("Connection"), "keep-alive");
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.read().header("Connection"), "close");
  EXPECT_TRUE(client.closed_within(5'000));
}

TEST(Requests, AreAnsweredToAClientThatHasFinishedSending) {
  const ToyServer server;
  HttpClient client = server.connect();
  client.send("GET /hello HTTP/1.1\r\nHost: t\r\n\r\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
  client.finish_sending();
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(client.read().status, 200);
  EXPECT_TRUE(client.closed_within(5'000));
}

TEST(Requests, ThatAreMalformedAreRefusedAndTheConnectionEnds) {
  const ToyServer server;
  const std::pair<std::string, int> refused[] = {
      {"nonsense\r\n\r\n", 400},
      {"GET /hello\r\n\r\n", 400},
      {"GET /hello HTTP/2.0\r\nHost: t\r\n\r\n", 505},
      {"GET /hello HTTP/1.1\r\n\r\n", 400},  // no Host
      {"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET /hello HTTP/1.1\r\nHost: t\r\nBad Name: x\r\n\r\n", 400},
      {"GET /hello HTTP/1.1\r\nHost: t\r\nNo colon\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: x\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      {"POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n", 400}};
  for (const auto& [bytes, status] : refused) {
    HttpClient client = server.connect();
    client.send(bytes);
    const HttpReply reply = client.read();
    EXPECT_EQ(reply.status, status) << bytes;
    EXPECT_EQ(reply.header("Connection"), "close") << bytes;
    EXPECT_EQ(reply.header("Content-Type"), "application/problem+json; charset=utf-8");
    client.finish_sending();
    EXPECT_TRUE(client.closed_within(5'000)) << bytes;
  }
}

// What is kept for the next request keeps nothing of the last one: a HEAD would make the refusal lose its body.
TEST(Requests, ThatAreMalformedShareNothingWithTheOneBefore) {
  CapturedLog log;
  http::ServerOptions options = toy_options();
  options.log = log.log();
  const ToyServer server(std::move(options));
  for (const bool same_connection : {true, false}) {
    HttpClient first = server.connect();
    EXPECT_EQ(first.request("HEAD", "/hello").status, 200);
    HttpClient second = server.connect();
    HttpClient& client = same_connection ? first : second;
    client.send("nonsense\r\n\r\n");
    const HttpReply reply = client.read();
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(std::to_string(reply.body.size()), reply.header("Content-Length"));
    EXPECT_NE(reply.body.find("malformed_request"), std::string::npos);
  }
  const std::string log_text = log.text();
  const std::size_t refusal = log_text.find("\"status\":400");
  ASSERT_NE(refusal, std::string::npos);
  const std::size_t line = log_text.rfind('\n', refusal) + 1;
  EXPECT_NE(log_text.find("\"route\":\"unmatched\"", line), std::string::npos);
  EXPECT_EQ(log_text.substr(line, refusal - line).find("HEAD"), std::string::npos) << log_text;
}

TEST(Requests, MayHaveHeadersThatAreNoUtf8) {
  http::ServerOptions options = toy_options();
  options.trusted_proxies = 1;
  const ToyServer server(std::move(options));
  const std::string bad = "\xff\xfe\xc3(";
  HttpClient client = server.connect();
  const HttpReply reply = client.get("/echo/x", {{"User-Agent", bad},
                                                 {"Accept-Language", bad},
                                                 {"Accept-Encoding", bad},
                                                 {"If-None-Match", bad},
                                                 {"Authorization", "Bearer " + bad},
                                                 {"X-Request-Id", bad},
                                                 {"X-Forwarded-For", bad},
                                                 {"Traceparent", bad}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("X-Request-Id").size(), 36U);
  EXPECT_NE(reply.body.find(R"("client":"127.0.0.1")"), std::string::npos);
  const HttpReply refused = client.post("/echo", "{}", {{"Idempotency-Key", bad}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body.find('\xff'), std::string::npos);
  EXPECT_EQ(client.get("/hello").status, 200);
}

TEST(Requests, WithAnInsanePathAreRefusedAndTheConnectionGoesOn) {
  const ToyServer server;
  HttpClient client = server.connect();
  for (const std::string_view target :
       {"/../etc/passwd", "/echo/%2e%2e", "/echo/%00", "/echo/%ff", "/echo/%zz", "/echo/a%2fb", "/hello?q=%ff"})
    EXPECT_EQ(client.get(target).status, 400) << target;
  EXPECT_EQ(client.get("/hello").status, 200);
}

TEST(Methods, AreAnsweredOrRefusedByName) {
  const ToyServer server;
  HttpClient client = server.connect();
  EXPECT_EQ(client.get("/nowhere").status, 404);
  const HttpReply wrong = client.request("DELETE", "/hello");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(client.post("/hello", "{}").status, 405);  // its body is read, the connection goes on
  EXPECT_EQ(client.request("TRACE", "/hello").status, 501);
  EXPECT_EQ(client.request("BREW", "/hello").status, 501);
  EXPECT_EQ(client.get("/hello").status, 200);
}

TEST(Methods, PreflightsAreAllowedForAnyHeader) {
  const ToyServer server;
  const HttpReply reply = server.connect().request("OPTIONS", "/echo",
                                                   {{"Origin", "https://page.example"},
                                                    {"Access-Control-Request-Method", "POST"},
                                                    {"Access-Control-Request-Headers", "authorization, x-anything"}});
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(reply.header("Access-Control-Allow-Methods"), "POST, OPTIONS");
  EXPECT_EQ(reply.header("Access-Control-Allow-Headers"), "authorization, x-anything");
  EXPECT_EQ(server.connect().request("OPTIONS", "*").status, 204);
}

TEST(Methods, HeadIsGetWithoutTheBody) {
  const ToyServer server;
  HttpClient client = server.connect();
  const HttpReply head = client.request("HEAD", "/hello");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "17");
  EXPECT_EQ(client.get("/hello").status, 200);  // nothing of a body lay in between
}

TEST(Caching, WhatHasNotChangedIsNotSentAgain) {
  const ToyServer server;
  HttpClient client = server.connect();
  const std::string etag = client.get("/hello").header("ETag");
  ASSERT_FALSE(etag.empty());
  for (const std::string_view method : {"GET", "HEAD"}) {
    const HttpReply reply = client.request(method, "/hello", {{"If-None-Match", etag}});
    EXPECT_EQ(reply.status, 304);
    EXPECT_EQ(reply.header("ETag"), etag);
    EXPECT_FALSE(reply.has("Content-Length"));
  }
  EXPECT_EQ(client.get("/hello", {{"If-None-Match", "\"else\""}}).status, 200);
}

TEST(Compression, IsNegotiated) {
  using namespace http;
  const std::string text = "[" + std::string(5'000, ' ') + "]";
  Router router;
  router.add(Method::get, "/ready", Access::anyone,
             Direct{[bytes = make_ready(text)](Request&) { return ready(bytes); }});
  router.add(Method::get, "/made", Access::anyone, Direct{[text](Request&) { return json(200, text); }});
  router.add(Method::get, "/picture", Access::anyone,
             Direct{[text](Request&) { return http::text(200, text, "image/png"); }});
  const ToyServer server(toy_options(), std::move(router));
  for (const std::string_view path : {"/ready", "/made"}) {
    const HttpReply compressed = server.get(path, {{"Accept-Encoding", "br, gzip"}});
    EXPECT_EQ(compressed.header("Content-Encoding"), "gzip") << path;
    EXPECT_EQ(compressed.header("Vary"), "Accept-Encoding") << path;
    EXPECT_LT(compressed.body.size(), 500U);
    EXPECT_EQ(gunzip(compressed.body), text) << path;
    const HttpReply plain = server.get(path);
    EXPECT_FALSE(plain.has("Content-Encoding")) << path;
    EXPECT_EQ(plain.header("Vary"), "Accept-Encoding") << path;
    EXPECT_EQ(plain.body, text);
  }
  EXPECT_FALSE(server.get("/picture", {{"Accept-Encoding", "gzip"}}).has("Content-Encoding"));
  EXPECT_FALSE(server.get("/hello", {{"Accept-Encoding", "gzip"}}).has("Content-Encoding"));  // too small to pay
  const std::string etag = server.get("/ready", {{"Accept-Encoding", "gzip"}}).header("ETag");
  EXPECT_TRUE(etag.starts_with("W/"));
  EXPECT_EQ(server.get("/ready", {{"If-None-Match", etag}}).status, 304);
}

TEST(Answers, OfAnySizeArriveWhole) {
  using namespace http;
  std::string large(3'000'000, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>('a' + i * 7 % 26);
  Router router;
  router.add(Method::get, "/large", Access::anyone, Direct{[&](Request&) { return text(200, large); }});
  const ToyServer server(toy_options(), std::move(router));
  HttpClient client = server.connect();
  client.send(
      "GET /large HTTP/1.1\r\nHost: t\r\n\r\nGET /hello HTTP/1.1\r\nHost: t\r\n\r\nGET /large HTTP/1.1\r\nHost: "
      "t\r\n\r\n");
  EXPECT_EQ(client.read().body, large);
  EXPECT_EQ(client.read().body, R"({"hello":"world"})");
  EXPECT_EQ(client.read().body, large);
}

TEST(Answers, CanNotBeMadeToCarryOtherHeaders) {
  using namespace http;
  Router router;
  router.add(
      Method::get, "/set", Access::anyone, Direct{[](Request&) {
        return json(200, "{}").with_header("X-Bad", "a\r\nX-Injected: b").with_header("X-Frame-Options", "SAMEORIGIN");
      }});
  const ToyServer server(toy_options(), std::move(router));
  const HttpReply reply = server.get("/set");
  EXPECT_FALSE(reply.has("X-Bad"));
  EXPECT_FALSE(reply.has("X-Injected"));
  EXPECT_EQ(reply.header("X-Frame-Options"), "SAMEORIGIN");  // its own takes the place of the default
}

}  // namespace
}  // namespace tiketi::test
