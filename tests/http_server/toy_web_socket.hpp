#pragma once
// Sockets that echo, and are told of to the test.

#include "http_server/toy_server.hpp"
#include "http_server/web_socket_client.hpp"

#include <charconv>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tiketi::test {

/// Runs on the socket's thread, and waits for it.
inline void on_thread_of(http::WebSocket& socket, const std::function<void(http::WebSocket&)>& task) {
  Gate done;
  socket.post([&](http::WebSocket& self) {
    task(self);
    done.open();
  });
  done.pass();
}

/// What happened to the sockets of a server. Outlives it.
class Sockets {
 public:
  /// Echoes; obeys `close`, `throw`, and `set N` (the largest message).
  std::shared_ptr<http::WebSocketListener> listener() { return std::make_shared<Echo>(*this); }

  /// The codes, in the order in which so many sockets were closed.
  std::vector<int> wait_for_closed(std::size_t count) {
    return wait([&] { return closed_.size() >= count; }), closed_;
  }
  std::vector<std::shared_ptr<http::WebSocket>> wait_for_open(std::size_t count) {
    return wait([&] { return open_.size() >= count; }), open_;
  }
  std::size_t writable() {
    const std::lock_guard lock(mutex_);
    return writable_;
  }

 private:
  template <class Condition>
  void wait(Condition condition) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(10), condition)) throw std::runtime_error("nothing happened");
  }
  template <class Change>
  void change(Change&& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }

  struct Echo : http::WebSocketListener {
    explicit Echo(Sockets& of) : all(of) {}
    void on_open(const std::shared_ptr<http::WebSocket>& socket) override {
      all.change([&] { all.open_.push_back(socket); });
    }
    void on_text(http::WebSocket& socket, std::string_view text) override {
      if (text == "throw") throw std::runtime_error("as it was asked to");
      if (text.starts_with("set ")) {
        std::size_t bytes = 0;
        std::from_chars(text.data() + 4, text.data() + text.size(), bytes);
        socket.set_max_message_bytes(bytes);
      }
      socket.send_text(http::make_payload(std::string(text)));
      if (text == "close") socket.close(4001, "as you wish");
    }
    void on_binary(http::WebSocket& socket, std::string_view bytes) override {
      socket.send_binary(http::make_payload(std::string(bytes)));
    }
    void on_writable(http::WebSocket&) override {
      all.change([&] { ++all.writable_; });
    }
    void on_closed(http::WebSocket& socket, std::uint16_t code) override {
      EXPECT_FALSE(socket.is_open());
      EXPECT_FALSE(socket.send_text(http::make_payload("too late")));
      all.change([&] { all.closed_.push_back(code); });
    }
    Sockets& all;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<http::WebSocket>> open_;
  std::vector<int> closed_;
  std::size_t writable_ = 0;
};

/// Sockets that echo at `/ws`.
inline http::Router echo_routes(Sockets& sockets, http::QueueLimits queue = {}) {
  http::Router router;
  router.add_web_socket("/ws", http::Access::anyone,
                        {[&sockets, queue](http::Request&) -> std::variant<http::Response, http::AcceptWebSocket> {
                          return http::AcceptWebSocket{sockets.listener(), {}, {.queue = queue}};
                        }});
  return router;
}

}  // namespace tiketi::test
