#pragma once
// Waiting rooms before sales that a test makes up.

#include "support/fakes.hpp"
#include "support/results.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/memory.hpp>
#include <tiketi/waiting_room/rules.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace tiketi::test {

/// Bytes that are the same in every run.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    const std::lock_guard lock(mutex_);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(state_ = state_ * 5 + 77);
  }

 private:
  std::mutex mutex_;
  std::uint32_t state_ = 1;
};

class FakeSales final : public SaleDirectory {
 public:
  Result<std::vector<std::optional<Sale>>> sales(std::span<const SaleQuestion> questions) override {
    ++asked;
    if (broken) return Error{Errc::unavailable, "no sales now"};
    std::vector<std::optional<Sale>> out;
    for (const SaleQuestion& each : questions) {
      const auto found = known.find(each.event_id);
      out.push_back(found == known.end() ? std::nullopt : std::optional(found->second));
    }
    return out;
  }

  std::map<EventId, Sale> known;
  bool broken = false;
  int asked = 0;
};

/// Passes all on, but lets a test step in first.
class WatchedRooms : public WaitingRoomStore {
 public:
  explicit WatchedRooms(WaitingRoomStore& store) : store_(store) {}
  std::function<void()> committing = [] {};
  std::function<void(EventId)> reading = [](EventId) {};

  Result<std::vector<AppendOutcome>> commit(std::span<const RoomAppend> appends, const ReviseAppend& revise) override {
    committing();
    return store_.commit(appends, revise);
  }
  Result<std::vector<RoomRecord>> read(EventId event, std::int64_t after, std::size_t limit) override {
    reading(event);
    return store_.read(event, after, limit);
  }
  Result<std::vector<std::int64_t>> last_sequences(std::span<const EventId> events) override {
    return store_.last_sequences(events);
  }
  Result<std::vector<RoomHead>> heads() override { return store_.heads(); }
  Result<std::size_t> prune(EventId event, std::size_t limit) override { return store_.prune(event, limit); }

 private:
  WaitingRoomStore& store_;
};

/// An event that is on sale, with a room of five at most and ten admissions a second.
struct House {
  explicit House(const RoomSettingsPatch& patch = {}) {
    sales.known[event] = {.start = clock.now().plus_ms(-hour_ms), .end = clock.now().plus_ms(30 * day_ms)};
    set({.enabled = true, .threshold = 5, .rate_per_second = 10});
    set(patch);
  }

  void set(const RoomSettingsPatch& patch) { expect_done(rooms->set(event, patch)); }
  Sale& sale() { return sales.known[event]; }
  UserId somebody() { return ids.next<UserId>(); }
  std::vector<UserId> people(std::size_t count) {
    std::vector<UserId> out;
    while (out.size() < count) out.push_back(somebody());
    return out;
  }

  RoomStatus enter(UserId user) { return rooms->enter(Enter{event, user}).value(); }
  std::vector<RoomStatus> enter(const std::vector<UserId>& users) {
    std::vector<Enter> commands;
    for (const UserId user : users) commands.push_back({event, user});
    std::vector<RoomStatus> out;
    for (auto& each : rooms->enter(commands)) out.push_back(std::move(each.value()));
    return out;
  }
  RoomStatus status(UserId user) { return rooms->status(event, user).value(); }
  Result<void> check(UserId user, std::string_view token = {}) { return rooms->check({event, user, token}); }

  /// The news of the event's room.
  RoomTurn turn() {
    for (RoomTurn& each : rooms->turn().value())
      if (each.event_id == event) return std::move(each);
    return {};
  }
  /// The same after so many milliseconds.
  RoomTurn turn_after(std::int64_t ms) {
    clock.advance(ms);
    return turn();
  }
  /// Fills the room, so that whoever comes next waits.
  std::vector<UserId> fill() {
    auto users = people(5);
    enter(users);
    return users;
  }

  /// Another event that is on sale.
  EventId another_event() {
    const EventId out = ids.next<EventId>();
    sales.known[out] = sale();
    return out;
  }

  std::unique_ptr<WaitingRoom> open_another() { return open_another(stores->waiting_rooms()); }
  std::unique_ptr<WaitingRoom> open_another(WaitingRoomStore& store) {
    return std::make_unique<WaitingRoom>(store, sales, *signer, random, clock, policy);
  }
  /// What a crash leaves is the log.
  void restart() {
    rooms.reset();
    rooms = open_another();
  }
  std::vector<RoomRecord> log() { return stores->waiting_rooms().read(event, 0, 1'000'000).value(); }
  void expect_sound() {
    for (const Finding& each : rooms->audit(event).value().findings)
      ADD_FAILURE() << each.invariant << ": " << each.what;
  }

  FakeClock clock;
  CountingIds ids{clock};
  EventId event = ids.next<EventId>();
  FakeSales sales;
  CountingRandom random;
  WaitingRoomPolicy policy{.discover_ms = 0};
  std::unique_ptr<Stores> stores = memory::make_stores();
  std::unique_ptr<EntryTokenSigner> signer = crypto::make_ephemeral_entry_token_signer();
  std::unique_ptr<WaitingRoom> rooms = open_another();

 private:
  template <class T>
  static void expect_done(const Result<T>& result) {
    EXPECT_TRUE(result.has_value()) << result.error().message;
  }
};

/// With another process, to whose storage a test can do something.
template <class Store = WatchedRooms>
struct HouseOfTwo : House {
  Store store{stores->waiting_rooms()};
  std::unique_ptr<WaitingRoom> room = open_another(store);
};

inline std::vector<UserId> users_of(const std::vector<Admitted>& admitted) {
  std::vector<UserId> out;
  for (const Admitted& each : admitted) out.push_back(each.user_id);
  return out;
}

}  // namespace tiketi::test
