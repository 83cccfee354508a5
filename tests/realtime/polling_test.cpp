// RT1: the handshake and long-polling, row by row of the contract.

#include "realtime/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tiketi::realtime::test {
namespace {

using testing::ElementsAre;

constexpr std::string_view unknown_transport = R"(400 {"code":0,"message":"Transport unknown"})";
constexpr std::string_view unknown_sid = R"(400 {"code":1,"message":"Session ID unknown"})";
constexpr std::string_view bad_method = R"(400 {"code":2,"message":"Bad handshake method"})";
constexpr std::string_view bad_request = R"(400 {"code":3,"message":"Bad request"})";
constexpr std::string_view unsupported_version = R"(400 {"code":5,"message":"Unsupported protocol version"})";

std::string open_polling(Network& network) {
  return sid_in(network.answer(network.request("GET", "EIO=4&transport=polling")));
}

TEST(RT1Handshake, AllFiveKeysAndNoOthers) {
  Network network;
  const ExchangeId open = network.request("GET", "EIO=4&transport=polling&t=abc");
  const std::string sid = sid_in(network.answer(open));
  EXPECT_EQ(network.answer(open), R"(200 0{"sid":")" + sid +
                                      R"(","upgrades":["websocket"],"pingInterval":25000,)"
                                      R"("pingTimeout":20000,"maxPayload":1000000})");
  EXPECT_EQ(network.whole_answer(open).content_type, "text/plain; charset=UTF-8");
}

TEST(RT1Handshake, TheOptionsAreTold) {
  Network network(
      {.session = {
           .ping_interval_ms = 300, .ping_timeout_ms = 200, .max_payload_bytes = 1'000, .allow_upgrades = false}});
  const std::string answer = network.answer(network.request("GET", "EIO=4&transport=polling"));
  EXPECT_THAT(answer, testing::HasSubstr(R"("upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1000})"));
}

TEST(RT1Handshake, SidsAreTwentyCharactersAndTellTheirEngine) {
  Network network({.index = 7});
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string sid = open_polling(network);
    EXPECT_EQ(sid.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), sid.npos);
    EXPECT_EQ(engine_of(sid), 7);
    EXPECT_TRUE(seen.insert(sid).second);
  }
  EXPECT_FALSE(engine_of("abc"));
  EXPECT_FALSE(engine_of("!!!!!!!!!!!!!!!!!!!!"));
}

TEST(RT1Errors, OfRequestsWithoutSession) {
  Network network;
  const auto answer = [&](std::string_view method, std::string_view query) {
    return network.answer(network.request(method, query));
  };
  EXPECT_EQ(answer("GET", "EIO=4"), unknown_transport);
  EXPECT_EQ(answer("GET", "EIO=4&transport=abc"), unknown_transport);
  EXPECT_EQ(answer("GET", "transport=polling"), unsupported_version);
  EXPECT_EQ(answer("GET", "EIO=3&transport=polling"), unsupported_version);
  EXPECT_EQ(answer("GET", "EIO=abc&transport=polling"), unsupported_version);
  EXPECT_EQ(answer("GET", "EIO=4&transport=polling&sid=zzz"), unknown_sid);
  EXPECT_EQ(answer("POST", "EIO=4&transport=polling&sid=zzz"), unknown_sid);
  EXPECT_EQ(answer("POST", "EIO=4&transport=polling"), bad_method);
  EXPECT_EQ(answer("PUT", "EIO=4&transport=polling"), bad_method);
  EXPECT_EQ(answer("GET", "EIO=4&transport=websocket"), bad_request);
  EXPECT_EQ(network.engine.session_count(), 0U);
  const ExchangeId refused = network.request("GET", "EIO=3&transport=polling");
  EXPECT_EQ(network.whole_answer(refused).content_type, "application/json");
}

TEST(RT1Errors, TheApplicationMayForbidASession) {
  Network network;
  network.application.forbids_sessions = "not today";
  EXPECT_EQ(network.answer(network.request("GET", "EIO=4&transport=polling")),
            R"(403 {"code":4,"message":"not today"})");
  const WebSocketId websocket = network.open_websocket();
  EXPECT_EQ(network.answer(websocket), R"(403 {"code":4,"message":"not today"})");
  EXPECT_EQ(network.engine.session_count(), 0U);
}

TEST(RT1Errors, TooManySessionsAreRefused) {
  Network network({.max_sessions = 1});
  open_polling(network);
  EXPECT_THAT(network.answer(network.request("GET", "EIO=4&transport=polling")), testing::StartsWith("503 "));
  EXPECT_THAT(network.answer(network.open_websocket()), testing::StartsWith("503 "));
  EXPECT_EQ(network.engine.session_count(), 1U);
}

TEST(RT1Errors, OtherMethodsWithSid) {
  Network network;
  const std::string sid = open_polling(network);
  for (const std::string_view method : {"PUT", "DELETE", "PATCH", "HEAD"})
    EXPECT_EQ(network.answer(network.request(method, Network::polling(sid))), "500 ") << method;
  EXPECT_EQ(network.answer(network.post(sid, "40")), "200 ok");  // the session lives
}

TEST(RT1Polling, AGetIsHeldUntilThereIsAPacket) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId get = network.get(sid);
  EXPECT_EQ(network.answer(get), "waits");
  network.engine.send(network.application.sockets[0], event_text("a"));
  network.carry_out();
  EXPECT_EQ(network.answer(get), R"(200 42["a"])");
  EXPECT_EQ(network.whole_answer(get).content_type, "text/plain; charset=UTF-8");
}

TEST(RT1Polling, WhatWaitsIsJoined) {
  Network network;
  const std::string sid = join_by_polling(network);
  Outgoing with_attachment = event_text("b");
  with_attachment.attachments = {std::make_shared<const std::string>("\x01\x02\x03\x04")};
  network.engine.send(network.application.sockets[0], event_text("a"));
  network.engine.send(network.application.sockets[0], with_attachment);
  EXPECT_EQ(network.answer(network.get(sid)),
            "200 42[\"a\"]\x1e"
            "42[\"b\"]\x1e"
            "bAQIDBA==");
  EXPECT_EQ(network.answer(network.get(sid)), "waits");
}

TEST(RT1Polling, APostIsTakenInOrder) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId post = network.post(sid,
                                       "42[\"a\"]\x1e"
                                       "42[\"b\",1]");
  EXPECT_EQ(network.answer(post), "200 ok");
  EXPECT_EQ(network.whole_answer(post).content_type, "text/html");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("event a []", "event b [1]"));
}

TEST(RT1Polling, BinaryComesAsBase64) {
  Network network;
  const std::string sid = join_by_polling(network);
  network.post(sid,
               "451-[\"a\",{\"_placeholder\":true,\"num\":0}]\x1e"
               "bYWJj");
  EXPECT_THAT(network.application.take_notes(), ElementsAre(R"(event a [{"_placeholder":true,"num":0}] <abc>)"));
}

TEST(RT1Polling, OctetStreamsAreRefused) {
  Network network;
  for (const std::string_view type : {"application/octet-stream", "Application/Octet-Stream ; x=y"}) {
    const std::string sid = join_by_polling(network);
    EXPECT_EQ(network.answer(network.request("POST", Network::polling(sid), "42[\"a\"]", type)), bad_request);
    EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (transport error)"));
    EXPECT_EQ(network.answer(network.get(sid)), unknown_sid);
  }
}

TEST(RT1Polling, ABodyLargerThanMaxPayload) {
  Network network({.session = {.max_payload_bytes = 10}});
  const std::string sid = open_polling(network);
  EXPECT_EQ(network.answer(network.post(sid, "40/12345678")), "413 ");
  EXPECT_EQ(network.answer(network.post(sid, "40/1234567")), "200 ok");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("connect /1234567 "));
}

TEST(RT1Polling, TooManyPacketsInABody) {
  Network network({.session = {.max_payload_packets = 2}});
  const std::string sid = open_polling(network);
  EXPECT_EQ(network.answer(network.post(sid,
                                        "3\x1e"
                                        "3\x1e"
                                        "3")),
            bad_request);
}

TEST(RT1Polling, ASecondGetEndsTheSession) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId first = network.get(sid);
  const ExchangeId second = network.get(sid);
  EXPECT_EQ(network.answer(first), "200 1");
  EXPECT_EQ(network.answer(second), bad_request);
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (transport error)"));
  EXPECT_EQ(network.answer(network.get(sid)), unknown_sid);
}

TEST(RT1Polling, ASecondPostWhileOneIsRunningEndsTheSession) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId get = network.get(sid);
  network.engine.begin_post(1'001, sid, network.now_ms);
  EXPECT_EQ(network.answer(network.post(sid, "42[\"a\"]")), bad_request);
  EXPECT_EQ(network.answer(1'001), bad_request);
  EXPECT_EQ(network.answer(get), "200 1");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (transport error)"));
}

TEST(RT1Polling, APostThatWasBegunAndDroppedIsForgotten) {
  Network network;
  const std::string sid = join_by_polling(network);
  network.engine.begin_post(1'001, sid, network.now_ms);
  network.drop(1'001, sid);
  EXPECT_EQ(network.answer(network.post(sid, "42[\"a\"]")), "200 ok");
}

TEST(RT1Polling, AnUnparsablePacketEndsTheSession) {
  for (const std::string_view wrong : {"abc", "",
                                       "42[\"a\"]\x1e"
                                       "abc",
                                       "b?"}) {
    Network network;
    const std::string sid = join_by_polling(network);
    EXPECT_EQ(network.answer(network.post(sid, wrong)), bad_request) << wrong;
    EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (parse error)"));
    EXPECT_EQ(network.answer(network.get(sid)), unknown_sid);
  }
}

TEST(RT1Polling, TheClientCloses) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId get = network.get(sid);
  EXPECT_EQ(network.answer(network.post(sid,
                                        "42[\"a\"]\x1e"
                                        "1\x1e"
                                        "42[\"b\"]")),
            "200 ok");
  EXPECT_EQ(network.answer(get), "200 6");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("event a []", "disconnect (transport close)"));
  EXPECT_EQ(network.answer(network.get(sid)), unknown_sid);
  EXPECT_EQ(network.answer(network.post(sid, "40")), unknown_sid);
  EXPECT_EQ(network.engine.session_count(), 0U);
  EXPECT_EQ(network.engine.socket_count(), 0U);
}

TEST(RT1Polling, AGetThatTheClientDropsEndsTheSession) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId get = network.get(sid);
  network.drop(get, sid);
  EXPECT_EQ(network.answer(get), "waits");  // nobody is there to be answered
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (transport error)"));
  EXPECT_EQ(network.answer(network.get(sid)), unknown_sid);
}

TEST(RT1Polling, AClientThatPingsEndsTheSession) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId get = network.get(sid);
  network.post(sid, "2");
  EXPECT_EQ(network.answer(get), "200 1");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (transport error)"));
}

TEST(RT1Polling, TheServerClosesWhileAGetWaits) {
  Network network;
  const std::string sid = join_by_polling(network);
  const ExchangeId get = network.get(sid);
  network.engine.close(network.application.sockets[0], network.now_ms);
  network.carry_out();
  EXPECT_EQ(network.answer(get), "200 1");
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (forced server close)"));
  EXPECT_EQ(network.engine.session_count(), 0U);
}

TEST(RT1Polling, TheServerClosesAndTellsTheNextGet) {
  Network network;
  const std::string sid = join_by_polling(network);
  network.engine.send(network.application.sockets[0], event_text("last"));
  network.engine.close(network.application.sockets[0], network.now_ms);
  network.carry_out();
  EXPECT_THAT(network.application.take_notes(), ElementsAre("disconnect (forced server close)"));
  network.advance_ms(29'999);
  EXPECT_EQ(network.answer(network.post(sid, "42[\"unheard\"]")), "200 ok");
  EXPECT_EQ(network.answer(network.get(sid)),
            "200 42[\"last\"]\x1e"
            "1");
  EXPECT_THAT(network.application.take_notes(), ElementsAre());
  EXPECT_EQ(network.engine.session_count(), 0U);
}

TEST(RT1Polling, TheServerWaitsThirtySecondsToTell) {
  Network network;
  const std::string sid = join_by_polling(network);
  network.engine.close(network.application.sockets[0], network.now_ms);
  EXPECT_EQ(network.engine.next_deadline_ms(), network.now_ms + 30'000);
  network.advance_ms(30'000);
  EXPECT_EQ(network.answer(network.get(sid)), unknown_sid);
}

TEST(RT1Polling, ASessionKeepsOnlyTheHeadersThatAreWanted) {
  struct Looking : NotingApplication {
    std::optional<std::string> refuse_handshake(const Handshake& handshake) override {
      query = handshake.query.find("token").value_or("");
      cookie = handshake.headers.find("cookie").value_or("");
      headers = handshake.headers.size();
      client = handshake.client;
      return std::nullopt;
    }
    std::string query, cookie, client;
    std::size_t headers = 0;
  } application;
  Engine engine({}, application, [](std::span<std::uint8_t>) {});
  http::NameValues headers;
  headers.add("Cookie", "a=b");
  headers.add("Accept", "*/*");
  const http::NameValues query = parameters("EIO=4&transport=polling&token=x");
  engine.request(1, {"GET", query, headers, "10.0.0.1", ""}, 0);
  EXPECT_EQ(application.query, "x");
  EXPECT_EQ(application.cookie, "a=b");
  EXPECT_EQ(application.headers, 1U);
  EXPECT_EQ(application.client, "10.0.0.1");
}

}  // namespace
}  // namespace tiketi::realtime::test
