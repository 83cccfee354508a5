#include "realtime/engine_session.hpp"

#include "server/json_writer.hpp"
#include "server/name_values.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace tiketi::realtime {
namespace {

std::string handshake(std::string_view sid, const SessionOptions& options, bool upgradable) {
  std::string out = "0";
  http::JsonWriter(out).object([&](http::JsonWriter& json) {
    json.member("sid", sid);
    json.array("upgrades", [&](http::JsonWriter& list) {
      if (upgradable) list.value("websocket");
    });
    json.member("pingInterval", options.ping_interval_ms);
    json.member("pingTimeout", options.ping_timeout_ms);
    json.member("maxPayload", options.max_payload_bytes);
  });
  return out;
}

const SharedText& ping() {
  static const SharedText text = std::make_shared<const std::string>("2");
  return text;
}

const SharedText& probe_answer() {
  static const SharedText text = std::make_shared<const std::string>("3probe");
  return text;
}

Answer post_taken() { return {.status = 200, .content_type = "text/html", .body = "ok"}; }

bool is_octet_stream(std::string_view content_type) noexcept {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return http::same_ignoring_case(type.substr(0, type.find_last_not_of(" \t") + 1), "application/octet-stream");
}

}  // namespace

std::string_view name(EndReason reason) noexcept {
  switch (reason) {
    case EndReason::transport_close:
      return "transport close";
    case EndReason::transport_error:
      return "transport error";
    case EndReason::parse_error:
      return "parse error";
    case EndReason::ping_timeout:
      return "ping timeout";
    case EndReason::queue_full:
      return "queue full";
    case EndReason::forced_close:
      return "forced server close";
    case EndReason::client_disconnect:
      return "client namespace disconnect";
    case EndReason::server_disconnect:
      return "server namespace disconnect";
  }
  return "";
}

EngineSession::EngineSession(const SessionOptions& options, Sid sid, std::int64_t now_ms)
    : options_(options), heartbeat_at_ms_(now_ms + options.ping_interval_ms), sid_(sid) {}

void EngineSession::open_polling(ExchangeId exchange, SessionOutput out) {
  Answer answer{.status = 200, .body = handshake(sid(), options_, options_.allow_upgrades)};
  out.actions.emplace_back(AnswerExchange{exchange, std::move(answer)});
}

void EngineSession::open_websocket(WebSocketId websocket, SessionOutput out) {
  websocket_ = websocket;
  writing_ = true;
  out.actions.emplace_back(
      SendFrame{websocket, std::make_shared<const std::string>(handshake(sid(), options_, false)), false});
}

void EngineSession::poll(ExchangeId exchange, std::int64_t now_ms, SessionOutput out) {
  if (state_ == State::over || !is_polling() || poll_ != 0) {
    out.actions.emplace_back(AnswerExchange{exchange, refusal(RefusalCode::bad_request)});
    if (poll_ != 0) end(EndReason::transport_error, out);
    return;
  }
  poll_ = exchange;
  if (state_ == State::closing) {
    end(reason_, out);
    return;
  }
  if (probed_) release_poll_at_ms_ = now_ms + options_.upgrade_release_ms;
  flush(out);
}

void EngineSession::begin_post(ExchangeId exchange, SessionOutput out) {
  if (state_ == State::over || !is_polling() || (post_ != 0 && post_ != exchange)) {
    out.actions.emplace_back(AnswerExchange{exchange, refusal(RefusalCode::bad_request)});
    if (post_ != 0) {
      const ExchangeId first = std::exchange(post_, 0);
      out.actions.emplace_back(AnswerExchange{first, refusal(RefusalCode::bad_request)});
      end(EndReason::transport_error, out);
    }
    return;
  }
  post_ = exchange;
}

void EngineSession::post(ExchangeId exchange, std::string_view content_type, std::string_view body, std::int64_t now_ms,
                         SessionOutput out) {
  begin_post(exchange, out);
  if (post_ != exchange) return;
  post_ = 0;
  const auto answer = [&](Answer with) { out.actions.emplace_back(AnswerExchange{exchange, std::move(with)}); };
  if (body.size() > options_.max_payload_bytes) return answer({.status = 413, .body = {}});
  if (state_ == State::closing) return answer(post_taken());  // the next GET will tell the client
  if (is_octet_stream(content_type)) {
    answer(refusal(RefusalCode::bad_request));
    return end(EndReason::transport_error, out);
  }
  std::optional<std::vector<Packet>> packets =
      decode_payload(body, {.max_bytes = options_.max_payload_bytes, .max_packets = options_.max_payload_packets});
  if (!packets || !is_utf8(body)) {  // what is text here may go on as a WebSocket's text
    answer(refusal(RefusalCode::bad_request));
    return end(EndReason::parse_error, out);
  }
  answer(post_taken());
  for (Packet& each : *packets) {
    if (state_ != State::open) break;
    receive(std::move(each), now_ms, out);
  }
}

void EngineSession::exchange_dropped(ExchangeId exchange, SessionOutput out) {
  if (exchange == 0) return;
  if (exchange == post_) post_ = 0;
  if (exchange != poll_) return;
  poll_ = 0;
  end(EndReason::transport_error, out);
}

bool EngineSession::try_websocket(WebSocketId websocket, std::int64_t now_ms) {
  if (state_ != State::open || !is_polling() || tried_ != 0 || !options_.allow_upgrades) return false;
  tried_ = websocket;
  probed_ = false;
  upgrade_until_ms_ = now_ms + options_.upgrade_timeout_ms;
  return true;
}

void EngineSession::websocket_text(WebSocketId websocket, std::string_view text, std::int64_t now_ms,
                                   SessionOutput out) {
  if (websocket == 0 || state_ != State::open) return;
  if (websocket == tried_) return receive_while_tried(text, now_ms, out);
  if (websocket != websocket_) return;
  std::optional<Packet> packet = decode_packet(text);
  if (!packet || text.size() > options_.max_payload_bytes) return end(EndReason::parse_error, out);
  receive(*std::move(packet), now_ms, out);
}

void EngineSession::websocket_binary(WebSocketId websocket, std::string_view bytes, std::int64_t now_ms,
                                     SessionOutput out) {
  if (websocket == 0 || state_ != State::open) return;
  if (websocket == tried_) return stop_upgrade(out);
  if (websocket != websocket_) return;
  if (bytes.size() > options_.max_payload_bytes) return end(EndReason::parse_error, out);
  receive({.type = PacketType::message, .data = {}, .binary = std::string(bytes)}, now_ms, out);
}

void EngineSession::websocket_written(WebSocketId websocket, SessionOutput out) {
  if (websocket == 0 || websocket != websocket_) return;
  writing_ = false;
  flush(out);
}

bool EngineSession::websocket_idle(WebSocketId websocket) noexcept {
  if (websocket == 0 || websocket != websocket_ || !queue_.empty()) return false;
  writing_ = false;
  return true;
}

void EngineSession::websocket_closed(WebSocketId websocket, SessionOutput out) {
  if (websocket == 0) return;
  if (websocket == tried_) {
    tried_ = 0;
    stop_upgrade(out);
  } else if (websocket == websocket_ && state_ != State::over) {
    websocket_ = 0;
    end(EndReason::transport_close, out);
  }
}

void EngineSession::receive_while_tried(std::string_view text, std::int64_t now_ms, SessionOutput out) {
  if (text == "2probe") {
    out.actions.emplace_back(SendFrame{tried_, probe_answer(), false});
    probed_ = true;
    // The client stops polling when the GET that waits has been answered.
    if (poll_ != 0) release_poll("6", out);
  } else if (probed_ && text.starts_with(static_cast<char>(PacketType::upgrade))) {
    heard(PacketType::upgrade, now_ms);
    upgrade(out);
  } else {
    stop_upgrade(out);
  }
}

void EngineSession::upgrade(SessionOutput out) {
  websocket_ = std::exchange(tried_, 0);
  writing_ = false;
  upgrade_until_ms_ = never_ms;
  if (poll_ != 0) release_poll("6", out);
  if (post_ != 0) out.actions.emplace_back(AnswerExchange{std::exchange(post_, 0), refusal(RefusalCode::bad_request)});
  flush(out);
}

/// The WebSocket was not to be: polling goes on.
void EngineSession::stop_upgrade(SessionOutput out) {
  if (tried_ != 0) out.actions.emplace_back(CloseWebSocket{std::exchange(tried_, 0), false});
  probed_ = false;
  upgrade_until_ms_ = never_ms;
  release_poll_at_ms_ = never_ms;
}

void EngineSession::receive(Packet&& packet, std::int64_t now_ms, SessionOutput out) {
  switch (packet.type) {
    case PacketType::ping:  // only servers ping in this revision
      return end(EndReason::transport_error, out);
    case PacketType::close:
      return end(EndReason::transport_close, out, "6");
    case PacketType::message:
      heard(packet.type, now_ms);
      out.messages.push_back(std::move(packet));
      return;
    case PacketType::pong:
    case PacketType::open:
    case PacketType::upgrade:
    case PacketType::noop:
      return heard(packet.type, now_ms);
  }
}

/// Counts the next ping from a pong. Anything else shows as well that the client lives, and prolongs the time that it
/// has for its pong: once, so that a pong must come at all.
void EngineSession::heard(PacketType type, std::int64_t now_ms) noexcept {
  if (type == PacketType::pong) {
    awaiting_pong_ = false;
    heartbeat_at_ms_ = now_ms + options_.ping_interval_ms;
  } else if (awaiting_pong_ && !refreshed_) {
    refreshed_ = true;
    heartbeat_at_ms_ = now_ms + options_.ping_timeout_ms;
  }
}

void EngineSession::beat(std::int64_t now_ms, SessionOutput out) {
  if (awaiting_pong_) return end(EndReason::ping_timeout, out);
  awaiting_pong_ = true;
  refreshed_ = false;
  heartbeat_at_ms_ = now_ms + options_.ping_timeout_ms;
  send({.text = ping(), .attachments = {}}, out);
}

void EngineSession::send(const Outgoing& message, SessionOutput out) {
  if (state_ != State::open) return;
  const bool writable = is_polling() ? poll_ != 0 : !writing_;
  if (message.is_volatile && !writable) return;
  const bool is_alone = queue_.empty();
  queue_.push(message);
  const bool fits = queue_.bytes() <= options_.max_queued_bytes && queue_.packets() <= options_.max_queued_packets;
  if (fits || is_alone) return;
  if (writable) return flush(out);
  queue_.clear();
  end(EndReason::queue_full, out);
}

void EngineSession::flush(SessionOutput out) {
  if (queue_.empty() || state_ == State::over) return;
  if (is_polling()) {
    if (poll_ == 0) return;
    release_poll_at_ms_ = never_ms;
    Answer answer{.status = 200, .body = join_payload(queue_.take())};
    out.actions.emplace_back(AnswerExchange{std::exchange(poll_, 0), std::move(answer)});
  } else if (!writing_) {
    send_frames(out);
    writing_ = true;
  }
}

void EngineSession::send_frames(SessionOutput out) {
  for (SendQueue::Entry& each : queue_.take())
    out.actions.emplace_back(SendFrame{websocket_, std::move(each.data), each.binary});
}

/// Answers the GET that waits with this packet. What is in the queue stays there.
void EngineSession::release_poll(std::string_view packet, SessionOutput out) {
  release_poll_at_ms_ = never_ms;
  out.actions.emplace_back(AnswerExchange{std::exchange(poll_, 0), Answer{.status = 200, .body = std::string(packet)}});
}

void EngineSession::close(EndReason reason, std::int64_t now_ms, SessionOutput out) {
  if (state_ != State::open) return;
  reason_ = reason;
  if (!is_polling()) {
    send_frames(out);
    out.actions.emplace_back(CloseWebSocket{std::exchange(websocket_, 0), false});
    return end(reason, out);
  }
  if (poll_ != 0) return end(reason, out);
  stop_upgrade(out);
  state_ = State::closing;
  close_at_ms_ = now_ms + options_.close_timeout_ms;
}

/// A GET that waits gets what is in the queue, and then `last_packet`.
void EngineSession::end(EndReason reason, SessionOutput out, std::string_view last_packet) {
  if (state_ == State::over) return;
  stop_upgrade(out);
  if (poll_ != 0) {
    std::string body = join_payload(queue_.take());
    append_packet(body, last_packet);
    release_poll(body, out);
  }
  if (post_ != 0) out.actions.emplace_back(AnswerExchange{std::exchange(post_, 0), refusal(RefusalCode::bad_request)});
  if (websocket_ != 0) {
    // Who does not answer pings or read what is sent would not read a farewell either.
    const bool at_once = reason == EndReason::ping_timeout || reason == EndReason::queue_full;
    out.actions.emplace_back(CloseWebSocket{std::exchange(websocket_, 0), at_once});
  }
  queue_.clear();
  reason_ = reason;
  state_ = State::over;
}

std::int64_t EngineSession::deadline_ms() const noexcept {
  if (state_ == State::over) return never_ms;
  if (state_ == State::closing) return close_at_ms_;
  return std::min({heartbeat_at_ms_, upgrade_until_ms_, poll_ == 0 ? never_ms : release_poll_at_ms_});
}

void EngineSession::tick(std::int64_t now_ms, SessionOutput out) {
  if (state_ == State::over) return;
  if (state_ == State::closing) {
    if (close_at_ms_ <= now_ms) end(reason_, out);
    return;
  }
  if (upgrade_until_ms_ <= now_ms) stop_upgrade(out);
  if (poll_ != 0 && release_poll_at_ms_ <= now_ms) release_poll("6", out);
  if (heartbeat_at_ms_ <= now_ms) beat(now_ms, out);
}

}  // namespace tiketi::realtime
