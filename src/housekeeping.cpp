#include "housekeeping.hpp"

#include <tiketi/base/time.hpp>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace tiketi {
namespace {

// Longer than a turn takes. One that takes longer only has company, which does no harm.
constexpr std::int64_t lease_ms = minute_ms;

}  // namespace

Housekeeping::Housekeeping(std::string name, std::size_t batch, std::vector<Chore> chores, Lock& lock,
                           std::int64_t interval_ms, std::function<void(const Error&)> on_error)
    : name_(std::move(name)),
      batch_(batch),
      chores_(std::move(chores)),
      lock_(lock),
      interval_ms_(std::clamp<std::int64_t>(interval_ms, 1, day_ms)),
      on_error_(std::move(on_error)) {
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::system_error& error) {
    tell({Errc::unavailable, "the housekeeping thread could not be started", {{"cause", error.what()}}});
  }
}

void Housekeeping::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    turn(stop);
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, std::chrono::milliseconds(interval_ms_), [] { return false; });
  }
}

void Housekeeping::turn(const std::stop_token& stop) {
  const auto lease = lock_.try_acquire(name_, lease_ms);
  if (!lease) return tell(lease.error());
  if (!*lease) return;  // somebody else is at it
  for (const Chore& chore : chores_) drain(stop, chore);
  if (const auto released = lock_.release(**lease); !released) tell(released.error());
}

void Housekeeping::drain(const std::stop_token& stop, const Chore& chore) {
  while (!stop.stop_requested()) {
    const Result<std::size_t> done = chore(batch_);
    if (!done) return tell(done.error());
    if (*done < batch_) return;
  }
}

void Housekeeping::tell(const Error& error) const {
  if (on_error_) on_error_(error);
}

}  // namespace tiketi
