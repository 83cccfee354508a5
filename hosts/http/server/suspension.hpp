#pragma once
// Where a coroutine waits for another of its thread.

#include "server/net.hpp"

#include <boost/asio/async_result.hpp>

#include <memory>
#include <utility>

namespace tiketi::http {

/// One coroutine at a time. It must be resumed before this goes away, unless its io_context goes too.
class Suspension {
 public:
  /// Until `resume`.
  Awaitable<void> wait() {
    const auto suspend = [this](auto handler) {
      using Handler = decltype(handler);
      struct Suspended : Waiting {
        explicit Suspended(Handler of) : handler(std::move(of)) {}
        void go_on() override { std::move(handler)(); }
        Handler handler;
      };
      waiting_ = std::make_unique<Suspended>(std::move(handler));
    };
    return asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(suspend, awaiting);
  }

  /// Goes on with the coroutine, here and now, if there is one: it may well have ended, and its owner gone with it,
  /// when this returns.
  void resume() {
    if (const std::unique_ptr<Waiting> waiting = std::move(waiting_)) waiting->go_on();
  }

 private:
  struct Waiting {
    virtual ~Waiting() = default;
    virtual void go_on() = 0;
  };
  std::unique_ptr<Waiting> waiting_;
};

}  // namespace tiketi::http
