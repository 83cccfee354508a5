// What a crash, a time-out or a lost message left unfinished.

#include "core/payment/settling.hpp"
#include "core/payment/step.hpp"

#include <algorithm>
#include <iterator>

namespace tiketi::payment {

namespace {

using Kind = Knowledge::Kind;

Knowledge second_hand(Knowledge knowledge) {
  knowledge.second_hand = true;
  return knowledge;
}

/// What the provider knows of a payment that is being made.
Knowledge find_out(Desk& desk, const Payment& payment, Timestamp now) {
  if (payment.card_minor() == 0) return {Kind::not_needed, {}, {}};
  // Ours would say that it knows nothing of it, and the money that the other took would be forgotten.
  if (payment.provider != desk.provider.name())
    return {Kind::unknown, {}, {Errc::provider_unavailable, "another provider was asked", {{"cause", "provider"}}}};
  auto found = desk.provider.find(payment.order_id);
  if (found.has_error()) return {Kind::unknown, {}, found.error()};
  if (*found) return second_hand(learn(payment, **found));
  // A request that is still on its way would be known by then.
  const bool waited = now.ms - payment.updated_at.ms >= desk.policy.recovery_after_ms;
  return second_hand({waited ? Kind::refused : Kind::unknown,
                      {},
                      {waited ? Errc::payment_over : Errc::outcome_unknown, "the provider knows of no such order"}});
}

/// Payments that the customer has authenticated, but that our request did not reach: those whose hold can be kept.
std::vector<std::size_t> find_unreached(Desk& desk, const std::vector<OpenCase>& cases) {
  std::vector<std::size_t> unreached;
  std::vector<KeepHold> holds;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& [payment, knowledge] = cases[i];
    if (knowledge.kind != Kind::unknown || knowledge.error.detail("provider_code") != "in_progress") continue;
    unreached.push_back(i);
    if (!payment.reservation_id.is_nil())
      holds.push_back({payment.reservation_id, hold_while_open(desk.policy, desk.policy.recovery_after_ms)});
  }
  if (holds.empty()) return unreached;
  const auto kept = desk.reservations.keep(holds);
  std::size_t next = 0;
  std::erase_if(unreached, [&](std::size_t index) {
    return !cases[index].payment.reservation_id.is_nil() && kept[next++].has_error();
  });
  return unreached;
}

/// Makes the request again, with a key of its own. It is taken over first, so that who made it before does not believe
/// to be the only one.
void ask_again(Desk& desk, std::vector<OpenCase>& cases) {
  const std::vector<std::size_t> unreached = find_unreached(desk, cases);
  const Timestamp now = desk.clock.now();
  std::vector<PaymentChange> changes;
  for (const std::size_t index : unreached) {
    changes.push_back(postpone(cases[index].payment, "in_progress", now, desk.policy));
    changes.back().after.next_attempt_at = now.plus_ms(desk.policy.recovery_after_ms);
  }
  const auto outcomes = commit(desk, changes);
  if (outcomes.has_error()) return;
  std::vector<BegunPayment> begun;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if ((*outcomes)[i].kind != PaymentOutcome::Kind::applied) continue;
    cases[unreached[i]].payment = changes[i].after;
    begun.push_back({std::move(changes[i].after), false, {}, {}});
    owners.push_back(unreached[i]);
  }
  const auto asked = ask_provider(desk, std::move(begun));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (!asked[i].answer) continue;
    OpenCase& each = cases[owners[i]];
    each.knowledge = learn(each.payment, *asked[i].answer);
    // That this request did not reach it tells nothing of the one before.
    if (each.knowledge.kind == Kind::refused && !is_decided(each.knowledge.error)) each.knowledge.kind = Kind::unknown;
  }
}

/// Holds are not lost while it is not known whether they were paid for.
void keep_holds(Desk& desk, const std::vector<OpenCase>& cases) {
  std::vector<KeepHold> holds;
  const Timestamp now = desk.clock.now();
  for (const auto& [payment, knowledge] : cases) {
    if (knowledge.kind != Kind::unknown || payment.reservation_id.is_nil()) continue;
    const Timestamp next_look = postpone(payment, {}, now, desk.policy).after.next_attempt_at;
    holds.push_back({payment.reservation_id, hold_while_open(desk.policy, next_look.ms - now.ms)});
  }
  if (!holds.empty()) (void)desk.reservations.keep(holds);  // those that can't be kept are over: nothing to do
}

std::size_t count_ended(const std::vector<Result<PaidPayment>>& settled) {
  return static_cast<std::size_t>(std::count_if(settled.begin(), settled.end(), [](const auto& each) {
    return each.has_value() || each.error().code != Errc::payment_in_progress;
  }));
}

/// Of payments that failed though the provider never refused them to us: what it has taken since goes back. If it has
/// not, that is the end of it; if it can't tell, it is asked later.
Result<std::size_t> clear_doubts(Desk& desk, std::vector<OpenCase> failed) {
  std::vector<OpenCase> taken;
  std::vector<PaymentChange> changes;
  std::size_t cleared = 0;
  for (OpenCase& each : failed) {
    if (each.knowledge.kind == Kind::taken) {
      taken.push_back(std::move(each));
      continue;
    }
    const bool is_open = each.knowledge.kind == Kind::unknown;
    changes.push_back(change_of(each.payment));
    changes.back().after.next_attempt_at = is_open ? desk.clock.now().plus_ms(desk.policy.last_retry_ms) : Timestamp{};
    if (!is_open) ++cleared;
  }
  if (const auto outcomes = commit(desk, changes); outcomes.has_error()) return outcomes.error();
  return cleared + count_ended(settle(desk, std::move(taken)));
}

Result<std::size_t> recover_payments(Desk& desk, std::size_t limit) {
  const Timestamp now = desk.clock.now();
  auto due = desk.store.due_payments(now, limit);
  if (due.has_error()) return due.error();
  std::vector<OpenCase> cases;
  for (Payment& payment : *due) cases.push_back({std::move(payment), {}});
  for_each_chunk(desk, cases.size(), [&](std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) cases[i].knowledge = find_out(desk, cases[i].payment, now);
  });
  const auto first_failed = std::stable_partition(cases.begin(), cases.end(), [](const OpenCase& each) {
    return each.payment.status == PaymentStatus::processing;
  });
  std::vector<OpenCase> failed(std::make_move_iterator(first_failed), std::make_move_iterator(cases.end()));
  cases.erase(first_failed, cases.end());
  const auto cleared = clear_doubts(desk, std::move(failed));
  ask_again(desk, cases);
  keep_holds(desk, cases);
  const std::size_t ended = count_ended(settle(desk, std::move(cases)));
  if (cleared.has_error()) return cleared.error();
  return *cleared + ended;
}

/// No money moves for an order unless we confirm it, so nobody has to be asked.
Result<std::size_t> give_up_overdue(Desk& desk, std::size_t limit) {
  const Timestamp now = desk.clock.now();
  auto overdue = desk.store.overdue_orders(now, limit);
  if (overdue.has_error()) return overdue.error();
  std::vector<PaymentChange> changes;
  for (const Payment& order : *overdue)
    if (auto change = give_up(order, "expired", now); change.has_value() && *change)
      changes.push_back(std::move(**change));
  auto outcomes = commit(desk, changes);
  if (outcomes.has_error()) return outcomes.error();
  return static_cast<std::size_t>(std::count_if(outcomes->begin(), outcomes->end(), [](const PaymentOutcome& each) {
    return each.kind == PaymentOutcome::Kind::applied;
  }));
}

Result<std::size_t> recover_refunds(Desk& desk, std::size_t limit) {
  auto due = desk.store.due_refunds(desk.clock.now(), limit);
  if (due.has_error()) return due.error();
  std::vector<PaymentId> ids;
  for (const Refund& refund : *due) ids.push_back(refund.payment_id);
  auto payments = read_payments(desk, std::move(ids));
  if (payments.has_error()) return payments.error();
  std::vector<BookedRefund> booked;
  for (std::size_t i = 0; i < due->size(); ++i)
    if ((*payments)[i]) booked.push_back({std::move(*(*payments)[i]), std::move((*due)[i])});
  if (booked.empty()) return std::size_t{0};
  const auto driven = drive_refunds(desk, std::move(booked));
  return static_cast<std::size_t>(std::count_if(
      driven.begin(), driven.end(), [](const Refund& each) { return each.status == RefundStatus::completed; }));
}

Result<std::size_t> recover_cancellations(Desk& desk, std::size_t limit) {
  auto unfinished = desk.store.unfinished_event_cancellations(limit);
  if (unfinished.has_error()) return unfinished.error();
  std::size_t moved = 0;
  for (const EventCancellation& each : *unfinished) {
    const auto done = go_on_cancelling(desk, each, limit);
    if (done.has_error()) return done.error();
    if (!*done) continue;
    const std::int64_t ended = (*done)->finished_at.ms > 0 ? 1 : 0;
    // Others may be at the event too, and what they count may be counted over.
    moved += static_cast<std::size_t>(std::max(ended, (*done)->cancelled - each.cancelled));
  }
  return moved;
}

/// The payment as it is stored now.
Result<Payment> as_stored(Desk& desk, const std::string& order_id) {
  auto order = read_order(desk, order_id);
  if (order.has_error()) return order.error();
  if (!*order) return payment_not_found();
  return std::move(**order);
}

}  // namespace

Result<std::size_t> recover(Desk& desk, std::size_t limit) {
  std::size_t total = 0;
  std::optional<Error> failed;
  // One chore that can't be done keeps nobody from the others.
  for (const auto chore : {recover_payments, give_up_overdue, recover_refunds, recover_cancellations}) {
    auto done = chore(desk, limit);
    if (done.has_value()) total += *done;
    else if (!failed) failed = done.error();
  }
  if (failed) return *failed;
  return total;
}

Result<Payment> look_again(Desk& desk, const std::string& order_id) {
  auto stored = as_stored(desk, order_id);
  if (stored.has_error()) return stored;
  const bool made = stored->paid_at.ms > 0 || stored->status == PaymentStatus::refunded;
  if (made || stored->card_minor() == 0) return stored;
  auto found = desk.provider.find(order_id);
  if (found.has_error()) return found.error();
  // Not there yet is no news; the recovery decides how long to wait.
  if (!*found) return stored;
  Knowledge knowledge = second_hand(learn(*stored, **found));
  const bool taken = knowledge.kind == Kind::taken;
  if (stored->status == PaymentStatus::pending && (taken || (*found)->status == ProviderStatus::in_progress)) {
    // The customer was at the page, and has not come back to us yet.
    const ConfirmOrder command{(*found)->payment_key, order_id, stored->card_minor(), {}, {}};
    auto begun = begin_orders(desk, {&command, 1});
    if (begun.front().has_error()) {
      if (is_passing(begun.front().error())) return begun.front().error();
      if (!taken) return as_stored(desk, order_id);
    } else if (begun.front()->replayed || !taken) {
      finish_payments(desk, ask_provider(desk, {std::move(*begun.front())}));
      return as_stored(desk, order_id);
    } else {
      stored = std::move(begun.front()->payment);
    }
  }
  const bool over = stored->status == PaymentStatus::processing && knowledge.kind == Kind::refused;
  if (!taken && !over) return stored;
  // Who asked for the money may be about to hear of the refusal, and to tell the customer that the hold goes on.
  if (over && desk.clock.now() < stored->next_attempt_at) return stored;
  const auto settled = std::move(settle(desk, {{std::move(*stored), std::move(knowledge)}}).front());
  auto now = as_stored(desk, order_id);
  // The recovery goes on with a payment that is being made. With money for one that is over only we can.
  if (now.has_value() && taken && may_be_sent_back(now->status))
    return Error{Errc::unavailable, "the money could not be booked; ask again", {{"cause", code_of(settled.error())}}};
  return now;
}

}  // namespace tiketi::payment
