#include "live/socket_io.hpp"

#include "server/json.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace tiketi::http::live {
namespace {

class SocketReceiver final : public Receiver {
 public:
  SocketReceiver(realtime::Engine& engine, realtime::SocketId socket) : engine_(engine), socket_(socket) {}
  void tell(const Message& message) override { engine_.send(socket_, message.socket_io()); }

 private:
  realtime::Engine& engine_;
  const realtime::SocketId socket_;
};

std::string token_in(std::string_view auth) {
  std::string why;
  if (auth.empty()) return {};
  const std::optional<boost::json::value> parsed = parse_json(auth, why);
  const boost::json::value* token = parsed && parsed->is_object() ? parsed->get_object().if_contains("token") : nullptr;
  return token != nullptr && token->is_string() ? std::string(token->get_string()) : std::string();
}

}  // namespace

SocketIo::SocketIo(realtime::RealtimeHost& host, SignIn& sign_in, const Clients::Shared& shared)
    : host_(host), sign_in_(sign_in), clients_(shared, [this](std::function<void(Clients&)> task) {
        host_.run_on_all([this, task = std::move(task)](realtime::Engine& engine) {
          if (&engine.application() == this) task(clients_);
        });
      }) {}

void SocketIo::on_connect(realtime::Engine& engine, const realtime::ConnectRequest& request) {
  if (request.name_space != "/") {
    engine.refuse(request.socket, "Invalid namespace");
    return;
  }
  std::string token = token_in(request.auth);
  if (const auto user = sign_in_.at_once(token)) return decide(engine, request.socket, *user);
  const auto queued = sign_in_.later(std::move(token), [this, socket = request.socket](Result<UserId> user) {
    host_.run(socket, [this, socket, user = std::move(user)](realtime::Engine& its) { decide(its, socket, user); });
  });
  if (!queued) engine.refuse(request.socket, refusal_of(queued.error()));
}

void SocketIo::decide(realtime::Engine& engine, realtime::SocketId socket, const Result<UserId>& user) {
  if (!user) {
    engine.refuse(socket, refusal_of(user.error()));
    return;
  }
  if (engine.accept(socket)) sockets_[socket] = clients_.add(*user, std::make_unique<SocketReceiver>(engine, socket));
}

void SocketIo::on_event(realtime::Engine& engine, const realtime::Event& event) {
  const auto found = sockets_.find(event.socket);
  if (found == sockets_.end()) return;
  Acknowledge acknowledge;
  // The answer may come later, but then on this thread, inside the engine.
  if (event.ack_id)
    acknowledge = [&engine, socket = event.socket, id = *event.ack_id](std::string_view error, std::string_view field) {
      engine.acknowledge(socket, id, "[" + acknowledgement(error, field) + "]");
    };
  clients_.hear(found->second, event.name, event.arguments, acknowledge);
}

void SocketIo::on_disconnect(realtime::Engine&, realtime::SocketId socket, realtime::EndReason,
                             std::span<const std::string>) {
  const auto found = sockets_.extract(socket);
  if (found) clients_.remove(found.mapped());
}

}  // namespace tiketi::http::live
