// Reservations that are cancelled, paid or not; one by one, and all of an event's.

#include "core/base/batch_answers.hpp"
#include "core/payment/desk.hpp"

#include <algorithm>

namespace tiketi::payment {

namespace {

constexpr std::size_t event_page = 500;

/// True if the payment was made, or is being made: otherwise there is nothing that could be given back.
bool may_have_money(const Payment& payment) {
  return payment.paid_at.ms > 0 || payment.status == PaymentStatus::processing;
}

Error reservation_not_found() { return {Errc::reservation_not_found, "there is no such reservation"}; }

/// The payments of reservations: who was sold names its payment, for others it is the one that claims it, or the last.
/// A reference to the payment of another reservation is somebody's mistake, and not what this one was paid by.
Result<std::vector<std::optional<Payment>>> payments_of_bills(
    Desk& desk, const std::vector<std::optional<ReservationBill>>& bills) {
  PaymentQuestion question;
  for (const auto& bill : bills) {
    question.reservations.push_back(bill ? bill->id : ReservationId{});
    const auto id = bill ? PaymentId::parse(bill->payment_reference) : std::nullopt;
    question.payments.push_back(id.value_or(PaymentId{}));
  }
  auto answer = desk.store.ask(question);
  if (answer.has_error()) return answer.error();
  std::vector<std::optional<Payment>> out = std::move(answer->payments);
  for (std::size_t i = 0; i < bills.size(); ++i) {
    if (out[i] && out[i]->reservation_id != bills[i]->id) out[i].reset();
    if (!out[i] && bills[i]) out[i] = std::move(answer->reservations[i]);
  }
  return out;
}

class Cancelling {
 public:
  Cancelling(Desk& desk, const CancelReservations& command)
      : desk_(desk), command_(command), answers_(command.ids.size()) {}

  CancelledReservations run() {
    for (int round = 0; round < max_rounds && !answers_.open().empty(); ++round)
      if (auto done = play_round(answers_.open()); done.has_error()) answers_.refuse_open(done.error());
    answers_.refuse_open(others_quicker());
    return {answers_.take(), by_this_call_};
  }

 private:
  using Status = ReservationBill::Status;

  Result<void> play_round(const std::vector<std::size_t>& open) {
    std::vector<ReservationId> ids;
    for (const std::size_t index : open) ids.push_back(command_.ids[index]);
    auto bills = desk_.reservations.bills(ids);
    if (bills.has_error()) return bills.error();
    auto payments = payments_of_bills(desk_, *bills);
    if (payments.has_error()) return payments.error();
    std::vector<PaymentId> payment_ids;
    for (const auto& payment : *payments) payment_ids.push_back(payment ? payment->id : PaymentId{});
    auto refunds = desk_.store.refunds_of(payment_ids);
    if (refunds.has_error()) return refunds.error();

    unpaid_.clear();
    free_.clear();
    wanted_.clear();
    wanted_owners_.clear();
    booked_.clear();
    booked_owners_.clear();
    for (std::size_t i = 0; i < open.size(); ++i) sort(open[i], (*bills)[i], (*payments)[i], (*refunds)[i]);
    release_unpaid();
    cancel_free();
    refund_paid_ones();
    return {};
  }

  /// Decides what to do about one.
  void sort(std::size_t index, const std::optional<ReservationBill>& bill, std::optional<Payment>& payment,
            std::vector<Refund>& refunds) {
    if (!bill || (command_.owner && bill->user_id != *command_.owner)) {
      answers_[index] = reservation_not_found();
    } else if (bill->status == Status::expired) {
      answers_[index] = Error{Errc::hold_expired, "the hold is over already"};
    } else if (payment && payment->status == PaymentStatus::processing) {
      // Whether it will be sold is not known yet.
      answers_[index] = in_progress(*payment);
    } else if (bill->status == Status::pending) {
      unpaid_.push_back(index);
    } else if (const auto at = std::find_if(refunds.begin(), refunds.end(),
                                            [](const Refund& each) { return each.cancels_reservation; });
               at != refunds.end()) {
      // Booked before, perhaps not done.
      answers_[index] = CancelledReservation{*at};
      if (at->status == RefundStatus::completed) return;
      booked_.push_back({std::move(*payment), std::move(*at)});
      booked_owners_.push_back(index);
    } else if (bill->status == Status::cancelled) {
      answers_[index] = CancelledReservation{};
    } else if (payment && payment->claims_reservation() && payment->refundable_minor() > 0) {
      RefundPayment command{payment->id, {}, {}, command_.reason, command_.note};
      wanted_.push_back({std::move(command), bill->event_date});
      wanted_owners_.push_back(index);
    } else {
      free_.push_back(index);
    }
  }

  void release_unpaid() {
    if (unpaid_.empty()) return;
    const auto released = desk_.reservations.release(ids_of(unpaid_));
    for (std::size_t i = 0; i < unpaid_.size(); ++i) {
      if (released[i].has_value()) enter(unpaid_[i], {});
      // Sold in between: the next round sees by which payment.
      else if (released[i].error().code != Errc::reservation_confirmed) answers_[unpaid_[i]] = released[i].error();
    }
  }

  /// What was confirmed without money of ours.
  void cancel_free() {
    if (free_.empty()) return;
    const auto cancelled = desk_.reservations.cancel(ids_of(free_));
    for (std::size_t i = 0; i < free_.size(); ++i) {
      if (cancelled[i].has_value()) enter(free_[i], {});
      else answers_[free_[i]] = cancelled[i].error();
    }
  }

  void refund_paid_ones() {
    auto refunded = refund_payments(desk_, wanted_);
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (refunded[i].has_value()) enter(wanted_owners_[i], {std::move(*refunded[i])});
      else answers_[wanted_owners_[i]] = refunded[i].error();
    }
    if (booked_.empty()) return;
    auto driven = drive_refunds(desk_, std::move(booked_));
    for (std::size_t i = 0; i < driven.size(); ++i)
      answers_[booked_owners_[i]] = CancelledReservation{std::move(driven[i])};
  }

  /// One that was not cancelled before.
  void enter(std::size_t index, CancelledReservation cancelled) {
    answers_[index] = std::move(cancelled);
    ++by_this_call_;
  }

  std::vector<ReservationId> ids_of(const std::vector<std::size_t>& indexes) const {
    std::vector<ReservationId> ids;
    for (const std::size_t index : indexes) ids.push_back(command_.ids[index]);
    return ids;
  }

  Desk& desk_;
  const CancelReservations& command_;
  base::BatchAnswers<CancelledReservation> answers_;
  std::int64_t by_this_call_ = 0;
  // Of one round.
  std::vector<std::size_t> unpaid_;
  std::vector<std::size_t> free_;
  std::vector<WantedRefund> wanted_;
  std::vector<std::size_t> wanted_owners_;
  std::vector<BookedRefund> booked_;
  std::vector<std::size_t> booked_owners_;
};

}  // namespace

CancelledReservations cancel_reservations(Desk& desk, const CancelReservations& command) {
  return Cancelling(desk, command).run();
}

Result<Refund> quote_refund(Desk& desk, ReservationId id, std::optional<UserId> owner) {
  auto bills = desk.reservations.bills({&id, 1});
  if (bills.has_error()) return bills.error();
  const auto& bill = bills->front();
  if (!bill || (owner && bill->user_id != *owner)) return reservation_not_found();
  auto payments = payments_of_bills(desk, *bills);
  if (payments.has_error()) return payments.error();
  const auto& payment = payments->front();
  if (!payment || !may_have_money(*payment)) return payment_not_found();
  auto refunds = desk.store.refunds_of({&payment->id, 1});
  if (refunds.has_error()) return refunds.error();
  const auto& before = refunds->front();
  const bool pending = std::any_of(before.begin(), before.end(),
                                   [](const Refund& each) { return each.status == RefundStatus::pending; });
  auto change = refund({payment->id, {}, {}, RefundReason::customer, {}}, *payment, {bill->event_date, 0, pending}, {},
                       desk.clock.now(), desk.policy);
  if (change.has_error()) return change.error();
  return std::move(change->refund->after);
}

namespace {

/// Who cancels an event in this process: one thread at a time.
class Turn {
 public:
  Turn(Desk& desk, EventId event) : desk_(desk), event_(event) {
    const std::lock_guard lock(desk_.mutex);
    taken_ = desk_.being_cancelled.insert(event_).second;
  }
  ~Turn() {
    if (!taken_) return;
    const std::lock_guard lock(desk_.mutex);
    desk_.being_cancelled.erase(event_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool is_ours() const { return taken_; }

 private:
  Desk& desk_;
  EventId event_;
  bool taken_ = false;
};

EventCancellation begun_now(Desk& desk, EventId event) { return {event, {}, 0, desk.clock.now(), {}}; }

/// Stores how far it has got. Another process may be at it too: what it has counted counts, and if it has seen the end,
/// this is the end.
Result<EventCancellation> enter_page(Desk& desk, EventCancellation cancellation, std::int64_t cancelled) {
  auto stored = desk.store.event_cancellation(cancellation.event_id);
  if (stored.has_error()) return stored.error();
  if (*stored) {
    cancellation.cancelled = (*stored)->cancelled;
    if (cancellation.finished_at.ms == 0) cancellation.finished_at = (*stored)->finished_at;
  }
  cancellation.cancelled += cancelled;
  if (auto done = desk.store.put(cancellation); done.has_error()) return done.error();
  return cancellation;
}

Result<EventCancellation> cancel_page(Desk& desk, EventCancellation cancellation, std::size_t page_size) {
  auto page = desk.reservations.of_event(cancellation.event_id, cancellation.done_until, page_size);
  if (page.has_error()) return page.error();
  std::vector<ReservationId> ids;
  for (const ReservationBill& bill : *page) ids.push_back(bill.id);
  const auto cancelled = cancel_reservations(desk, {ids, RefundReason::event_cancelled, {}, "event cancelled"});
  // At the end of the list: what could not be cancelled now is found again from its beginning.
  cancellation.done_until = page->size() < page_size ? ReservationId{} : ids.back();
  auto left = desk.reservations.of_event(cancellation.event_id, {}, 1);
  if (left.has_error()) return left.error();
  if (left->empty()) cancellation.finished_at = desk.clock.now();
  return enter_page(desk, std::move(cancellation), cancelled.by_this_call);
}

}  // namespace

Result<std::optional<EventCancellation>> go_on_cancelling(Desk& desk, EventCancellation cancellation,
                                                          std::size_t page_size) {
  const Turn turn(desk, cancellation.event_id);
  if (!turn.is_ours()) return std::optional<EventCancellation>{};
  auto done = cancel_page(desk, std::move(cancellation), std::clamp<std::size_t>(page_size, 1, event_page));
  if (done.has_error()) return done.error();
  return std::optional(std::move(*done));
}

Result<void> cancel_event_later(Desk& desk, EventId event) {
  auto known = desk.store.event_cancellation(event);
  if (known.has_error()) return known.error();
  return *known ? Result<void>() : desk.store.put(begun_now(desk, event));
}

Result<EventCancellation> cancel_event(Desk& desk, EventId event) {
  const Turn turn(desk, event);
  auto known = desk.store.event_cancellation(event);
  if (known.has_error()) return known.error();
  EventCancellation cancellation = known->value_or(begun_now(desk, event));
  if (!turn.is_ours()) return cancellation;
  cancellation.finished_at = {};
  // Stored before anything is cancelled, so that the recovery goes on with it.
  if (auto stored = desk.store.put(cancellation); stored.has_error()) return stored.error();
  // To the end of the list at most.
  while (true) {
    auto done = cancel_page(desk, std::move(cancellation), event_page);
    if (done.has_error() || done->finished_at.ms > 0 || done->done_until.is_nil()) return done;
    cancellation = std::move(*done);
  }
}

}  // namespace tiketi::payment
