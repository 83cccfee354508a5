#include "simulation/backstage.hpp"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <string_view>

namespace tiketi::cli {
namespace {

constexpr std::int64_t sweep_every_ms = 100;
constexpr std::int64_t turn_every_ms = 250;  // as a server does
constexpr std::int64_t recover_every_ms = 250;
constexpr int quiet_turns = 2;          // a fan that was just let in may not have heard of it in one
constexpr std::size_t at_once = 2'000;  // small, so that none of them keeps fans waiting for long

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

Backstage::Backstage(Services& services, MovedClock& clock, Sale& sale, Audience& audience, EventId event,
                     const std::vector<std::uint32_t>& ranking)
    : services_(services), clock_(clock), sale_(sale), audience_(audience), event_(event), ranking_(ranking) {
  subscription_ = services.bus().subscribe("", [this](const Message& message) { count(message); });
  refresher_ = std::jthread(
      [this](const std::stop_token& stop) { every(stop, sale_.options().refresh_ms, [this] { refresh(); }); });
  sweeper_ =
      std::jthread([this](const std::stop_token& stop) { every(stop, sweep_every_ms, [this] { sweep_and_relay(); }); });
  recovery_ =
      std::jthread([this](const std::stop_token& stop) { every(stop, recover_every_ms, [this] { recover(); }); });
  if (!sale_.door) return;
  doorman_ = std::jthread([this](const std::stop_token& stop) { every(stop, turn_every_ms, [this] { let_in(); }); });
}

void Backstage::finish() {
  for (std::jthread* thread : {&refresher_, &sweeper_, &recovery_, &doorman_}) {
    thread->request_stop();
    if (thread->joinable()) thread->join();
  }
  sweep_and_relay();
}

/// Those about the fans; others may buy at the same store.
void Backstage::count(const Message& message) {
  constexpr std::string_view member = "\"user\":\"";
  const std::size_t found = message.payload.find(member);
  if (found == message.payload.npos) return;
  const std::size_t at = found + member.size();
  const auto user = UserId::parse(std::string_view(message.payload).substr(at, message.payload.find('"', at) - at));
  if (!user || !audience_.find(*user)) return;
  const std::lock_guard lock(mutex_);
  ++messages_[message.topic];
}

std::map<std::string, std::int64_t> Backstage::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
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
  }
}

/// Finds out what became of payments whose answers were lost.
void Backstage::recover() {
  const auto recovered = services_.cashier().recover(at_once);
  if (recovered.has_error()) note(recovered.error());
}

void Backstage::let_in() {
  const auto turns = services_.waiting_room().turn();
  if (turns.has_error()) return note(turns.error());
  const auto ours = std::ranges::find(*turns, event_, &RoomTurn::event_id);
  if (ours == turns->end()) return;
  wait_for_idle(*ours);
  tell(*ours);
}

void Backstage::tell(const RoomTurn& turn) {
  Door& door = *sale_.door;
  door.waiting = turn.waiting;
  door.active = turn.active;
  most_waiting_ = std::max(most_waiting_.load(), turn.waiting);
  most_active_ = std::max(most_active_.load(), turn.active);
  if (turn.sold_out) door.sold_out = *turn.sold_out;
  for (const Admitted& each : turn.admitted)
    if (const auto place = audience_.find(each.user_id)) place->crowd->admit(place->number, each.entry_token);
  for (const UserId user : turn.expired)
    if (const auto place = audience_.find(user)) place->crowd->expel(place->number);
}

/// When all who are inside do nothing, nobody need sit out how long they may.
void Backstage::wait_for_idle(const RoomTurn& turn) {
  Door& door = *sale_.door;
  const bool is_quiet = turn.active > 0 && turn.active <= door.active && door.busy == 0 && turn.admitted.empty();
  quiet_turns_ = is_quiet ? quiet_turns_ + 1 : 0;
  if (quiet_turns_ < quiet_turns) return;
  clock_.skip(active_ms(sale_.options()));
  quiet_turns_ = 0;
}

void Backstage::note(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (troubles_.size() < 10) troubles_.push_back(error);
}

}  // namespace tiketi::cli
