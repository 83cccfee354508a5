#include "simulation/backstage.hpp"

#include <condition_variable>
#include <functional>

namespace tiketi::cli {
namespace {

constexpr std::int64_t sweep_every_ms = 100;
constexpr std::size_t at_once = 2'000;  // small, so that neither keeps fans waiting for long

/// Calls `work` again and again until it is asked to stop, with a rest after each.
void every(const std::stop_token& stop, std::int64_t ms, const std::function<void()>& work) {
  std::mutex mutex;
  std::condition_variable_any never;
  while (!stop.stop_requested()) {
    work();
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, std::chrono::milliseconds(ms), [] { return false; });
  }
}

}  // namespace

Backstage::Backstage(Services& services, Sale& sale, EventId event, const std::vector<std::uint32_t>& ranking)
    : services_(services), sale_(sale), event_(event), ranking_(ranking) {
  subscription_ = services.bus().subscribe("reservation.expired", [this, about = event.text()](const Message& message) {
    if (message.payload.find(about) != std::string::npos) ++expired_;
  });
  refresher_ = std::jthread(
      [this](const std::stop_token& stop) { every(stop, sale_.options().refresh_ms, [this] { refresh(); }); });
  sweeper_ =
      std::jthread([this](const std::stop_token& stop) { every(stop, sweep_every_ms, [this] { sweep_and_relay(); }); });
}

void Backstage::finish() {
  for (std::jthread* thread : {&refresher_, &sweeper_}) {
    thread->request_stop();
    if (thread->joinable()) thread->join();
  }
  sweep_and_relay();
}

std::vector<Error> Backstage::troubles() const {
  const std::lock_guard lock(mutex_);
  return troubles_;
}

void Backstage::refresh() {
  const auto places = services_.box_office().places(event_);
  if (places.has_error()) return note(places.error());
  sale_.show(std::make_shared<Market>(make_market(*places, ranking_, services_.clock().now())));
}

void Backstage::sweep_and_relay() {
  for (std::size_t swept = at_once; swept == at_once;) {
    const auto some = services_.box_office().sweep(at_once);
    if (some.has_error()) return note(some.error());
    swept = *some;
  }
  for (std::size_t relayed = at_once; relayed == at_once;) {
    const auto some = services_.box_office().relay(services_.bus(), at_once);
    if (some.has_error()) return note(some.error());
    relayed = *some;
    published_ += static_cast<std::int64_t>(relayed);
  }
}

void Backstage::note(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (troubles_.size() < 10) troubles_.push_back(error);
}

}  // namespace tiketi::cli
