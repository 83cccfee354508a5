#include "realtime/network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

namespace tiketi::realtime::test {
namespace {

using Strings = std::vector<std::string>;

Engine::Random seeded_randomness() {
  return [random = std::mt19937(1)](std::span<std::uint8_t> bytes) mutable {
    for (std::uint8_t& each : bytes) each = static_cast<std::uint8_t>(random());
  };
}

}  // namespace

std::optional<std::string> NotingApplication::refuse_handshake(const Handshake&) {
  return forbids_sessions.empty() ? std::nullopt : std::optional(forbids_sessions);
}

void NotingApplication::on_connect(Engine& engine, const ConnectRequest& request) {
  notes_.push_back("connect " + std::string(request.name_space) + ' ' + std::string(request.auth));
  sockets.push_back(request.socket);
  if (decides_later) return;
  if (!refuses.empty()) {
    engine.refuse(request.socket, refuses, refusal_data);
    return;
  }
  sids.push_back(engine.accept(request.socket).value_or("gone"));
}

void NotingApplication::on_event(Engine& engine, const Event& event) {
  std::string note = "event " + std::string(event.name) + ' ' + std::string(event.arguments);
  for (const std::string& each : event.attachments) note += " <" + each + '>';
  if (event.ack_id) note += " ack " + std::to_string(*event.ack_id);
  notes_.push_back(std::move(note));
  if (then) then(engine, event);
}

void NotingApplication::on_ack(Engine&, SocketId, std::uint64_t ack_id, std::string_view arguments,
                               std::span<const std::string> attachments) {
  std::string note = "ack " + std::to_string(ack_id) + ' ' + std::string(arguments);
  for (const std::string& each : attachments) note += " <" + each + '>';
  notes_.push_back(std::move(note));
}

void NotingApplication::on_disconnect(Engine&, SocketId, EndReason reason, std::span<const std::string> rooms) {
  std::string note = "disconnect (" + std::string(name(reason)) + ')';
  // Not the room of the sid, which is always there.
  for (const std::string& each : rooms)
    if (std::ranges::find(sids, each) == sids.end()) note += ' ' + each;
  notes_.push_back(std::move(note));
}

std::vector<std::string> NotingApplication::take_notes() { return std::exchange(notes_, {}); }

Network::Network(EngineOptions options) : engine(std::move(options), application, seeded_randomness()) {}

http::NameValues parameters(std::string_view query) {
  http::NameValues out;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    out.add(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
  }
  return out;
}

ExchangeId Network::request(std::string_view method, std::string_view query, std::string_view body,
                            std::string_view content_type) {
  const ExchangeId exchange = next_id_++;
  const http::NameValues query_parameters = parameters(query);
  http::NameValues headers;
  headers.add("Content-Type", content_type);
  headers.add("Cookie", "a=b");
  headers.add("Accept", "*/*");
  engine.request(exchange, {method, query_parameters, headers, "127.0.0.1", body}, now_ms);
  carry_out();
  return exchange;
}

void Network::drop(ExchangeId exchange, std::string_view sid) {
  engine.exchange_dropped(exchange, sid, now_ms);
  carry_out();
}

std::string Network::answer(ExchangeId exchange) const {
  const auto found = answers_.find(exchange);
  if (found == answers_.end()) return "waits";
  return std::to_string(found->second.status) + ' ' + found->second.body;
}

WebSocketId Network::open_websocket(std::string_view query) {
  const WebSocketId websocket = next_id_++;
  const http::NameValues query_parameters = parameters(query);
  const http::NameValues headers;
  const Incoming incoming{"GET", query_parameters, headers, "127.0.0.1", {}};
  FakeWebSocket& made = websockets_[websocket];
  if (const std::optional<Answer> refused = engine.refuse_websocket(incoming)) {
    answers_[websocket] = *refused;
    made.closed = made.told_closed = true;
    return websocket;
  }
  engine.websocket_opened(websocket, incoming, now_ms);
  carry_out();
  return websocket;
}

void Network::text(WebSocketId websocket, std::string_view text) {
  engine.websocket_text(websocket, text, now_ms);
  carry_out();
}

void Network::binary(WebSocketId websocket, std::string_view bytes) {
  engine.websocket_binary(websocket, bytes, now_ms);
  carry_out();
}

void Network::client_closes(WebSocketId websocket) {
  websockets_.at(websocket).closed = websockets_.at(websocket).told_closed = true;
  engine.websocket_closed(websocket, now_ms);
  carry_out();
}

std::vector<std::string> Network::frames(WebSocketId websocket) {
  return std::exchange(websockets_.at(websocket).frames, {});
}

void Network::stall(WebSocketId websocket, bool stalled) {
  websockets_.at(websocket).stalled = stalled;
  if (!stalled) engine.websocket_written(websocket, now_ms);
  carry_out();
}

void Network::advance_ms(std::int64_t ms) {
  const std::int64_t end = now_ms + ms;
  while (engine.next_deadline_ms() <= end) {
    EXPECT_GT(engine.next_deadline_ms(), now_ms) << "a deadline stays after its tick";
    now_ms = std::max(now_ms, engine.next_deadline_ms());
    engine.tick(now_ms);
    carry_out();
  }
  now_ms = end;
}

void Network::carry_out() {
  std::vector<Action> actions;
  for (engine.take_actions(actions); !actions.empty(); engine.take_actions(actions)) {
    std::vector<WebSocketId> written;
    for (const Action& action : actions) {
      if (const auto* answer = std::get_if<AnswerExchange>(&action)) {
        EXPECT_TRUE(answers_.emplace(answer->exchange, answer->answer).second) << "answered twice";
      } else if (const auto* frame = std::get_if<SendFrame>(&action)) {
        FakeWebSocket& to = websockets_.at(frame->websocket);
        EXPECT_FALSE(to.closed && !to.told_closed) << "sent behind the close: " << *frame->data;
        to.frames.push_back(frame->binary ? '<' + *frame->data + '>' : *frame->data);
        written.push_back(frame->websocket);
      } else {
        const auto& close = std::get<CloseWebSocket>(action);
        FakeWebSocket& websocket = websockets_.at(close.websocket);
        EXPECT_FALSE(websocket.closed) << "closed twice";
        websocket.closed = true;
        websocket.at_once = close.at_once;
      }
    }
    for (const WebSocketId each : written)
      if (!websockets_.at(each).stalled) engine.websocket_written(each, now_ms);
    for (auto& [id, each] : websockets_)
      if (each.closed && !std::exchange(each.told_closed, true)) engine.websocket_closed(id, now_ms);
  }
}

std::string sid_in(std::string_view packet) {
  constexpr std::string_view key = R"("sid":")";
  const std::size_t begin = packet.find(key);
  if (begin == packet.npos) return {};
  return std::string(packet.substr(begin + key.size(), EngineSession::sid_size));
}

std::string join_by_polling(Network& network) {
  const ExchangeId open = network.request("GET", "EIO=4&transport=polling");
  std::string sid = sid_in(network.answer(open));
  EXPECT_EQ(network.answer(network.post(sid, "40")), "200 ok");
  EXPECT_EQ(network.answer(network.get(sid)), R"(200 40{"sid":")" + network.application.sids.back() + R"("})");
  network.application.take_notes();
  return sid;
}

WebSocketId join_by_websocket(Network& network) {
  const WebSocketId websocket = network.open_websocket();
  network.text(websocket, "40");
  EXPECT_EQ(network.frames(websocket).size(), 2U);
  network.application.take_notes();
  return websocket;
}

Outgoing event_text(std::string_view event, std::string_view arguments) {
  return {.text = std::make_shared<const std::string>(encode_event("/", event, arguments))};
}

}  // namespace tiketi::realtime::test
