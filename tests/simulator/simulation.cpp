#include "simulation.hpp"

#include "acts.hpp"

#include <tiketi/adapters/crypto.hpp>

#include <algorithm>
#include <array>

namespace tiketi::test {

namespace {

constexpr std::size_t max_depth = 3;
constexpr int steps_between_full_checks = 25;

/// What nobody can guess is drawn by the seed, here.
class DrawnBytes final : public tiketi::Random {
 public:
  explicit DrawnBytes(test::Random& random) : random_(random) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random_.next());
  }

 private:
  test::Random& random_;
};

class Simulation final : public PortWatch {
 public:
  explicit Simulation(const Plan& plan)
      : plan_(plan),
        scene_(plan.seed, plan.verbose),
        bus_(scene_.consumer, scene_.random, [this] { return fails_to_publish(); }),
        bytes_(scene_.random),
        stage_(plan.backend, plan.defect, *this,
               {scene_.till.provider, scene_.clock, scene_.ids, bytes_, *signer_, scene_.books.policy,
                scene_.rooms.policy}) {}

  Report run() {
    scene_.weather = make_weather(scene_.random);
    scene_.till.provider.fate = [this](std::string_view call) { return fate_at_provider(call); };
    scene_.rooms.payments_of = [this](EventId event) { return payments_of(scene_, stage_, event); };
    open_house();
    for (scene_.step = 1; scene_.step <= plan_.steps && !scene_.failure; ++scene_.step) {
      if (scene_.random.chance(250)) step_clock(scene_);
      play([this](Process& process) { act(scene_, process, bus_); });
      check();
    }
    if (!scene_.failure) close_house();
    return report();
  }

  Fate fate(int number, std::string_view call, bool writes) override {
    Process& process = stage_.process(static_cast<std::size_t>(number));
    if (process.crashed) return Fate::crash_before;
    if (scene_.failure) return Fate::pass;
    Random& random = scene_.random;
    const Weather& weather = scene_.weather;
    const bool deep = scene_.calls.size() >= max_depth || scene_.events.empty();
    if (!deep && random.chance(weather.interleave)) interleave(call);
    if (!scene_.events.empty() && random.chance(weather.clock_step)) step_clock(scene_);
    if (random.chance(weather.crash)) {
      process.crashed = true;
      scene_.calls.back().crashed = true;
      return strike(call, writes && random.chance(500) ? Fate::crash_after : Fate::crash_before);
    }
    if (random.chance(weather.unavailable)) return strike(call, Fate::unavailable);
    if (writes && random.chance(weather.lost_request)) return strike(call, Fate::lost_request);
    if (writes && random.chance(weather.lost_answer)) return strike(call, Fate::lost_answer);
    return Fate::pass;
  }

  void committed(std::span<const Change> changes, const Result<std::vector<Outcome>>& answer) override {
    if (answer.has_error()) return scene_.fail("a store failed: " + answer.error().message);
    if (answer->size() != changes.size()) return scene_.fail("a store gave a wrong number of outcomes");
    for (std::size_t i = 0; i < changes.size() && !scene_.failure; ++i) enter_change(changes[i], (*answer)[i]);
  }

  void loaded(const NewInventory& inventory, const Result<void>& answer) override {
    const bool known = scene_.books.inventories.contains(inventory.event_id);
    const bool right = known ? answer.has_error() && answer.error().code == Errc::already_exists : answer.has_value();
    if (!right) return scene_.fail("a store gave a wrong answer to an inventory");
    if (!known) load(scene_.books, inventory);
  }

  void closed(EventId event, const Result<void>& answer) override {
    const auto known = scene_.books.inventories.find(event);
    if (answer.has_value() != (known != scene_.books.inventories.end()))
      return scene_.fail("a store gave a wrong answer to the closing of an event");
    if (answer.has_value()) known->second.closed = true;
  }

  void pruned(Timestamp before, std::size_t limit, const Result<std::size_t>& answer) override {
    const auto& keys = scene_.books.keys;
    const auto is_old = [before](const auto& each) { return each.second.created_at < before; };
    const auto old = static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), is_old));
    if (answer.has_error() || *answer != std::min(limit, old))
      return scene_.fail("a store prunes a wrong number of keys");
    std::erase_if(scene_.key_answers, [&](const auto& each) {
      const auto record = keys.find(each.first);
      return record == keys.end() || is_old(*record);
    });
    std::erase_if(scene_.books.keys, is_old);
  }

  void catalog_committed(std::span<const CatalogChange> changes,
                         const Result<std::vector<Result<void>>>& answer) override {
    if (answer.has_error()) return scene_.fail("the catalogue's store failed: " + answer.error().message);
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const std::optional<Errc> expected = enter(scene_.programme, changes[i]);
      const Result<void>& told = (*answer)[i];
      const bool right = expected ? told.has_error() && told.error().code == *expected : told.has_value();
      if (!right)
        return scene_.fail("the catalogue's store answered " +
                           (told.has_error() ? std::string(name(told.error().code)) : "success") + " instead of " +
                           (expected ? std::string(name(*expected)) : "success"));
    }
  }

  void rooms_committed(int process, std::span<const RoomAppend> appends,
                       const Result<std::vector<AppendOutcome>>& answer) override {
    if (answer.has_error()) return scene_.fail("a store of waiting rooms failed: " + answer.error().message);
    for (std::size_t i = 0; i < appends.size() && !scene_.failure; ++i)
      if (const auto wrong = enter_append(scene_, process, appends[i], (*answer)[i])) scene_.fail(*wrong);
  }

  void room_read(int process, EventId event, std::int64_t after, std::int64_t last) override {
    if (scene_.failure) return;
    if (!scene_.rooms.book(event).states.contains(last)) return scene_.fail("a log ends within a commit");
    note_room_read(scene_, process, event, after, last);
  }

  void room_known(int process, EventId event, std::int64_t last) override {
    if (!scene_.failure) note_room_known(scene_, process, event, last);
  }

 private:
  template <class Act>
  void play(Act&& what) {
    Process* process = stage_.idle(scene_.random.below(Stage::process_count));
    if (process == nullptr) return;
    process->busy = true;
    scene_.calls.emplace_back();
    Call& call = scene_.calls.back();
    call.process = process->number;
    call.programme_changes = scene_.programme.changes;
    call.times.push_back(scene_.clock_now());
    what(*process);
    const bool crashed = process->crashed;
    scene_.calls.pop_back();
    process->busy = false;
    if (!crashed) return;
    const int number = process->number;  // the process itself is gone in a moment
    scene_.note("process " + std::to_string(number) + " starts anew");
    scene_.count("crash");
    stage_.restart(static_cast<std::size_t>(number));
    scene_.rooms.forget_process(number);
    if (!scene_.failure) check_places();
  }

  void interleave(std::string_view before) {
    for (Call& call : scene_.calls) call.disturbed = true;
    scene_.note("before " + std::string(before) + ", in between:");
    scene_.count("interleaved");
    play([this](Process& process) { act(scene_, process, bus_); });
  }

  Fate strike(std::string_view call, Fate fate) {
    static constexpr std::array<std::string_view, 6> words{"pass",        "unavailable",  "lost request",
                                                           "lost answer", "crash before", "crash after"};
    const std::string_view word = words[static_cast<std::size_t>(fate)];
    scene_.calls.back().disturbed = true;
    scene_.note(std::string(word) + ": " + std::string(call));
    scene_.count(word);
    return fate;
  }

  bool fails_to_publish() {
    if (!scene_.random.chance(scene_.weather.bus_failure)) return false;
    scene_.calls.back().disturbed = true;
    return true;
  }

  /// What the provider itself does with a request that has reached it.
  ProviderFate fate_at_provider(std::string_view call) {
    if (scene_.failure || is_closing_ || call == "open" || call == "find") return ProviderFate::pass;
    if (scene_.random.chance(60)) return ProviderFate::refuse;
    if (scene_.weather.lost_request > 0 && scene_.random.chance(30)) return ProviderFate::late;
    if (scene_.weather.unavailable > 0 && scene_.random.chance(20)) return ProviderFate::broken;
    return ProviderFate::pass;
  }

  /// Holds a change and its outcome against the model, and enters it there.
  void enter_change(const Change& change, const Outcome& told) {
    const Outcome expected = judge(scene_.books, change);
    scene_.note("  " + std::string(topic(change.news)) + ' ' + show(change.after) + " -> " + show(told));
    scene_.count(show(Outcome{told.kind, 0, {}, {}}));
    const bool counts = told.kind == Outcome::Kind::buyer_limit || told.kind == Outcome::Kind::stock_short;
    const bool same = told.kind == expected.kind && (!counts || told.number == expected.number) &&
                      told.ticket_type == expected.ticket_type && told.seats == expected.seats;
    if (!same) return scene_.fail("a store answered '" + show(told) + "' instead of '" + show(expected) + "'");
    const bool repeated = change.expected_version == 0 && scene_.books.reservations.contains(change.after.id);
    if (told.kind != Outcome::Kind::applied || repeated) return;
    if (const auto illegal = find_illegal(scene_.books, change)) return scene_.fail(*illegal);
    check_time_and_terms(change);
    if (change.news == ReservationNews::held &&
        !came_through_door(scene_, {change.after.event_id, change.after.user_id}))
      return scene_.fail("a hold was made for somebody who was not admitted");
    apply(scene_.books, change);
    scene_.calls.back().entered.push_back({change.after.id, {change.after, change.news}});
  }

  void check_time_and_terms(const Change& change) {
    const Call& call = scene_.calls.back();
    const Reservation& after = change.after;
    if (std::find(call.times.begin(), call.times.end(), after.updated_at) == call.times.end())
      return scene_.fail("a change is dated with a time that the clock did not show");
    if (change.news != ReservationNews::held) return;
    const Programme& programme = scene_.programme;
    if (!programme.was_on_sale(after.event_id, after.created_at, call.programme_changes))
      return scene_.fail("a hold was made while the event was not on sale");
    if (!programme.allowed_quantity(after.event_id, after.quantity, call.programme_changes))
      return scene_.fail("a reservation is larger than the event allows");
    if (!programme.had_buyer_limit(after.event_id, change.buyer_limit, call.programme_changes))
      return scene_.fail("a hold was made under a wrong limit per customer");
    if (programme.cancellations_told.contains(after.event_id))
      return scene_.fail("a hold was made for an event that was cancelled");
  }

  void open_house() {
    for (std::int64_t i = scene_.random.between(2, 6); i > 0; --i) scene_.users.push_back(scene_.ids.next<UserId>());
    for (int i = 0; i < 2; ++i) scene_.till.payers.push_back(scene_.ids.next<UserId>());
    const auto events = static_cast<std::size_t>(scene_.random.between(1, 3));
    for (int attempt = 0; scene_.events.size() < events && attempt < 200 && !scene_.failure; ++attempt)
      play([this](Process& process) { create_event(scene_, process); });
    if (scene_.events.size() < events) scene_.fail("no event could be created");
    if (scene_.random.chance(600)) open_rooms();
  }

  /// Some of the events have a waiting room from the beginning.
  void open_rooms() {
    Rooms& rooms = scene_.rooms;
    rooms.visitors = scene_.users;
    rooms.visitors.insert(rooms.visitors.end(), scene_.till.payers.begin(), scene_.till.payers.end());
    for (std::int64_t i = scene_.random.between(0, 5); i > 0; --i) rooms.visitors.push_back(scene_.ids.next<UserId>());
    for (const EventId event : scene_.events)
      if (scene_.random.chance(700)) rooms.events.push_back(event);
    for (const EventId event : rooms.events) {
      RoomSettingsPatch patch{.enabled = true, .threshold = scene_.random.between(1, 4)};
      patch.lobby = scene_.random.chance(500);
      patch.rate_per_second = scene_.random.between(1, 3);
      patch.active_ms = scene_.random.between(10, 300) * second_ms;
      if (scene_.random.chance(300)) patch.mode = RoomMode::session;
      if (scene_.random.chance(300)) patch.max_payments = 1;
      play([&](Process& process) { set_room(scene_, process, event, patch); });
    }
  }

  /// Whoever starts now tells everybody the place that he has by the model.
  void check_places() {
    if (scene_.rooms.events.empty()) return;
    const auto fresh = stage_.open_rooms();
    const std::vector<UserId>& users = scene_.rooms.visitors;
    for (const EventId event : scene_.rooms.events) {
      const auto statuses = fresh->status(event, users);
      if (statuses.has_error()) return scene_.fail("a waiting room can't be read: " + statuses.error().message);
      const RoomState& room = scene_.rooms.book(event).now();
      for (std::size_t i = 0; i < users.size(); ++i)
        if (auto wrong = check_status(scene_, room, event, users[i], (*statuses)[i]))
          return scene_.fail("after a restart: " + *wrong);
    }
  }

  /// Nobody waits for ever, and the logs tell what happened.
  void close_rooms() {
    for (const EventId event : scene_.rooms.events) drain_room(event);
    check_places();
    for (const EventId event : scene_.rooms.events) {
      if (scene_.failure) return;
      const auto audit = stage_.open_rooms()->audit(event);
      if (audit.has_error()) return scene_.fail("a waiting room can't be audited: " + audit.error().message);
      if (!audit->findings.empty())
        return scene_.fail("audit: " + audit->findings.front().invariant + ": " + audit->findings.front().what);
      const auto log = stage_.waiting_rooms().read(event, 0, 1'000'000);
      if (auto wrong = compare_order(scene_.rooms.book(event), log.value())) return scene_.fail(*wrong);
    }
  }

  void drain_room(EventId event) {
    const Event& terms = *scene_.programme.find(event);
    if (terms.cancelled || scene_.clock_now() >= terms.sale_end.plus_ms(-minute_ms)) return close_room(event);
    if (scene_.clock_now() < terms.sale_start) scene_.set_clock(terms.sale_start);
    const RoomSettingsPatch patch{
        .enabled = true, .threshold = 1'000, .rate_per_second = 5, .paused = false, .max_payments = 0};
    play([&](Process& process) { set_room(scene_, process, event, patch); });
    const RoomState* room = &scene_.rooms.book(event).now();
    const std::size_t waited = room->line.size();
    for (int i = 0; i < 10 && !scene_.failure; ++i) {
      scene_.set_clock(scene_.clock_now().plus_ms(second_ms));
      play([this](Process& process) { take_turn(scene_, process); });
    }
    room = &scene_.rooms.book(event).now();
    const std::int64_t held = scene_.books.inventories.at(event).reservations[0];
    const std::int64_t most = available_of(scene_.books, event) + held;
    if (!room->line.empty() && static_cast<std::int64_t>(room->active.size()) < most)
      return scene_.fail("somebody waits for ever");
    scene_.count("room: drained", static_cast<std::int64_t>(waited - room->line.size()));
  }

  /// Nobody waits for a sale that is over.
  void close_room(EventId event) {
    const Event& terms = *scene_.programme.find(event);
    if (!terms.cancelled && scene_.clock_now() < terms.sale_end) scene_.set_clock(terms.sale_end);
    play([this](Process& process) { take_turn(scene_, process); });
    if (scene_.rooms.book(event).now().is_awaited()) scene_.fail("somebody waits for a sale that is over");
  }

  void check() {
    if (auto wrong = compare_touched(scene_.books, stage_.box_office())) return scene_.fail(*wrong);
    if (scene_.consumer.wrong) return scene_.fail(*scene_.consumer.wrong);
    if (scene_.step % steps_between_full_checks == 0) check_all();
  }

  void check_all() {
    if (auto wrong = compare_all(scene_.books, stage_.box_office())) return scene_.fail(*wrong);
    if (auto wrong = compare(scene_.programme, stage_.catalog())) return scene_.fail(*wrong);
    if (auto wrong = compare(scene_.rooms, stage_.waiting_rooms())) return scene_.fail(*wrong);
    const auto outbox = stage_.box_office().outbox(1'000'000);
    if (outbox.has_error()) return scene_.fail("the outbox can't be read: " + outbox.error().message);
    if (auto untold = scene_.consumer.find_untold(*outbox)) return scene_.fail(*untold);
    if (auto wrong = find_wrong_payment(scene_, stage_)) return scene_.fail(*wrong);
    for (const auto& [id, version] : scene_.acknowledged) {
      const Reservation* now = scene_.books.find(id);
      if (now == nullptr || now->version < version) return scene_.fail("what was acknowledged is lost");
    }
  }

  /// Whatever was on its way arrives, and the cashier brings everything to its end.
  void close_till() {
    is_closing_ = true;
    scene_.till.provider.expire_all();
    scene_.till.provider.deliver_late();
    for (std::string& order : scene_.till.provider.take_webhooks()) scene_.till.webhooks.push_back(std::move(order));
    for (int i = 0; !scene_.till.webhooks.empty() && i < 1'000 && !scene_.failure; ++i)
      play([this](Process& process) { hear_webhook(scene_, process); });
    // Twice, as an event that was cancelled a day ahead of the clock counts as fresh the first time.
    for (int i = 0; i < 2 && !scene_.failure; ++i) {
      scene_.set_clock(scene_.clock_now().plus_ms(day_ms));
      play([this](Process& process) { process.cancelled_events.hand_over(1'000).value(); });
    }
    for (int i = 0; i < 40 && !scene_.failure && has_work_left(); ++i) {
      scene_.set_clock(scene_.clock_now().plus_ms(day_ms));
      play([this](Process& process) { process.cashier.recover().value(); });
    }
  }

  bool has_work_left() {
    const Timestamp end = scene_.clock_now().plus_ms(365 * day_ms);
    PaymentStore& store = stage_.payments();
    return !store.due_payments(end, 1).value().empty() || !store.due_refunds(end, 1).value().empty() ||
           !store.overdue_orders(end, 1).value().empty() || !store.unfinished_event_cancellations(1).value().empty();
  }

  /// The weather calms down: everything is told, everything is released, and everything adds up.
  void close_house() {
    scene_.weather = {};
    while (!scene_.unfinished.empty() && !scene_.failure)
      play([this](Process& process) { create_event(scene_, process); });
    close_rooms();
    close_till();
    std::int64_t waiting = 1;
    for (int i = 0; waiting > 0 && i < 1'000 && !scene_.failure; ++i) {
      play([this](Process& process) { relay(scene_, process, bus_); });
      waiting = stage_.box_office().outbox_size().value();
    }
    if (waiting != 0) scene_.fail("the outbox is never empty");
    Timestamp end = scene_.clock_now();
    for (const auto& [id, history] : scene_.books.reservations)
      end = std::max(end, history.back().reservation.expires_at);
    scene_.set_clock(end);
    play([this](Process& process) { process.box_office.sweep().value(); });
    for (const auto& [id, history] : scene_.books.reservations)
      if (history.back().reservation.status == ReservationStatus::pending) scene_.fail("a hold is never released");
    play([this](Process& process) { relay(scene_, process, bus_); });
    check_all();
    if (scene_.failure) return;
    if (auto hangs = find_unfinished_payment(scene_, stage_)) return scene_.fail(*hangs);
    const auto findings = stage_.verify();
    if (findings.has_error()) return scene_.fail("verify failed: " + findings.error().message);
    if (!findings->empty()) scene_.fail("verify: " + findings->front().invariant + ": " + findings->front().what);
  }

  Report report() const {
    Report out{scene_.trace_hash, scene_.tally, std::nullopt};
    if (!scene_.failure) return out;
    std::string text = "seed " + std::to_string(plan_.seed) + ", step " + std::to_string(scene_.step) + ": " +
                       *scene_.failure + "\nthe last steps:\n";
    for (const std::string& line : scene_.last_lines) text += "  " + line + '\n';
    text += "replay with: TIKETI_SIMULATOR_SEED=" + std::to_string(plan_.seed) +
            " simulator_test --gtest_filter=Simulator." + (plan_.backend == Backend::memory ? "Memory" : "Sqlite") +
            "Replay";
    out.failure = std::move(text);
    return out;
  }

  const Plan plan_;
  Scene scene_;
  FaultyBus bus_;
  DrawnBytes bytes_;
  const std::unique_ptr<EntryTokenSigner> signer_ = crypto::make_ephemeral_entry_token_signer();
  Stage stage_;
  bool is_closing_ = false;
};

}  // namespace

Report simulate(const Plan& plan) { return Simulation(plan).run(); }

}  // namespace tiketi::test
