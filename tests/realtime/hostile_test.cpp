// RT1, RT3: whatever clients send, in whatever order: nothing crashes, everything is answered once, and in the end
// nothing is left.

#include "realtime/network.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tiketi::realtime::test {
namespace {

/// A client of many sessions that knows the protocol and does not keep to it.
class HostileClient {
 public:
  explicit HostileClient(Network& network, std::uint32_t seed) : network_(network), random_(seed) {}

  void step() {
    const std::string sid = any(sids_, "unknown");
    switch (random_() % 14) {
      case 0:
        return note_sid(network_.answer(network_.request("GET", "EIO=4&transport=polling")));
      case 1:
        return note(network_.open_websocket());
      case 2:
        return note(network_.upgrade(sid));
      case 3:
        gets_.push_back({network_.get(sid), sid});
        return;
      case 4:
        return drop();
      case 5:
        network_.engine.begin_post(1'000'000 + random_(), sid, network_.now_ms);
        return network_.carry_out();
      case 6:
        network_.advance_ms(static_cast<std::int64_t>(random_() % 8'000));
        return;
      case 7:
        return by_websocket([&](WebSocketId websocket) { network_.binary(websocket, garbage()); });
      case 8:
        if (random_() % 4 != 0) return;
        return by_websocket([&](WebSocketId websocket) { network_.client_closes(websocket); });
      case 9:
        return by_websocket([&](WebSocketId websocket) { network_.stall(websocket, random_() % 3 == 0); });
      case 10:
      case 11:
        network_.post(sid, payload());
        return;
      default:
        return by_websocket([&](WebSocketId websocket) { network_.text(websocket, packet()); });
    }
  }

  void application_steps() {
    const std::vector<SocketId>& sockets = network_.application.sockets;
    if (sockets.empty()) return;
    const SocketId socket = sockets[random_() % sockets.size()];
    Engine& engine = network_.engine;
    switch (random_() % 8) {
      case 0:
        engine.accept(socket);
        break;
      case 1:
        engine.refuse(socket, "no");
        break;
      case 2:
        engine.join(socket, "room");
        break;
      case 3:
        engine.broadcast("/", "room", event_text("news"));
        break;
      case 4:
        engine.send_expecting_ack(socket, "question", "[]");
        break;
      case 5:
        engine.acknowledge(socket, random_() % 3, "[]");
        break;
      case 6:
        engine.disconnect(socket);
        break;
      default:
        if (random_() % 8 == 0) engine.close(socket, network_.now_ms);
    }
    network_.carry_out();
  }

 private:
  std::string any(const std::vector<std::string>& of, std::string_view otherwise) {
    return of.empty() || random_() % 20 == 0 ? std::string(otherwise) : of[random_() % of.size()];
  }
  void note_sid(std::string_view text) {
    if (std::string sid = sid_in(text); !sid.empty()) sids_.push_back(std::move(sid));
    if (sids_.size() > 6) sids_.erase(sids_.begin());
  }
  void note(WebSocketId websocket) {
    websockets_.push_back(websocket);
    if (!network_.is_closed(websocket))
      for (const std::string& each : network_.frames(websocket)) note_sid(each);
  }
  template <class Use>
  void by_websocket(Use use) {
    std::erase_if(websockets_, [&](WebSocketId each) { return network_.is_closed(each); });
    if (!websockets_.empty()) use(websockets_[random_() % websockets_.size()]);
  }
  void drop() {
    if (gets_.empty()) return;
    const auto [exchange, sid] = gets_.back();
    gets_.pop_back();
    if (network_.answer(exchange) == "waits") network_.drop(exchange, sid);
  }
  std::string garbage() {
    std::string out(random_() % 30, '\0');
    for (char& each : out) each = static_cast<char>(random_());
    return out;
  }
  std::string packet() {
    static constexpr std::string_view all[] = {"40",
                                               "40",
                                               "40/x",
                                               "40{\"token\":\"a\"}",
                                               "41",
                                               "41/x",
                                               "42[\"a\",1]",
                                               "42[\"a\",1]",
                                               "42/x,7[\"b\"]",
                                               "421[\"c\",{}]",
                                               "430[]",
                                               "43/x,0[1]",
                                               "451-[\"d\",{\"_placeholder\":true,\"num\":0}]",
                                               "3",
                                               "3",
                                               "3",
                                               "1",
                                               "2",
                                               "2probe",
                                               "2probe",
                                               "5",
                                               "5",
                                               "6",
                                               "0"};
    std::string out(all[random_() % std::size(all)]);
    if (random_() % 15 == 0) out[random_() % out.size()] = static_cast<char>(random_());
    if (random_() % 15 == 0) out.resize(random_() % (out.size() + 1));
    return random_() % 40 == 0 ? garbage() : out;
  }
  std::string payload() {
    std::string out = packet();
    while (random_() % 2 == 0) out += '\x1e' + (random_() % 6 == 0 ? "bYWJj" : packet());
    return out;
  }

  Network& network_;
  std::mt19937 random_;
  std::vector<std::string> sids_;
  std::vector<WebSocketId> websockets_;
  std::vector<std::pair<ExchangeId, std::string>> gets_;
};

TEST(RT3Hostile, NothingCrashesAndNothingIsLeft) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Network network({.session = {.max_queued_packets = 20}, .client = {.max_held_packets = 3}});
    HostileClient client(network, seed);
    int ends = 0;
    for (int step = 0; step < 4'000; ++step) {
      network.application.decides_later = step % 3 == 0;
      client.step();
      if (step % 2 == 0) client.application_steps();
      for (const std::string& each : network.application.take_notes()) ends += each.starts_with("disconnect ") ? 1 : 0;
    }
    const auto connects = static_cast<int>(network.application.sockets.size());
    EXPECT_GT(connects, 10);
    EXPECT_GT(ends, 5);
    EXPECT_LE(ends, connects);
    // Whoever is silent from now on is gone after a ping, its time, and the wait for a last GET.
    network.advance_ms(25'000 + 2 * 20'000 + 30'000);
    EXPECT_EQ(network.engine.session_count(), 0U);
    EXPECT_EQ(network.engine.socket_count(), 0U);
    EXPECT_EQ(network.engine.count("/", "room"), 0U);
    EXPECT_EQ(network.engine.next_deadline_ms(), never_ms);
  }
}

// However a payload is cut into POSTs at packet borders, the application hears the same.
TEST(RT1Hostile, TheCutOfPayloadsDoesNotMatter) {
  const std::vector<std::string> packets = {
      "40",           "42[\"a\",1]", "451-3[\"b\",{\"_placeholder\":true,\"num\":0}]", "bYWJj", "3", "40/x,{}",
      "42/x,[\"c\"]", "41/x"};
  std::vector<std::string> expected;
  for (std::uint32_t cut = 0; cut < 1U << (packets.size() - 1); ++cut) {
    Network network;
    const std::string sid = sid_in(network.answer(network.request("GET", "EIO=4&transport=polling")));
    std::string body = packets[0];
    for (std::size_t i = 1; i < packets.size(); ++i) {
      if ((cut >> (i - 1) & 1U) != 0) {
        network.post(sid, body);
        body = packets[i];
      } else {
        body += '\x1e' + packets[i];
      }
    }
    EXPECT_EQ(network.answer(network.post(sid, body)), "200 ok");
    const std::vector<std::string> notes = network.application.take_notes();
    if (cut == 0) expected = notes;
    EXPECT_EQ(notes.size(), 6U);
    EXPECT_EQ(notes, expected);
  }
}

}  // namespace
}  // namespace tiketi::realtime::test
