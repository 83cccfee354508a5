#pragma once
// Live clients that speak Socket.IO.

#include "live/clients.hpp"
#include "live/sign_in.hpp"
#include "realtime/application.hpp"
#include "realtime/engine.hpp"
#include "realtime/host.hpp"

#include <string_view>
#include <unordered_map>

namespace tiketi::http::live {

/// Of one thread, whose other live clients it has too.
class SocketIo final : public realtime::Application {
 public:
  SocketIo(realtime::RealtimeHost& host, SignIn& sign_in, const Clients::Shared& shared);

  Clients& clients() noexcept { return clients_; }

  void on_connect(realtime::Engine& engine, const realtime::ConnectRequest& request) override;
  void on_event(realtime::Engine& engine, const realtime::Event& event) override;
  void on_disconnect(realtime::Engine& engine, realtime::SocketId socket, realtime::EndReason reason,
                     std::span<const std::string> rooms) override;

 private:
  void decide(realtime::Engine& engine, realtime::SocketId socket, const Result<UserId>& user);

  realtime::RealtimeHost& host_;
  SignIn& sign_in_;
  Clients clients_;
  std::unordered_map<realtime::SocketId, ClientId> sockets_;
};

}  // namespace tiketi::http::live
