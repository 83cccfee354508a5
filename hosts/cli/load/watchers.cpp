#include "load/watchers.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tiketi::load {
namespace {

using namespace std::chrono_literals;

constexpr auto target = "/socket.io/?EIO=4&transport=websocket";
constexpr std::size_t most_connecting = 128;     // at the same time: so much fits into a server's backlog
constexpr int slow_receive_buffer_bytes = 4096;  // so that the server soon notices
constexpr auto patience = 30s;
constexpr std::size_t most_notes = 5;
constexpr std::size_t most_shown = 200;

void append_event(std::string& out, std::string_view packet, std::string_view name, std::string_view event) {
  std::string text;
  text.append(packet).append("[\"").append(name).append(R"(",{"eventId":")").append(event).append("\"}]");
  append_frame(out, Opcode::text, text);
}

}  // namespace

Watchers::Watchers(const Address& server, const std::vector<User>& users, const WatcherPlan& plan, OnEvent on_event)
    : users_(users),
      plan_(plan),
      on_event_(std::move(on_event)),
      watchers_(plan.count),
      crowd_(server, target, *this) {}

Watchers::~Watchers() { stop(); }

void Watchers::watch(const std::string& event) {
  {
    const std::scoped_lock lock(mutex_);
    wished_event_ = event;
    ++last_wish_;
  }
  if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { live(stop); });
}

void Watchers::wait(const std::atomic<bool>& interrupted) const {
  std::size_t settled = 0;
  auto progress = std::chrono::steady_clock::now();
  while (!interrupted && settled < plan_.count && std::chrono::steady_clock::now() - progress < patience) {
    std::this_thread::sleep_for(2ms);
    const std::scoped_lock lock(mutex_);
    if (broken_) std::rethrow_exception(broken_);
    if (wish_ != last_wish_) continue;
    if (settled != std::exchange(settled, watching_ + lost_ + slow_lost_)) progress = std::chrono::steady_clock::now();
  }
}

void Watchers::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

std::vector<std::string> Watchers::notes() const {
  const std::scoped_lock lock(mutex_);
  return notes_;
}

void Watchers::live(const std::stop_token& stop) try {
  while (!stop.stop_requested()) {
    take_wish();
    connect_some();
    crowd_.turn(5ms);
  }
} catch (...) {
  const std::scoped_lock lock(mutex_);
  broken_ = std::current_exception();
}

void Watchers::take_wish() {
  {
    const std::scoped_lock lock(mutex_);
    if (wish_ == last_wish_) return;
    event_ = wished_event_;
    watching_ = 0;
    wish_ = last_wish_;
  }
  for (std::size_t i = 0; i < crowd_.size(); ++i)
    if (watchers_[i].has_greeted && !watchers_[i].is_lost) ask(i, false);
}

void Watchers::connect_some() {
  while (crowd_.size() < plan_.count && crowd_.size() < greeted_ + most_connecting) {
    const std::size_t next = crowd_.size();
    crowd_.add(plan_.first_connection + next, is_slow(next) ? slow_receive_buffer_bytes : 0);
  }
}

/// The wish is the number that the server acknowledges.
void Watchers::ask(std::size_t watcher, bool connects) {
  std::string burst;
  if (connects) append_frame(burst, Opcode::text, R"(40{"token":")" + users_[watcher % users_.size()].token + "\"}");
  append_event(burst, "42", "join-event", event_);
  append_event(burst, "42" + std::to_string(wish_), "join-seat-selection", event_);
  crowd_.send(watcher, burst);
}

void Watchers::on_text(std::size_t watcher, std::string_view text, Instant at) {
  if (watchers_[watcher].is_lost) return;
  if (text.starts_with("42")) {
    ++events_;
    if (on_event_) on_event_(watcher, text, at);
  } else if (text == "2") {
    crowd_.send_text(watcher, "3");
  } else if (text.starts_with("43")) {
    acknowledged(watcher, text.substr(2));
  } else if (text.starts_with("0{")) {
    if (std::exchange(watchers_[watcher].has_greeted, true)) return;
    ++greeted_;
    ask(watcher, true);
  } else if (!text.starts_with("40")) {
    give_up(watcher, text);  // it may not connect, or is disconnected
  }
}

void Watchers::acknowledged(std::size_t watcher, std::string_view packet) {
  const std::string wish = std::to_string(wish_);
  if (!packet.starts_with(wish) || watchers_[watcher].watches == wish_) return;
  packet.remove_prefix(wish.size());
  if (packet.starts_with(R"([{"ok":true)")) {
    watchers_[watcher].watches = wish_;
    ++watching_;
    if (is_slow(watcher)) crowd_.stop_reading(watcher);
  } else if (packet.starts_with('[')) {
    give_up(watcher, packet);
  }
}

void Watchers::on_lost(std::size_t watcher, std::string_view why) { give_up(watcher, why); }

void Watchers::give_up(std::size_t watcher, std::string_view why) {
  Watcher& gone = watchers_[watcher];
  if (std::exchange(gone.is_lost, true)) return;
  if (!std::exchange(gone.has_greeted, true)) ++greeted_;  // no longer waits for that
  if (gone.watches == wish_) --watching_;
  ++(is_slow(watcher) ? slow_lost_ : lost_);
  if (!is_slow(watcher)) note("a socket was lost: " + std::string(why.substr(0, most_shown)));
}

void Watchers::note(std::string what) {
  const std::scoped_lock lock(mutex_);
  if (notes_.size() < most_notes) notes_.push_back(std::move(what));
}

}  // namespace tiketi::load
