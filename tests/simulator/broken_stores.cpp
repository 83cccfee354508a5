#include "broken_stores.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

/// Hands everything on: a defect replaces one thing of it.
class Sound : public BoxOfficeStore {
 public:
  explicit Sound(BoxOfficeStore& store) : store_(store) {}

  Result<std::vector<Outcome>> commit(std::span<const Change> changes) override { return store_.commit(changes); }
  Result<ReserveAnswer> ask(const ReserveQuestion& question) override { return store_.ask(question); }
  Result<std::vector<std::optional<Reservation>>> reservations(std::span<const ReservationId> ids) override {
    return store_.reservations(ids);
  }
  Result<std::optional<Reservation>> reservation_numbered(const ReservationNumber& number) override {
    return store_.reservation_numbered(number);
  }
  Result<std::vector<Reservation>> reservations_of(UserId user, ReservationId before, std::size_t limit) override {
    return store_.reservations_of(user, before, limit);
  }
  Result<std::vector<Reservation>> reservations_of_event(EventId event, ReservationId after,
                                                         std::size_t limit) override {
    return store_.reservations_of_event(event, after, limit);
  }
  Result<ReservationPage> reservations_page(const ReservationFilter& filter, std::int64_t offset,
                                            std::size_t limit) override {
    return store_.reservations_page(filter, offset, limit);
  }
  Result<ReservationTotals> reservation_totals(Timestamp since) override { return store_.reservation_totals(since); }
  Result<std::vector<Reservation>> expired(Timestamp now, std::size_t limit) override {
    return store_.expired(now, limit);
  }
  Result<void> load(const NewInventory& inventory) override { return store_.load(inventory); }
  Result<void> close(EventId event) override { return store_.close(event); }
  Result<std::int64_t> change_inventory(const InventoryChange& change) override {
    return store_.change_inventory(change);
  }
  Result<std::vector<EventId>> sold_out() override { return store_.sold_out(); }
  Result<SeatMap> seat_map(EventId event) override { return store_.seat_map(event); }
  Result<std::vector<TicketStock>> stock_of(EventId event) override { return store_.stock_of(event); }
  Result<std::vector<Message>> outbox(std::size_t limit) override { return store_.outbox(limit); }
  Result<std::int64_t> outbox_size() override { return store_.outbox_size(); }
  Result<void> remove_from_outbox(std::span<const std::int64_t> sequences) override {
    return store_.remove_from_outbox(sequences);
  }
  Result<std::size_t> prune_idempotency(Timestamp before, std::size_t limit) override {
    return store_.prune_idempotency(before, limit);
  }
  Result<std::vector<Finding>> verify() override { return store_.verify(); }

 protected:
  BoxOfficeStore& store_;
};

/// Says that refusals of one kind were none.
class SaysApplied final : public Sound {
 public:
  SaysApplied(BoxOfficeStore& store, Outcome::Kind kind) : Sound(store), kind_(kind) {}
  Result<std::vector<Outcome>> commit(std::span<const Change> changes) override {
    auto answer = store_.commit(changes);
    if (answer.has_value())
      for (Outcome& outcome : *answer)
        if (outcome.kind == kind_) outcome = {};
    return answer;
  }

 private:
  Outcome::Kind kind_;
};

/// Treats every seventh change of a commit in a way of its own; the others as they should be.
class SpoilsSome : public Sound {
 public:
  using Sound::Sound;
  Result<std::vector<Outcome>> commit(std::span<const Change> changes) override {
    std::vector<Outcome> out;
    for (const Change& change : changes) {
      auto answer = ++count_ % 7 == 0 ? spoil(change) : store_.commit({&change, 1});
      if (answer.has_error()) return answer;
      out.push_back(std::move(answer->front()));
    }
    return out;
  }

 protected:
  virtual Result<std::vector<Outcome>> spoil(const Change& change) = 0;

 private:
  int count_ = 0;
};

class LosesCommits final : public SpoilsSome {
 public:
  using SpoilsSome::SpoilsSome;
  Result<std::vector<Outcome>> spoil(const Change&) override { return std::vector<Outcome>(1); }
};

class AppliesRefused final : public SpoilsSome {
 public:
  using SpoilsSome::SpoilsSome;
  Result<std::vector<Outcome>> spoil(const Change& change) override {
    auto answer = store_.commit({&change, 1});
    if (answer.has_value()) answer->front().kind = Outcome::Kind::version_conflict;
    return answer;
  }
};

class AppliesInPart final : public SpoilsSome {
 public:
  using SpoilsSome::SpoilsSome;
  Result<std::vector<Outcome>> spoil(const Change& change) override {
    Change part = change;
    if (part.after.lines.size() > 1) part.after.lines.pop_back();
    return store_.commit({&part, 1});
  }
};

/// Alters changes before they are stored.
template <class Alter>
class Alters final : public Sound {
 public:
  Alters(BoxOfficeStore& store, Alter alter) : Sound(store), alter_(alter) {}
  Result<std::vector<Outcome>> commit(std::span<const Change> changes) override {
    std::vector<Change> altered(changes.begin(), changes.end());
    for (Change& change : altered) alter_(change);
    return store_.commit(altered);
  }

 private:
  Alter alter_;
};

class IgnoresClosing final : public Sound {
 public:
  using Sound::Sound;
  Result<void> close(EventId) override { return {}; }
};

class ConfirmsExpired final : public Sound {
 public:
  using Sound::Sound;
  Result<std::vector<std::optional<Reservation>>> reservations(std::span<const ReservationId> ids) override {
    auto found = store_.reservations(ids);
    if (found.has_value())
      for (auto& each : *found)
        if (each) each->expires_at = each->expires_at.plus_ms(minute_ms);
    return found;
  }
};

class DropsOutboxRows final : public Sound {
 public:
  using Sound::Sound;
  Result<void> remove_from_outbox(std::span<const std::int64_t> sequences) override {
    std::vector<std::int64_t> more(sequences.begin(), sequences.end());
    if (const auto waiting = store_.outbox(sequences.size() + 1); waiting.has_value() && !waiting->empty())
      more.push_back(waiting->back().sequence);
    return store_.remove_from_outbox(more);
  }
};

class TellsOutOfOrder final : public Sound {
 public:
  using Sound::Sound;
  Result<std::vector<Message>> outbox(std::size_t limit) override {
    auto waiting = store_.outbox(limit);
    if (waiting.has_value()) std::reverse(waiting->begin(), waiting->end());
    return waiting;
  }
};

}  // namespace

std::unique_ptr<BoxOfficeStore> make_broken(Defect defect, BoxOfficeStore& store) {
  const auto forget_key = [](Change& change) { change.idempotency.reset(); };
  const auto lift_limit = [](Change& change) { change.buyer_limit = 0; };
  switch (defect) {
    case Defect::none:
    case Defect::loses_payments:  // of other stores
    case Defect::loses_room_records:
    case Defect::hides_room_conflicts:
      break;
    case Defect::sells_taken_seats:
      return std::make_unique<SaysApplied>(store, Outcome::Kind::seats_unavailable);
    case Defect::sells_beyond_stock:
      return std::make_unique<SaysApplied>(store, Outcome::Kind::stock_short);
    case Defect::loses_commits:
      return std::make_unique<LosesCommits>(store);
    case Defect::applies_refused:
      return std::make_unique<AppliesRefused>(store);
    case Defect::applies_in_part:
      return std::make_unique<AppliesInPart>(store);
    case Defect::forgets_keys:
      return std::make_unique<Alters<decltype(forget_key)>>(store, forget_key);
    case Defect::ignores_buyer_limits:
      return std::make_unique<Alters<decltype(lift_limit)>>(store, lift_limit);
    case Defect::ignores_closing:
      return std::make_unique<IgnoresClosing>(store);
    case Defect::confirms_expired:
      return std::make_unique<ConfirmsExpired>(store);
    case Defect::drops_outbox_rows:
      return std::make_unique<DropsOutboxRows>(store);
    case Defect::tells_out_of_order:
      return std::make_unique<TellsOutOfOrder>(store);
  }
  return std::make_unique<Sound>(store);
}

}  // namespace tiketi::test
