#include <tiketi/box_office/box_office.hpp>

#include "core/box_office/best_seats.hpp"
#include "core/box_office/commit.hpp"
#include "core/box_office/reserving.hpp"
#include "core/box_office/transitions.hpp"

#include <mutex>

namespace tiketi {

using namespace box_office;

namespace {

// What many ask at once is counted once.
constexpr std::int64_t max_cheap_count = 100'000;
constexpr std::int64_t max_count_age_ms = 5 * second_ms;

struct KeptTotals {
  Timestamp since;
  Timestamp read_at;
  ReservationTotals totals;
};

}  // namespace

struct BoxOffice::Body {
  explicit Body(Desk given) : desk(given) {}
  Desk desk;
  BestSeats best_seats;
  std::mutex totals_mutex;
  KeptTotals kept;
};

BoxOffice::BoxOffice(BoxOfficeStore& store, EventDirectory& events, Clock& clock, Ids& ids, BoxOfficePolicy policy,
                     Admissions* admissions)
    : body_(std::make_unique<Body>(Desk{store, events, clock, ids, policy, admissions})) {}

BoxOffice::~BoxOffice() = default;

std::vector<Result<Reserved>> BoxOffice::reserve(std::span<const Reserve> commands) {
  std::vector<std::optional<Error>> bad(commands.size());
  std::vector<Wish> wishes;
  wishes.reserve(commands.size());
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (auto checked = check(commands[i]); checked.has_error()) {
      bad[i] = checked.error();
      continue;
    }
    wishes.push_back({&commands[i], commands[i].idempotency_key.empty() ? 0 : fingerprint(commands[i])});
  }
  auto answers = reserve_all(body_->desk, wishes);
  if (wishes.size() == commands.size()) return answers;
  std::vector<Result<Reserved>> out;
  out.reserve(commands.size());
  auto next = answers.begin();
  for (auto& error : bad) out.push_back(error ? Result<Reserved>(std::move(*error)) : std::move(*next++));
  return out;
}

std::vector<Result<Reserved>> BoxOffice::reserve_best(std::span<const ReserveBest> commands) {
  return body_->best_seats.reserve(body_->desk, commands);
}

std::vector<Result<Reservation>> BoxOffice::confirm(std::span<const Confirm> commands) {
  return confirm_all(body_->desk, commands);
}

std::vector<Result<Reservation>> BoxOffice::cancel(std::span<const Cancel> commands) {
  return cancel_all(body_->desk, commands);
}

std::vector<Result<Reservation>> BoxOffice::extend(std::span<const Extend> commands) {
  return extend_all(body_->desk, commands);
}

Result<Reserved> BoxOffice::reserve(const Reserve& command) { return std::move(reserve({&command, 1}).front()); }

Result<Reserved> BoxOffice::reserve_best(const ReserveBest& command) {
  return std::move(reserve_best({&command, 1}).front());
}

Result<Reservation> BoxOffice::confirm(const Confirm& command) { return std::move(confirm({&command, 1}).front()); }

Result<Reservation> BoxOffice::cancel(const Cancel& command) { return std::move(cancel({&command, 1}).front()); }

Result<Reservation> BoxOffice::extend(const Extend& command) { return std::move(extend({&command, 1}).front()); }

Result<std::size_t> BoxOffice::sweep(std::size_t limit) { return box_office::sweep(body_->desk, limit); }

Result<std::size_t> BoxOffice::relay(EventBus& bus, std::size_t limit) {
  constexpr std::size_t relay_batch = 1'000;
  std::size_t published = 0;
  while (published < limit) {
    const std::size_t wanted = std::min(limit - published, relay_batch);
    auto messages = body_->desk.store.outbox(wanted);
    if (messages.has_error()) return messages.error();
    if (messages->empty()) break;
    if (auto told = bus.publish(*messages); told.has_error()) return told.error();
    std::vector<std::int64_t> sequences;
    for (const Message& message : *messages) sequences.push_back(message.sequence);
    if (auto removed = body_->desk.store.remove_from_outbox(sequences); removed.has_error()) return removed.error();
    published += messages->size();
    if (messages->size() < wanted) break;
  }
  return published;
}

Result<std::size_t> BoxOffice::prune(std::size_t limit) {
  const Timestamp oldest = body_->desk.clock.now().plus_ms(-policy().idempotency_retention_ms);
  return body_->desk.store.prune_idempotency(oldest, limit);
}

namespace {

Result<Reservation> owned(std::optional<Reservation> found, const std::optional<UserId>& owner) {
  if (!found || (owner && found->user_id != *owner)) return reservation_not_found();
  return std::move(*found);
}

}  // namespace

Result<Reservation> BoxOffice::reservation(ReservationId id, std::optional<UserId> owner) {
  auto found = body_->desk.store.reservations({&id, 1});
  if (found.has_error()) return found.error();
  return owned(std::move(found->front()), owner);
}

Result<Reservation> BoxOffice::reservation(const ReservationNumber& number, std::optional<UserId> owner) {
  auto found = body_->desk.store.reservation_numbered(number);
  if (found.has_error()) return found.error();
  return owned(std::move(*found), owner);
}

Result<std::vector<Reservation>> BoxOffice::reservations_of(UserId user, ReservationId before, std::size_t limit) {
  if (limit < 1 || limit > 1000) return Error{Errc::invalid_argument, "a limit is 1 to 1000", {{"field", "limit"}}};
  return body_->desk.store.reservations_of(user, before, limit);
}

Result<ReservationTotals> BoxOffice::totals(Timestamp since) {
  const std::lock_guard lock(body_->totals_mutex);
  KeptTotals& kept = body_->kept;
  const Timestamp now = body_->desk.clock.now();
  const std::int64_t age = now.ms - kept.read_at.ms;
  if (kept.since == since && kept.totals.since > max_cheap_count && age >= 0 && age < max_count_age_ms)
    return kept.totals;
  const auto totals = body_->desk.store.reservation_totals(since);
  if (totals.has_value()) kept = {since, now, *totals};
  return totals;
}

Result<Places> BoxOffice::places(EventId event) {
  auto seats = body_->desk.store.seat_map(event);
  if (seats.has_error()) return seats.error();
  auto stock = body_->desk.store.stock_of(event);
  if (stock.has_error()) return stock.error();
  return Places{std::move(*seats), std::move(*stock)};
}

const BoxOfficePolicy& BoxOffice::policy() const noexcept { return body_->desk.policy; }

}  // namespace tiketi
