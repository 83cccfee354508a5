#include "cashier_reservations.hpp"

#include <tiketi/box_office/rules.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace tiketi {
namespace {

// Each follows somebody else's success.
constexpr int max_rounds = 8;

using Answers = std::vector<std::optional<Result<void>>>;

std::vector<Result<void>> told(Answers answers) {
  std::vector<Result<void>> out;
  out.reserve(answers.size());
  for (auto& each : answers)
    out.push_back(each ? std::move(*each)
                       : Error{Errc::version_conflict, "others were quicker several times in a row; try again"});
  return out;
}

std::vector<std::size_t> open_ones(const Answers& answers) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < answers.size(); ++i)
    if (!answers[i]) open.push_back(i);
  return open;
}

void refuse_open(Answers& answers, const Error& error) {
  for (auto& each : answers)
    if (!each) each = error;
}

std::vector<EventId> events_of(const std::vector<std::optional<Reservation>>& reservations) {
  std::vector<EventId> events;
  for (const auto& each : reservations)
    if (each) events.push_back(each->event_id);
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  return events;
}

/// Why nobody may pay for an event any more, by event; those that are sold are left out.
Result<std::map<EventId, Error>> closed_events(EventDirectory& directory, BoxOfficeStore& store,
                                               const std::vector<EventId>& events) {
  auto terms = directory.terms(events);
  if (terms.has_error()) return terms.error();
  ReserveQuestion question;
  question.events = events;
  auto answer = store.ask(question);
  if (answer.has_error()) return answer.error();
  std::map<EventId, Error> closed;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& inventory = answer->inventories[i];
    if (!(*terms)[i] || (*terms)[i]->cancelled)
      closed.emplace(events[i], Error{Errc::event_cancelled, "the event is cancelled"});
    else if (!inventory || inventory->closed)
      closed.emplace(events[i], Error{Errc::event_closed, "the event's sale is closed"});
  }
  return closed;
}

Error expired(const Reservation& reservation) {
  const std::string when = to_iso8601(reservation.expires_at);
  return {Errc::hold_expired, "the hold ended at " + when + "; reserve again", {{"expired_at", when}}};
}

bool may_be_undone(Errc refusal) {
  return refusal == Errc::hold_expired || refusal == Errc::event_cancelled || refusal == Errc::event_closed;
}

ReservationBill bill_of(const Reservation& reservation) {
  ReservationBill bill;
  bill.id = reservation.id;
  bill.user_id = reservation.user_id;
  bill.event_id = reservation.event_id;
  bill.total = reservation.total;
  bill.expires_at = reservation.expires_at;
  bill.payment_reference = reservation.payment_reference;
  switch (reservation.status) {
    case ReservationStatus::pending:
      bill.status = ReservationBill::Status::pending;
      break;
    case ReservationStatus::confirmed:
      bill.status = ReservationBill::Status::confirmed;
      break;
    case ReservationStatus::cancelled:
      bill.status = ReservationBill::Status::cancelled;
      break;
    case ReservationStatus::expired:
      bill.status = ReservationBill::Status::expired;
      break;
  }
  return bill;
}

/// Ends holds, each only if nothing has happened to it meanwhile.
class Ending {
 public:
  explicit Ending(BoxOfficeStore& store) : store_(store) {}

  void add(std::size_t index, Change change) {
    changes_.push_back(std::move(change));
    owners_.push_back(index);
  }

  /// Calls `ended(index)` for each that is over now.
  template <class Ended>
  Result<void> commit(Ended ended) {
    if (changes_.empty()) return {};
    auto outcomes = store_.commit(changes_);
    if (outcomes.has_error()) return outcomes.error();
    for (std::size_t i = 0; i < changes_.size(); ++i)
      if ((*outcomes)[i].kind == Outcome::Kind::applied) ended(owners_[i]);
    return {};
  }

 private:
  BoxOfficeStore& store_;
  std::vector<Change> changes_;
  std::vector<std::size_t> owners_;
};

}  // namespace

Result<std::vector<ReservationBill>> CashierReservations::bills_of(std::span<const Reservation> reservations) {
  std::vector<EventId> events;
  for (const Reservation& each : reservations) events.push_back(each.event_id);
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  auto found = catalog_.events(events);
  if (found.has_error()) return found.error();
  std::vector<ReservationBill> bills;
  for (const Reservation& each : reservations) {
    bills.push_back(bill_of(each));
    const auto at = std::lower_bound(events.begin(), events.end(), each.event_id) - events.begin();
    const auto& event = (*found)[static_cast<std::size_t>(at)];
    if (!event) continue;
    bills.back().event_date = event->event_date;
    bills.back().order_name = event->title;
  }
  return bills;
}

Result<std::vector<std::optional<ReservationBill>>> CashierReservations::bills(std::span<const ReservationId> ids) {
  auto found = store_.reservations(ids);
  if (found.has_error()) return found.error();
  std::vector<Reservation> known;
  for (const auto& each : *found)
    if (each) known.push_back(*each);
  auto made = bills_of(known);
  if (made.has_error()) return made.error();
  std::vector<std::optional<ReservationBill>> out(ids.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if ((*found)[i]) out[i] = std::move((*made)[next++]);
  return out;
}

std::vector<Result<void>> CashierReservations::keep(std::span<const KeepHold> holds) {
  std::vector<ReservationId> ids;
  for (const KeepHold& hold : holds) ids.push_back(hold.reservation_id);
  auto found = store_.reservations(ids);
  if (found.has_error()) return std::vector<Result<void>>(holds.size(), found.error());
  auto closed = closed_events(directory_, store_, events_of(*found));
  if (closed.has_error()) return std::vector<Result<void>>(holds.size(), closed.error());

  const Timestamp now = clock_.now();
  const BoxOfficePolicy& policy = box_office_.policy();
  Answers answers(holds.size());
  std::vector<Extend> commands;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < holds.size(); ++i) {
    const auto& reservation = (*found)[i];
    if (!reservation) {
      answers[i] = Error{Errc::reservation_not_found, "there is no such reservation"};
      continue;
    }
    if (const auto at = closed->find(reservation->event_id); at != closed->end()) {
      answers[i] = at->second;
      continue;
    }
    const std::int64_t most = reservation->created_at.ms + policy.hold_ms + policy.max_extension_ms - now.ms;
    commands.push_back({holds[i].reservation_id, std::clamp<std::int64_t>(most, 1, holds[i].by_ms), {}});
    owners.push_back(i);
  }
  const auto extended = box_office_.extend(commands);
  for (std::size_t i = 0; i < commands.size(); ++i) {
    // The hold is live, but can't last any longer.
    const bool kept = extended[i].has_value() || extended[i].error().code == Errc::extension_limit;
    answers[owners[i]] = kept ? Result<void>() : extended[i].error();
  }
  return told(std::move(answers));
}

std::vector<Result<void>> CashierReservations::confirm(std::span<const ConfirmSale> sales) {
  Answers answers(sales.size());
  for (int round = 0; round < max_rounds; ++round) {
    const std::vector<std::size_t> open = open_ones(answers);
    if (open.empty()) break;
    std::vector<Confirm> commands;
    for (const std::size_t index : open)
      commands.push_back({sales[index].reservation_id, sales[index].payment_id.text(), {}});
    const auto confirmed = box_office_.confirm(commands);
    // A refusal for the time or the event might be another one later: the hold is ended first.
    std::vector<std::pair<std::size_t, Error>> refused;
    std::vector<ReservationId> ids;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (confirmed[i].has_value()) {
        answers[open[i]] = Result<void>();
      } else if (!may_be_undone(confirmed[i].error().code)) {
        answers[open[i]] = confirmed[i].error();
      } else {
        refused.emplace_back(open[i], confirmed[i].error());
        ids.push_back(sales[open[i]].reservation_id);
      }
    }
    if (ids.empty()) continue;
    const auto released = release(ids);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      auto& [index, why] = refused[i];
      const bool ended = released[i].has_value() || released[i].error().code == Errc::hold_expired;
      if (ended) answers[index] = std::move(why);
      // Sold in between: the next round sees to whom.
      else if (released[i].error().code != Errc::reservation_confirmed) answers[index] = released[i].error();
    }
  }
  return told(std::move(answers));
}

std::vector<Result<void>> CashierReservations::release(std::span<const ReservationId> ids) {
  Answers answers(ids.size());
  for (int round = 0; round < max_rounds; ++round) {
    const std::vector<std::size_t> open = open_ones(answers);
    if (open.empty()) break;
    std::vector<ReservationId> wanted;
    for (const std::size_t index : open) wanted.push_back(ids[index]);
    auto found = store_.reservations(wanted);
    if (found.has_error()) {
      refuse_open(answers, found.error());
      break;
    }
    const Timestamp now = clock_.now();
    Ending released(store_);
    std::map<std::size_t, Error> expiring;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const auto& current = (*found)[i];
      if (!current) {
        answers[open[i]] = Error{Errc::reservation_not_found, "there is no such reservation"};
      } else if (current->status == ReservationStatus::cancelled) {
        answers[open[i]] = Result<void>();
      } else if (current->status == ReservationStatus::confirmed) {
        answers[open[i]] = Error{
            Errc::reservation_confirmed, "the reservation is paid for", {{"payment", current->payment_reference}}};
      } else if (current->status == ReservationStatus::expired) {
        answers[open[i]] = expired(*current);
      } else if (auto over = box_office::expire(*current, now)) {
        expiring.emplace(open[i], expired(*current));
        released.add(open[i], std::move(*over));
      } else if (auto given_up = box_office::cancel(Cancel{current->id, {}}, *current, now);
                 given_up.has_value() && *given_up) {
        released.add(open[i], std::move(**given_up));
      }
    }
    const auto done = released.commit([&](std::size_t index) {
      const auto at = expiring.find(index);
      answers[index] = at == expiring.end() ? Result<void>() : at->second;
    });
    if (done.has_error()) refuse_open(answers, done.error());
  }
  return told(std::move(answers));
}

std::vector<Result<void>> CashierReservations::cancel(std::span<const ReservationId> ids) {
  std::vector<Cancel> commands;
  for (const ReservationId id : ids) commands.push_back({id, {}});
  std::vector<Result<void>> out;
  for (const auto& each : box_office_.cancel(commands)) out.push_back(each.has_value() ? Result<void>() : each.error());
  return out;
}

Result<std::vector<ReservationBill>> CashierReservations::of_event(EventId event, ReservationId after,
                                                                   std::size_t limit) {
  auto page = store_.reservations_of_event(event, after, limit);
  if (page.has_error()) return page.error();
  return bills_of(*page);
}

}  // namespace tiketi
