// RT: Engine.IO over long-polling, as bytes on real connections.

#include "realtime_host/toy_host.hpp"

namespace tiketi::realtime::test {
namespace {

TEST(RealtimePolling, RT_handshake_has_the_five_keys) {
  const ToyHost host;
  const HttpReply reply = host.get("EIO=4&transport=polling");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-type"), "text/plain; charset=UTF-8");
  const std::string sid = ToyHost::sid_in(reply.body);
  EXPECT_EQ(sid.size(), 20U);
  EXPECT_EQ(reply.body, R"(0{"sid":")" + sid +
                            R"(","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,)"
                            R"("maxPayload":1000000})");
}

TEST(RealtimePolling, RT_bad_handshakes_are_refused_with_their_codes) {
  const ToyHost host;
  const auto expect = [](const HttpReply& reply, int status, std::string_view body) {
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.body, body);
    EXPECT_EQ(reply.header("content-type"), "application/json");
  };
  expect(host.get("EIO=4"), 400, R"({"code":0,"message":"Transport unknown"})");
  expect(host.get("EIO=4&transport=abc"), 400, R"({"code":0,"message":"Transport unknown"})");
  expect(host.get("transport=polling"), 400, R"({"code":5,"message":"Unsupported protocol version"})");
  expect(host.get("EIO=3&transport=polling"), 400, R"({"code":5,"message":"Unsupported protocol version"})");
  expect(host.get("EIO=4&transport=polling&sid=nobody"), 400, R"({"code":1,"message":"Session ID unknown"})");
  expect(host.get("EIO=4&transport=websocket"), 400, R"({"code":3,"message":"Bad request"})");
  for (const char* method : {"POST", "PUT"})
    expect(host.connect().request(method, "/engine.io/?EIO=4&transport=polling"), 400,
           R"({"code":2,"message":"Bad handshake method"})");
}

TEST(RealtimePolling, RT_messages_come_back_text_and_bytes) {
  const ToyHost host;
  const std::string sid = host.open();
  const HttpReply posted = host.post(sid,
                                     "4hello\x1e"
                                     "bAQIDBA==\x1e"
                                     "4world");
  EXPECT_EQ(posted.status, 200);
  EXPECT_EQ(posted.body, "ok");
  EXPECT_EQ(posted.header("content-type"), "text/html");
  EXPECT_EQ(host.poll(sid).body,
            "4hello\x1e"
            "bAQIDBA==\x1e"
            "4world");
}

TEST(RealtimePolling, RT_answers_of_1024_bytes_and_more_are_compressed_for_who_wants_it) {
  const ToyHost host;
  const auto poll = [&](std::size_t size, HttpClient::Headers headers) {
    const std::string sid = host.open();
    EXPECT_EQ(host.post(sid, "4" + std::string(size - 1, 'x')).status, 200);
    return host.get(ToyHost::polling(sid), headers);
  };
  EXPECT_EQ(poll(1024, {{"Accept-Encoding", "gzip"}}).header("content-encoding"), "gzip");
  EXPECT_LT(poll(1024, {{"Accept-Encoding", "gzip"}}).body.size(), 200U);
  EXPECT_FALSE(poll(1023, {{"Accept-Encoding", "gzip"}}).has("content-encoding"));
  EXPECT_FALSE(poll(1024, {}).has("content-encoding"));
}

TEST(RealtimePolling, RT_a_get_is_held_until_there_is_something) {
  const ToyHost host;
  const std::string sid = host.open();
  HttpClient held = host.connect();
  held.send(ToyHost::get_request(sid));
  EXPECT_FALSE(held.has_input_within(100));
  host.post(sid, "4now");
  EXPECT_EQ(held.read().body, "4now");
}

TEST(RealtimePolling, RT_no_time_out_of_the_server_cuts_a_held_get) {
  http::ServerOptions options = threads(1);
  options.timeouts = {.header_ms = 100, .body_ms = 100, .idle_ms = 100, .write_ms = 100};
  const ToyHost host({}, options);
  const std::string sid = host.open();
  HttpClient held = host.connect();
  held.send(ToyHost::get_request(sid));
  EXPECT_FALSE(held.has_input_within(600));
  host.post(sid, "4late");
  EXPECT_EQ(held.read().body, "4late");
}

TEST(RealtimePolling, RT_a_second_get_ends_the_session) {
  const ToyHost host;
  const std::string sid = host.open();
  HttpClient held = host.connect();
  held.send(ToyHost::get_request(sid));
  EXPECT_FALSE(held.has_input_within(50));
  EXPECT_EQ(host.poll(sid).status, 400);
  const HttpReply first = held.read();
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "1");
  EXPECT_EQ(host.poll(sid).status, 400);
}

TEST(RealtimePolling, RT_a_goodbye_releases_the_get) {
  ToyHost host;
  const std::string sid = host.open();
  HttpClient held = host.connect();
  held.send(ToyHost::get_request(sid));
  EXPECT_FALSE(held.has_input_within(50));
  EXPECT_EQ(host.post(sid, "1").status, 200);
  EXPECT_EQ(held.read().body, "6");
  EXPECT_EQ(host.poll(sid).status, 400);
  EXPECT_TRUE(host.notes.wait_for("transport close"));
}

TEST(RealtimePolling, RT_what_cannot_be_parsed_ends_the_session) {
  const ToyHost host;
  for (const char* body : {"abc",
                           "4a\x1e"
                           "7",
                           "b!", "4\xff"}) {
    const std::string sid = host.open();
    EXPECT_EQ(host.post(sid, body).status, 400) << body;
    EXPECT_EQ(host.poll(sid).status, 400) << body;
  }
}

/// A POST whose body is announced, and begins.
HttpClient half_a_post(const ToyHost& host, std::string_view sid, std::string_view begin, std::size_t size) {
  HttpClient out = host.connect();
  out.send("POST /engine.io/?" + ToyHost::polling(sid) +
           " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(begin));
  EXPECT_FALSE(out.has_input_within(100));  // and has arrived by now
  return out;
}

TEST(RealtimePolling, RT_a_post_whose_body_comes_in_pieces_is_one_post) {
  for (const unsigned count : {1U, 4U}) {
    const ToyHost host({}, threads(count));
    const std::string sid = host.open();
    for (int i = 0; i < 8; ++i) {  // so that some come to other threads than the session's
      HttpClient slow = half_a_post(host, sid, "4he", 6);
      slow.send("llo");
      EXPECT_EQ(slow.read().body, "ok");
      EXPECT_EQ(host.poll(sid).body, "4hello");
    }
  }
}

TEST(RealtimePolling, RT_a_second_post_while_the_first_is_still_coming_ends_the_session) {
  for (const unsigned count : {1U, 4U}) {
    const ToyHost host({}, threads(count));
    for (int i = 0; i < 8; ++i) {
      const std::string sid = host.open();
      HttpClient first = half_a_post(host, sid, "4he", 6);
      HttpClient second = half_a_post(host, sid, "4y", 4);
      for (HttpClient* each : {&second, &first}) {
        each->send(each == &first ? "llo" : "ou");
        const HttpReply reply = each->read();
        EXPECT_EQ(reply.status, 400);
        EXPECT_EQ(reply.body, R"({"code":3,"message":"Bad request"})");
      }
      EXPECT_EQ(host.poll(sid).body, R"({"code":1,"message":"Session ID unknown"})");
    }
  }
}

TEST(RealtimePolling, RT_a_post_whose_body_never_comes_is_forgotten) {
  http::ServerOptions options = threads(1);
  options.timeouts.body_ms = 1'000;
  const ToyHost host({}, options);
  const std::string sid = host.open();
  HttpClient gone = half_a_post(host, sid, "4he", 6);
  gone.finish_sending();
  EXPECT_TRUE(gone.closed_within(5000));
  EXPECT_EQ(host.post(sid, "4one").status, 200);
  EXPECT_EQ(half_a_post(host, sid, "4he", 6).read().status, 408);
  EXPECT_EQ(host.post(sid, "4two").status, 200);
  EXPECT_EQ(host.poll(sid).body,
            "4one\x1e"
            "4two");
}

TEST(RealtimePolling, RT_a_post_that_no_session_can_take_ends_none) {
  const ToyHost host;
  const std::string sid = host.open();
  HttpClient other = host.connect();
  other.send("POST /engine.io/?EIO=3&transport=polling&sid=" + sid +
             " HTTP/1.1\r\nHost: t\r\nContent-Length: 6\r\n\r\n4he");
  EXPECT_FALSE(other.has_input_within(100));
  EXPECT_EQ(host.post(sid, "4x").status, 200);
  other.send("llo");
  EXPECT_EQ(other.read().body, R"({"code":5,"message":"Unsupported protocol version"})");
  EXPECT_EQ(host.poll(sid).body, "4x");
}

TEST(RealtimePolling, RT_a_body_beyond_max_payload_is_refused) {
  HostOptions options;
  options.engine.session.max_payload_bytes = 1000;
  const ToyHost host(options);
  const std::string sid = host.open();
  EXPECT_EQ(host.post(sid, "4" + std::string(999, 'x')).status, 200);
  EXPECT_EQ(host.post(sid, "4" + std::string(1000, 'x')).status, 413);   // by the engine
  EXPECT_EQ(host.post(sid, "4" + std::string(20000, 'x')).status, 413);  // by the server, unread
  EXPECT_EQ(host.poll(sid).body.size(), 1000U);
}

TEST(RealtimePolling, RT_max_payload_counts_not_what_the_server_takes_elsewhere) {
  HostOptions options;
  options.engine.session.max_payload_bytes = 3'000'000;
  options.engine.session.max_queued_bytes = 3'000'000;
  const ToyHost host(options);
  const std::string sid = host.open();
  EXPECT_EQ(host.post(sid, "4" + std::string(2'000'000, 'x')).status, 200);
  EXPECT_EQ(host.poll(sid).body.size(), 2'000'001U);
}

TEST(RealtimePolling, RT_a_client_that_drops_its_get_is_gone) {
  ToyHost host;
  const std::string sid = host.open();
  {
    HttpClient held = host.connect();
    held.send(ToyHost::get_request(sid));
    EXPECT_FALSE(held.has_input_within(100));
  }
  EXPECT_TRUE(host.notes.wait_for("transport error"));
  EXPECT_EQ(host.poll(sid).status, 400);
}

TEST(RealtimePolling, RT_other_methods_are_an_error) {
  const ToyHost host;
  const std::string sid = host.open();
  for (const char* method : {"PUT", "DELETE", "PATCH"})
    EXPECT_EQ(host.connect().request(method, "/engine.io/?" + ToyHost::polling(sid)).status, 500);
}

TEST(RealtimePolling, RT_requests_find_their_session_on_whatever_thread_they_arrive) {
  const ToyHost host({}, threads(4));
  for (int i = 0; i < 10; ++i) {
    const std::string sid = host.open();
    for (int j = 0; j < 10; ++j) {
      ASSERT_EQ(host.post(sid, "4x").status, 200);
      ASSERT_EQ(host.poll(sid).body, "4x");
    }
  }
}

TEST(RealtimePolling, RT_pages_of_any_site_may_connect_without_cookies) {
  const ToyHost host;
  const HttpReply reply = host.get("EIO=4&transport=polling", {{"Origin", "https://a.example"}});
  EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
  EXPECT_FALSE(reply.has("access-control-allow-credentials"));
}

TEST(RealtimePolling, RT_the_pages_that_are_named_may_and_no_others) {
  const ToyHost host({.engine = {}, .allowed_origins = {"https://tickets.example"}});
  const HttpReply good = host.get("EIO=4&transport=polling", {{"Origin", "https://tickets.example"}});
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.header("access-control-allow-origin"), "https://tickets.example");
  EXPECT_EQ(good.header("access-control-allow-credentials"), "true");
  EXPECT_EQ(good.header("vary"), "Origin");
  const HttpReply bad = host.get("EIO=4&transport=polling", {{"Origin", "https://evil.example"}});
  EXPECT_EQ(bad.status, 403);
  EXPECT_EQ(bad.header("access-control-allow-origin"), "https://tickets.example");
  EXPECT_EQ(host.get("EIO=4&transport=polling").status, 200);  // no browser

  const HttpReply preflight = host.connect().request("OPTIONS", "/engine.io/?EIO=4&transport=polling",
                                                     {{"Origin", "https://tickets.example"},
                                                      {"Access-Control-Request-Method", "POST"},
                                                      {"Access-Control-Request-Headers", "content-type"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-origin"), "https://tickets.example");
  EXPECT_EQ(preflight.header("access-control-allow-methods"), "GET,POST");
  EXPECT_EQ(preflight.header("access-control-allow-headers"), "content-type");

  HttpClient socket = host.connect();
  socket.send(tiketi::test::handshake("/engine.io/?EIO=4&transport=websocket", "Origin: https://evil.example\r\n"));
  EXPECT_EQ(socket.read().status, 403);
}

}  // namespace
}  // namespace tiketi::realtime::test
