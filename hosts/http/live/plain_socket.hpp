#pragma once
// Live clients over a WebSocket without Socket.IO. Each message, both ways, is the JSON text of an array:
//
//   ["connect",{"token":"…"}]                     first of all, unless the handshake has an Authorization header
//   ["connected",{}]                              or ["connect_error",{"message":"…"}], and the socket is closed (1008)
//   ["join-event",{"eventId":"…"},7]              as over Socket.IO; the number is for who wants an answer
//   ["ack",{"id":7,"ok":true}]
//   ["room-info",{"eventId":"…","userCount":2}]   as over Socket.IO
//   ["ping",{}]                                   every 25 s; who has said nothing for 85 s is cut off

#include "live/clients.hpp"
#include "live/outbox.hpp"
#include "live/sign_in.hpp"
#include "server/event_loop.hpp"
#include "server/request.hpp"
#include "server/web_socket.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::http::live {

class PlainSocket final : public WebSocketListener, public std::enable_shared_from_this<PlainSocket> {
 public:
  /// `here`: the clients of the thread that calls; null when the server is not ready.
  PlainSocket(SignIn& sign_in, std::function<Clients*()> here, const Request& request);

  void on_open(const std::shared_ptr<WebSocket>& socket) override;
  void on_text(WebSocket& socket, std::string_view text) override;
  void on_writable(WebSocket&) override { outbox_->flush(); }
  void on_closed(WebSocket& socket, std::uint16_t code) override;

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class State : std::uint8_t { unknown, asking, connected };

  void sign_in(std::string token);
  void decide(const Result<UserId>& user);
  void hear(std::string_view text);
  void refuse(std::string_view why);
  void send(std::string_view name, std::string_view payload);
  void beat();

  SignIn& sign_in_;
  const std::function<Clients*()> here_;
  std::string token_;  // of the handshake
  std::shared_ptr<WebSocket> socket_;
  std::shared_ptr<Outbox> outbox_;
  State state_ = State::unknown;
  std::vector<std::string> held_;  // came while the token was looked up
  ClientId client_ = ClientId::none;
  Time heard_;
  Timer timer_;
};

}  // namespace tiketi::http::live
