#pragma once
// A server with realtime paths and an application that obeys the test, and what tests say to it as bytes.

#include "http_server/toy_server.hpp"
#include "http_server/web_socket_client.hpp"
#include "realtime/host.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::realtime::test {

using tiketi::test::Frame;
using tiketi::test::HttpClient;
using tiketi::test::HttpReply;
using tiketi::test::WebSocketClient;

inline SharedText shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }
inline Outgoing event_of(std::string_view name_space, std::string_view event, std::string_view arguments) {
  return {.text = shared(encode_event(name_space, event, arguments)), .attachments = {}};
}

/// What the applications of a host note, on whatever thread.
class Notes {
 public:
  void add(std::string note) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(note));
    changed_.notify_all();
  }
  void joined(SocketId socket) {
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    changed_.notify_all();
  }
  bool wait_for(std::string_view note) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5),
                             [&] { return std::find(all_.begin(), all_.end(), note) != all_.end(); });
  }
  std::vector<SocketId> sockets(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(5), [&] { return sockets_.size() >= count; });
    return sockets_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> all_;
  std::vector<SocketId> sockets_;
};

/// Echoes. Who connects joins the room `all`; with `{"later":true}` nothing is decided.
class ToyApplication : public Application {
 public:
  explicit ToyApplication(Notes& notes) : notes_(notes) {}
  void on_message(Engine& engine, const Message& message) override {
    engine.send(message.socket, message.is_binary ? binary_message(message.data) : text_message(message.data));
  }
  void on_connect(Engine& engine, const ConnectRequest& request) override {
    notes_.joined(request.socket);
    if (request.auth.find("later") != request.auth.npos) return;
    engine.accept(request.socket);
    engine.join(request.socket, "all");
  }
  void on_event(Engine& engine, const Event& event) override {
    engine.send(event.socket, event_of(event.name_space, event.name, event.arguments));
  }
  void on_disconnect(Engine&, SocketId, EndReason reason, std::span<const std::string>) override {
    notes_.add(std::string(name(reason)));
  }

 private:
  Notes& notes_;
};

inline tiketi::http::ServerOptions threads(unsigned count) {
  tiketi::http::ServerOptions out = tiketi::test::toy_options();
  out.threads = count;
  return out;
}

/// Engine.IO alone at /engine.io/, Socket.IO at /socket.io/.
class ToyHost {
 public:
  explicit ToyHost(HostOptions options = {}, tiketi::http::ServerOptions server = threads(1))
      : host(options, [this](RealtimeHost&) { return std::make_unique<ToyApplication>(notes); }),
        messages_(alone(options), [this](RealtimeHost&) { return std::make_unique<ToyApplication>(notes); }) {
    tiketi::http::Router router;
    host.add_to(router, "/socket.io/");
    messages_.add_to(router, "/engine.io/");
    server_.emplace(std::move(server), std::move(router));
    host.start((*server_)->loops());
    messages_.start((*server_)->loops());
  }

  HttpClient connect() const { return server_->connect(); }
  tiketi::http::Server& server() { return **server_; }

  // Requests, each on a connection of its own, so that any thread may get it.
  HttpReply get(std::string_view query, HttpClient::Headers headers = {}) const {
    return connect().get("/engine.io/?" + std::string(query), headers);
  }
  HttpReply poll(std::string_view sid) const { return get(polling(sid)); }
  HttpReply post(std::string_view sid, std::string_view body) const {
    return connect().request("POST", "/engine.io/?" + polling(sid), {{"Content-Type", "text/plain"}}, body);
  }
  static std::string polling(std::string_view sid) { return "EIO=4&transport=polling&sid=" + std::string(sid); }
  static std::string get_request(std::string_view sid) {
    return "GET /engine.io/?" + polling(sid) + " HTTP/1.1\r\nHost: t\r\n\r\n";
  }

  /// The sid of a new polling session.
  std::string open() const { return sid_in(get("EIO=4&transport=polling").body); }
  static std::string sid_in(std::string_view handshake) {
    const std::string_view key = R"("sid":")";
    const std::size_t begin = handshake.find(key) + key.size();
    return std::string(handshake.substr(begin, handshake.find('"', begin) - begin));
  }

  /// A session without Socket.IO, after its handshake.
  WebSocketClient open_websocket() const {
    WebSocketClient out(connect(), "/engine.io/?EIO=4&transport=websocket");
    out.read_text();
    return out;
  }
  WebSocketClient upgrade(std::string_view sid) const {
    return WebSocketClient(connect(), "/engine.io/?EIO=4&transport=websocket&sid=" + std::string(sid));
  }
  /// A client of `/`, which has sent this auth; `accepted`: and was told that it has joined.
  WebSocketClient join(std::string_view auth = "", bool accepted = true) const {
    WebSocketClient out(connect(), "/socket.io/?EIO=4&transport=websocket");
    out.read_text();
    out.send_text("40" + std::string(auth));
    if (accepted && !out.read_text().starts_with(R"(40{"sid":)")) throw std::runtime_error("not let in");
    return out;
  }

  /// The same, but its session began with polling, perhaps on another thread.
  WebSocketClient join_by_upgrade() const {
    const std::string target = "/socket.io/?EIO=4&transport=";
    const std::string sid = sid_in(connect().get(target + "polling").body);
    WebSocketClient out(connect(), target + "websocket&sid=" + sid);
    out.send_text("2probe");
    if (out.read_text() != "3probe") throw std::runtime_error("no upgrade");
    out.send_text("5");
    out.send_text("40");
    if (!out.read_text().starts_with(R"(40{"sid":)")) throw std::runtime_error("not let in");
    return out;
  }

  Notes notes;
  RealtimeHost host;

 private:
  static HostOptions alone(HostOptions options) {
    options.engine.socket_io = false;
    return options;
  }
  RealtimeHost messages_;
  std::optional<tiketi::test::ToyServer> server_;
};

}  // namespace tiketi::realtime::test
