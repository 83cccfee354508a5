#include "core/box_office/reserving.hpp"

#include "core/base/batch_answers.hpp"

#include <optional>

namespace tiketi::box_office {

namespace {

/// What is known of one wish in this round: where its facts begin in the answer.
struct Place {
  std::size_t wish = 0;
  std::size_t first_seat = 0;
  std::size_t first_type = 0;
  std::size_t key = 0;
};

class Batch {
 public:
  Batch(Desk& desk, std::span<const Wish> wishes) : desk_(desk), wishes_(wishes), answers_(wishes.size()) {
    for (std::size_t i = 0; i < wishes.size(); ++i) open_.push_back(i);
  }

  std::vector<Result<Reserved>> run() {
    std::vector<AdmissionClaim> claims;
    claims.reserve(wishes_.size());
    for (const Wish& each : wishes_)
      claims.push_back({each.command->event_id, each.command->user_id, each.command->entry_token});
    admissions_ = check_admissions(desk_, claims);
    for (int round = 0; round < max_rounds && !open_.empty(); ++round)
      if (auto done = play_round(); done.has_error()) refuse_open(done.error());
    refuse_open({Errc::version_conflict, "others were quicker several times in a row; try again"});
    return answers_.take();
  }

 private:
  /// Asks, decides and commits all open wishes. Those that somebody else got in the way of stay open.
  Result<void> play_round() {
    if (auto asked = ask(); asked.has_error()) return asked;
    now_ = desk_.clock.now();
    std::vector<std::size_t> still_open;
    std::vector<Change> changes;
    std::vector<std::size_t> owners;  // the wish of each change
    std::vector<ReservationId> overdue;
    bool short_of_stock = false;

    changes.reserve(places_.size());
    owners.reserve(places_.size());
    ids_.resize(places_.size());
    desk_.ids.fill(ids_);
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const Place& place = places_[i];
      if (replay_known(place)) continue;
      if (find_overdue(place, overdue)) {
        still_open.push_back(place.wish);
        continue;
      }
      auto decided = decide(place, ReservationId{ids_[i]});
      if (decided.has_value()) {
        changes.push_back(std::move(*decided));
        owners.push_back(place.wish);
      } else if (decided.error().code == Errc::stock_short && !swept_) {
        short_of_stock = true;
        still_open.push_back(place.wish);
      } else {
        answers_[place.wish] = decided.error();
      }
    }
    if (auto done = commit_changes(changes, owners, still_open); done.has_error()) {
      // Nothing of this round was applied: what has no answer yet is told why.
      return done;
    }
    open_ = std::move(still_open);
    std::sort(open_.begin(), open_.end());
    return make_way(overdue, short_of_stock);
  }

  Result<void> ask() {
    ReserveQuestion question;
    places_.clear();
    terms_.ids.clear();
    for (const std::size_t index : open_) {
      const Reserve& command = *wishes_[index].command;
      places_.push_back({index, question.seats.size(), question.ticket_types.size(), question.keys.size()});
      question.seats.insert(question.seats.end(), command.seats.begin(), command.seats.end());
      for (const TicketQuantity& ticket : command.tickets) question.ticket_types.push_back(ticket.ticket_type_id);
      if (!command.idempotency_key.empty()) question.keys.push_back({command.user_id, command.idempotency_key});
      if (terms_.ids.empty() || terms_.ids.back() != command.event_id) terms_.ids.push_back(command.event_id);
    }
    terms_.finish_ids();
    question.events = terms_.ids;
    auto terms = desk_.events.terms(terms_.ids);
    if (terms.has_error()) return terms.error();
    terms_.values = std::move(*terms);
    auto answer = desk_.store.ask(question);
    if (answer.has_error()) return answer.error();
    facts_ = std::move(*answer);
    inventories_.ids = terms_.ids;
    inventories_.values = std::move(facts_.inventories);
    return {};
  }

  /// Whether a seat that is wanted is under a hold that is over: that hold goes first.
  bool find_overdue(const Place& place, std::vector<ReservationId>& overdue) const {
    bool found = false;
    for (std::size_t i = 0; i < wishes_[place.wish].command->seats.size(); ++i) {
      const std::optional<Seat>& seat = facts_.seats[place.first_seat + i];
      if (!seat || seat->state.status != PlaceStatus::held || seat->state.held_until > now_) continue;
      overdue.push_back(seat->state.reservation_id);
      found = true;
    }
    return found;
  }

  /// Answers a request that was made before; returns whether it was.
  bool replay_known(const Place& place) {
    const Wish& wish = wishes_[place.wish];
    if (wish.command->idempotency_key.empty() || !facts_.records[place.key]) return false;
    answers_[place.wish] = replay(desk_, *facts_.records[place.key], wish.fingerprint);
    return true;
  }

  /// The change, or why not.
  Result<Change> decide(const Place& place, ReservationId id) {
    const Wish& wish = wishes_[place.wish];
    const Reserve& command = *wish.command;
    const auto& terms = terms_[command.event_id];
    if (!terms) return Error{Errc::event_not_found, "there is no event " + command.event_id.text()};
    const auto& inventory = inventories_[command.event_id];
    const ReserveFacts facts{*terms, inventory ? inventory->currency : Currency{},
                             std::span(facts_.seats).subspan(place.first_seat, command.seats.size()),
                             std::span(facts_.stock).subspan(place.first_type, command.tickets.size())};
    auto change = hold(command, facts, id, now_, desk_.policy);
    const Result<void>& admission = admissions_[place.wish];
    if (admission.has_error() && (change.has_value() || admission.error().code < change.error().code))
      return admission.error();
    if (change.has_value() && change->idempotency) change->idempotency->fingerprint = wish.fingerprint;
    return change;
  }

  Result<void> commit_changes(std::vector<Change>& changes, const std::vector<std::size_t>& owners,
                              std::vector<std::size_t>& still_open) {
    auto outcomes = commit(desk_, changes);
    if (outcomes.has_error()) return outcomes.error();
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const Outcome& outcome = (*outcomes)[i];
      switch (outcome.kind) {
        case Outcome::Kind::applied:
          answers_[owners[i]] = Reserved{std::move(changes[i].after), false};
          break;
        case Outcome::Kind::idempotency_used:
        case Outcome::Kind::version_conflict:
        case Outcome::Kind::seats_unavailable:
        case Outcome::Kind::stock_short:
          still_open.push_back(owners[i]);
          break;
        default:
          answers_[owners[i]] = refusal(outcome, changes[i]);
      }
    }
    return {};
  }

  /// Ends holds that are over and stand in the way.
  Result<void> make_way(std::vector<ReservationId>& overdue, bool short_of_stock) {
    if (!overdue.empty()) {
      std::sort(overdue.begin(), overdue.end());
      overdue.erase(std::unique(overdue.begin(), overdue.end()), overdue.end());
      auto found = desk_.store.reservations(overdue);
      if (found.has_error()) return found.error();
      std::vector<Reservation> reservations;
      for (auto& each : *found)
        if (each) reservations.push_back(std::move(*each));
      if (auto released = release_expired(desk_, reservations, now_); released.has_error()) return released.error();
    }
    if (short_of_stock) {
      swept_ = true;
      if (auto released = sweep(desk_, max_swept_for_stock); released.has_error()) return released.error();
    }
    return {};
  }

  void refuse_open(const Error& error) {
    answers_.refuse_open(error);
    open_.clear();
  }

  // More than a hold's time of sales at full speed is never overdue at once while anybody sweeps.
  static constexpr std::size_t max_swept_for_stock = 1'000'000;

  Desk& desk_;
  std::span<const Wish> wishes_;
  base::BatchAnswers<Reserved> answers_;
  std::vector<Result<void>> admissions_;  // of each wish
  std::vector<std::size_t> open_;
  std::vector<Place> places_;
  std::vector<Uuid> ids_;
  ReserveAnswer facts_;
  ById<EventId, std::optional<SaleTerms>> terms_;
  ById<EventId, std::optional<EventInventory>> inventories_;
  Timestamp now_;
  bool swept_ = false;  // once per batch is enough
};

}  // namespace

std::vector<Result<void>> check_admissions(Desk& desk, std::span<const AdmissionClaim> claims) {
  if (desk.admissions == nullptr) return std::vector<Result<void>>(claims.size());
  return desk.admissions->check(claims);
}

std::vector<Result<Reserved>> reserve_all(Desk& desk, std::span<const Wish> wishes) {
  return Batch(desk, wishes).run();
}

Result<Reserved> replay(Desk& desk, const IdempotencyRecord& record, std::uint64_t fingerprint) {
  if (record.fingerprint != fingerprint)
    return Error{Errc::idempotency_misuse, "the idempotency key was used for another request; use a new key"};
  auto found = desk.store.reservations({&record.reservation_id, 1});
  if (found.has_error()) return found.error();
  if (!found->front())
    return Error{Errc::storage_constraint, "the reservation of an idempotency key is missing; run verify"};
  return Reserved{std::move(*found->front()), true};
}

}  // namespace tiketi::box_office
