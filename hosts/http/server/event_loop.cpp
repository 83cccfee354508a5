#include "server/event_loop.hpp"

#include "telemetry/log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>

namespace tiketi::http {
namespace {

thread_local std::weak_ptr<EventLoop> of_this_thread;

}  // namespace

EventLoop::EventLoop(asio::io_context& context, telemetry::Log* log) : log_(log), context_(&context) {
  alarm_.emplace(context);
}

std::shared_ptr<EventLoop> EventLoop::current() noexcept { return of_this_thread.lock(); }

void EventLoop::begin() {
  thread_ = std::this_thread::get_id();
  of_this_thread = weak_from_this();
}

void EventLoop::close() {
  std::map<Key, Task> dropped;  // what tasks own may have timers, which look into the map when they go
  dropped.swap(timers_);
  alarm_.reset();
  const std::lock_guard lock(mutex_);
  context_ = nullptr;
}

void EventLoop::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (context_) asio::post(*context_, [self = shared_from_this(), task = std::move(task)] { self->run(task); });
}

void EventLoop::run(const Task& task) noexcept {
  const auto tell = [this](const char* what) {
    if (log_) log_->write(telemetry::Level::error, "a task on a connections' thread threw", {{"cause", what}});
  };
  try {
    task();
  } catch (const std::exception& error) {
    tell(error.what());
  } catch (...) {
    tell("something that is no std::exception");
  }
}

EventLoop::Key EventLoop::add_timer(std::chrono::milliseconds delay, Task task) {
  // At least one, so that a task that starts its timer anew lets others have their turn.
  const When due = std::chrono::steady_clock::now() + std::max(delay, std::chrono::milliseconds(1));
  const Key key{due, ++last_timer_};
  timers_.emplace(key, std::move(task));
  arm();
  return key;
}

/// Has `fire` called when the first timer is due, or before.
void EventLoop::arm() {
  if (!alarm_ || timers_.empty() || timers_.begin()->first.first >= armed_for_) return;
  armed_for_ = timers_.begin()->first.first;
  alarm_->expires_at(armed_for_);
  alarm_->async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->fire();
  });
}

void EventLoop::fire() {
  const When now = std::chrono::steady_clock::now();
  armed_for_ = When::max();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    const auto due = timers_.extract(timers_.begin());
    run(due.mapped());
  }
  arm();
}

void Timer::start(std::shared_ptr<EventLoop> loop, std::int64_t delay_ms, EventLoop::Task task) {
  cancel();
  loop_ = std::move(loop);
  key_ = loop_->add_timer(std::chrono::milliseconds(delay_ms), std::move(task));
}

void Timer::cancel() noexcept {
  if (loop_) loop_->timers_.erase(key_);
  loop_.reset();
}

}  // namespace tiketi::http
