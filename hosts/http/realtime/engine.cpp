// What comes in from the network and the clock.

#include "realtime/engine.hpp"

#include "realtime/engine_connection.hpp"

#include <tiketi/base/base64.hpp>

#include <algorithm>
#include <array>
#include <cassert>

namespace tiketi::realtime {
namespace {

/// Engine.IO's revision.
constexpr std::string_view version = "4";

bool known_transport(std::string_view transport) noexcept { return transport == "polling" || transport == "websocket"; }

}  // namespace

std::optional<RefusalCode> fault_of(const Incoming& incoming, std::string_view transport) {
  const std::string_view asked = incoming.query.find("transport").value_or("");
  const bool opens = transport == "websocket" || !incoming.query.find("sid");
  if (!known_transport(asked)) return RefusalCode::unknown_transport;
  if (opens && incoming.method != "GET") return RefusalCode::bad_handshake_method;
  if (asked != transport) return RefusalCode::bad_request;
  if (incoming.query.find("EIO") != version) return RefusalCode::unsupported_version;
  return std::nullopt;
}

std::optional<std::uint8_t> engine_of(std::string_view sid) {
  const auto bytes = sid.size() == EngineSession::sid_size ? from_base64url(sid) : std::nullopt;
  return bytes ? std::optional((*bytes)[0]) : std::nullopt;
}

Engine::Engine(EngineOptions options, Application& application, Random random)
    : options_(std::move(options)), application_(application), random_(std::move(random)), sockets_(options_.index) {}

Engine::~Engine() = default;

/// 15 bytes: the engine's index, and 112 bits that nobody guesses.
EngineSession::Sid Engine::new_sid() {
  std::array<std::uint8_t, 15> bytes{};
  random_(bytes);
  bytes[0] = options_.index;
  const std::string text = to_base64url(bytes);
  EngineSession::Sid out{};
  std::ranges::copy(text, out.begin());
  return out;
}

Engine::Connection* Engine::find(std::string_view sid) const {
  const auto found = connections_.find(sid);
  return found == connections_.end() ? nullptr : found->second.get();
}

Engine::Connection* Engine::of_websocket(WebSocketId websocket) const {
  const auto found = websockets_.find(websocket);
  return found == websockets_.end() ? nullptr : found->second;
}

Handshake Engine::handshake_of(const Incoming& incoming) const {
  Handshake out{.client = std::string(incoming.client), .query = incoming.query, .headers = {}};
  for (const std::string& each : options_.kept_headers)
    if (const auto value = incoming.headers.find_ignoring_case(each)) out.headers.add(each, *value);
  return out;
}

Engine::Connection& Engine::open(Handshake handshake, std::int64_t now_ms) {
  auto made = std::make_unique<Connection>(options_, new_sid(), std::move(handshake), now_ms);
  const std::string_view sid = made->session.sid();
  const auto [place, is_new] = connections_.emplace(sid, std::move(made));
  assert(is_new);  // else the randomness is none
  touch(*place->second);
  return *place->second;
}

std::optional<Answer> Engine::refuse_session(const Handshake& handshake) {
  if (connections_.size() >= options_.max_sessions) {
    Answer busy = refusal(RefusalCode::bad_request, "Too many sessions");
    busy.status = 503;
    return busy;
  }
  if (const std::optional<std::string> message = application_.refuse_handshake(handshake))
    return refusal(RefusalCode::forbidden, *message);
  return std::nullopt;
}

/// A transport that nobody knows is told before a session that nobody knows, and that before the rest.
std::optional<RefusalCode> Engine::fault_with(const Incoming& incoming, std::string_view transport) const {
  const std::optional<RefusalCode> fault = fault_of(incoming, transport);
  const auto sid = incoming.query.find("sid");
  if (fault != RefusalCode::unknown_transport && sid && find(*sid) == nullptr) return RefusalCode::unknown_sid;
  return fault;
}

void Engine::request(ExchangeId exchange, const Incoming& incoming, std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  const auto answer = [&](Answer with) { actions_.emplace_back(AnswerExchange{exchange, std::move(with)}); };
  if (const std::optional<RefusalCode> fault = fault_with(incoming, "polling")) return answer(refusal(*fault));
  const auto sid = incoming.query.find("sid");
  Connection* connection = sid ? find(*sid) : nullptr;
  if (connection != nullptr && !connection->session.is_polling()) return answer(refusal(RefusalCode::bad_request));
  if (connection == nullptr) return open_polling(exchange, incoming, now_ms);

  touch(*connection);
  if (incoming.method == "GET") {
    connection->session.poll(exchange, now_ms, output());
  } else if (incoming.method == "POST") {
    const std::string_view content_type = incoming.headers.find_ignoring_case("content-type").value_or("");
    connection->session.post(exchange, content_type, incoming.body, now_ms, output());
    hear(*connection);
  } else {
    answer({.status = 500, .body = {}});
  }
}

void Engine::open_polling(ExchangeId exchange, const Incoming& incoming, std::int64_t now_ms) {
  Handshake handshake = handshake_of(incoming);
  if (std::optional<Answer> refused = refuse_session(handshake)) {
    actions_.emplace_back(AnswerExchange{exchange, *std::move(refused)});
    return;
  }
  Connection& connection = open(std::move(handshake), now_ms);
  connection.session.open_polling(exchange, output());
  if (!options_.socket_io) open_alone(connection);
}

void Engine::begin_post(ExchangeId exchange, std::string_view sid, std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  Connection* connection = find(sid);
  if (connection == nullptr) return;  // `request` will tell
  touch(*connection);
  connection->session.begin_post(exchange, output());
}

void Engine::exchange_dropped(ExchangeId exchange, std::string_view sid, std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  Connection* connection = find(sid);
  if (connection == nullptr) return;
  touch(*connection);
  connection->session.exchange_dropped(exchange, output());
}

std::optional<Answer> Engine::refuse_websocket(const Incoming& incoming) {
  const Turn turn(*this);
  if (const std::optional<RefusalCode> fault = fault_with(incoming, "websocket")) return refusal(*fault);
  return incoming.query.find("sid") ? std::nullopt : refuse_session(handshake_of(incoming));
}

void Engine::websocket_opened(WebSocketId websocket, const Incoming& incoming, std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  const auto sid = incoming.query.find("sid");
  Connection* connection = sid ? find(*sid) : &open(handshake_of(incoming), now_ms);
  if (!sid) connection->session.open_websocket(websocket, output());
  else if (connection == nullptr || !connection->session.try_websocket(websocket, now_ms)) connection = nullptr;
  if (connection == nullptr) {
    actions_.emplace_back(CloseWebSocket{websocket, false});
    return;
  }
  websockets_.emplace(websocket, connection);
  connection->websockets.push_back(websocket);
  touch(*connection);
  if (!sid && !options_.socket_io) open_alone(*connection);
}

void Engine::websocket_text(WebSocketId websocket, std::string_view text, std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  Connection* connection = of_websocket(websocket);
  if (connection == nullptr) return;
  touch(*connection);
  connection->session.websocket_text(websocket, text, now_ms, output());
  hear(*connection);
}

void Engine::websocket_binary(WebSocketId websocket, std::string_view bytes, std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  Connection* connection = of_websocket(websocket);
  if (connection == nullptr) return;
  touch(*connection);
  connection->session.websocket_binary(websocket, bytes, now_ms, output());
  hear(*connection);
}

void Engine::websocket_written(WebSocketId websocket, std::int64_t now_ms) {
  Connection* connection = of_websocket(websocket);
  if (connection == nullptr || connection->session.websocket_idle(websocket)) return;
  const Turn turn(*this, now_ms);
  touch(*connection);
  connection->session.websocket_written(websocket, output());
}

void Engine::websocket_closed(WebSocketId websocket, std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  const auto found = websockets_.extract(websocket);
  if (!found) return;
  Connection* connection = found.mapped();
  std::erase(connection->websockets, websocket);
  touch(*connection);
  connection->session.websocket_closed(websocket, output());
}

std::int64_t Engine::next_deadline_ms() const noexcept {
  return deadlines_.empty() ? never_ms : deadlines_.begin()->first;
}

void Engine::tick(std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_ms) {
    Connection& connection = *deadlines_.begin()->second;
    schedule(connection, never_ms);  // until the turn ends
    touch(connection);
    connection.session.tick(now_ms, output());
    if (connection.client.deadline_ms() <= now_ms) close(connection, EndReason::forced_close);
  }
}

void Engine::take_actions(std::vector<Action>& actions) {
  actions.clear();
  actions.swap(actions_);
}

void Engine::close_all(std::int64_t now_ms) {
  const Turn turn(*this, now_ms);
  for (const auto& [sid, connection] : connections_) close(*connection, EndReason::forced_close);
}

}  // namespace tiketi::realtime
