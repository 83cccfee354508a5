// The first step of a payment: decide, keep the hold, store that the provider will be asked.

#include "core/base/batch_answers.hpp"
#include "core/payment/desk.hpp"

#include <algorithm>
#include <functional>

namespace tiketi::payment {

namespace {

/// A payment that may begin, as far as is known.
struct Decided {
  std::size_t index = 0;
  PaymentChange change;
  ReservationBill bill;
};

class Beginning {
 public:
  /// Decides those commands: calls `answer` or `add` for each.
  using Decide = std::function<Result<void>(Beginning& round, const std::vector<std::size_t>& open)>;

  Beginning(Desk& desk, std::size_t count, Decide decide) : desk_(desk), decide_(std::move(decide)), answers_(count) {}

  void answer(std::size_t index, Result<BegunPayment> with) { answers_[index] = std::move(with); }
  void add(Decided decided) { decided_.push_back(std::move(decided)); }

  std::vector<Result<BegunPayment>> run() {
    for (int round = 0; round < max_rounds; ++round) {
      const std::vector<std::size_t> open = answers_.open();
      if (open.empty()) break;
      decided_.clear();
      if (auto done = play_round(open); done.has_error()) answers_.refuse_open(done.error());
    }
    answers_.refuse_open(others_quicker());
    return answers_.take();
  }

 private:
  Result<void> play_round(const std::vector<std::size_t>& open) {
    if (auto decided = decide_(*this, open); decided.has_error()) return decided;
    keep_holds();
    std::vector<PaymentChange> changes;
    for (Decided& each : decided_) {
      changes.push_back(std::move(each.change));
    }
    auto outcomes = commit(desk_, changes);
    if (outcomes.has_error()) return outcomes.error();
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const PaymentOutcome& outcome = (*outcomes)[i];
      if (outcome.kind == PaymentOutcome::Kind::applied)
        answer(decided_[i].index, BegunPayment{std::move(changes[i].after), false, {}, std::move(decided_[i].bill)});
      if (outcome.kind == PaymentOutcome::Kind::balance_short)
        answer(decided_[i].index,
               Error{Errc::points_short, "there are not enough points", {{"balance", std::to_string(outcome.number)}}});
    }
    return {};
  }

  /// Those whose hold can't be kept don't begin.
  void keep_holds() {
    const std::int64_t by_ms = hold_while_open(desk_.policy, desk_.policy.recovery_after_ms);
    std::vector<KeepHold> holds;
    for (const Decided& each : decided_)
      if (!each.bill.id.is_nil()) holds.push_back({each.bill.id, by_ms});
    if (holds.empty()) return;
    const auto kept = desk_.reservations.keep(holds);
    std::size_t next = 0;
    std::erase_if(decided_, [&](const Decided& each) {
      if (each.bill.id.is_nil()) return false;
      const Result<void>& result = kept[next++];
      if (result.has_value()) return false;
      // Sold between the look at the bill and now: the next round sees by which payment.
      if (result.error().code != Errc::reservation_confirmed) answer(each.index, result.error());
      return true;
    });
  }

  Desk& desk_;
  Decide decide_;
  base::BatchAnswers<BegunPayment> answers_;
  std::vector<Decided> decided_;
};

const Payment* claimant_in(const std::optional<Payment>& payment) {
  return payment && payment->claims_reservation() ? &*payment : nullptr;
}

PayFacts facts_of(Desk& desk, const std::optional<ReservationBill>& bill, const Payment* claimant) {
  return {bill ? &*bill : nullptr, claimant, desk.provider.name(), desk.provider.charges_directly()};
}

/// The payments that keys have made, where there are such.
Result<std::vector<std::optional<Payment>>> read_replays(Desk& desk,
                                                         const std::vector<std::optional<PaymentKeyRecord>>& records) {
  std::vector<PaymentId> ids;
  for (const auto& record : records) ids.push_back(record ? record->payment_id : PaymentId{});
  if (std::none_of(ids.begin(), ids.end(), [](PaymentId id) { return !id.is_nil(); }))
    return std::vector<std::optional<Payment>>(ids.size());
  return read_payments(desk, std::move(ids));
}

/// What a key that was used before answers to a request.
Result<Payment> replay(const PaymentKeyRecord& record, const std::optional<Payment>& payment,
                       std::uint64_t fingerprint) {
  if (record.fingerprint != fingerprint) return key_misused();
  if (!payment) return Error{Errc::storage_constraint, "the payment of an idempotency key is missing; run verify"};
  return *payment;
}

Result<void> decide_payments(Desk& desk, std::span<const Pay> commands, Beginning& round,
                             const std::vector<std::size_t>& open) {
  PaymentQuestion question;
  for (const std::size_t index : open) {
    question.reservations.push_back(commands[index].reservation_id);
    if (!commands[index].idempotency_key.empty())
      question.keys.push_back({commands[index].user_id, commands[index].idempotency_key});
  }
  auto bills = desk.reservations.bills(question.reservations);
  if (bills.has_error()) return bills.error();
  auto answer = desk.store.ask(question);
  if (answer.has_error()) return answer.error();
  auto replays = read_replays(desk, answer->keys);
  if (replays.has_error()) return replays.error();

  const Timestamp now = desk.clock.now();
  const std::vector<StepIds> ids = next_ids(desk, open.size());
  std::size_t key = 0;
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Pay& command = commands[open[i]];
    const std::size_t at = command.idempotency_key.empty() ? answer->keys.size() : key++;
    if (at < answer->keys.size() && answer->keys[at]) {
      auto known = replay(*answer->keys[at], (*replays)[at], fingerprint(command));
      round.answer(open[i], known.has_error() ? Result<BegunPayment>(known.error())
                                              : BegunPayment{std::move(*known), true, {}, {}});
      continue;
    }
    const auto& bill = (*bills)[i];
    auto change = start(command, facts_of(desk, bill, claimant_in(answer->reservations[i])), ids[i], now, desk.policy);
    if (change.has_error()) round.answer(open[i], change.error());
    else round.add({open[i], std::move(*change), *bill});
  }
  return {};
}

/// What can be said of an order before its reservation is looked at: an answer, or nothing.
std::optional<Result<BegunPayment>> answer_order(const ConfirmOrder& command, const std::optional<Payment>& order) {
  if (!order || (command.owner && order->user_id != *command.owner)) return payment_not_found();
  if (order->status == PaymentStatus::pending) return std::nullopt;
  if (command.amount_minor != order->card_minor())
    return Error{
        Errc::amount_mismatch, "the amount is not what is due", {{"due", std::to_string(order->card_minor())}}};
  if (order->status == PaymentStatus::cancelled)
    return Error{Errc::payment_over, "the order was given up; order again", {{"payment", order->id.text()}}};
  // Also when it was this call that claimed it, but the answer was lost: only one may ask the provider.
  return BegunPayment{*order, true, {}, {}};
}

Result<void> decide_orders(Desk& desk, std::span<const ConfirmOrder> commands, Beginning& round,
                           const std::vector<std::size_t>& open) {
  PaymentQuestion question;
  for (const std::size_t index : open) {
    question.orders.push_back(commands[index].order_id);
    if (!commands[index].idempotency_key.empty())
      question.keys.push_back({*commands[index].owner, commands[index].idempotency_key});
  }
  auto orders = desk.store.ask(question);
  if (orders.has_error()) return orders.error();
  std::vector<std::size_t> wanted;  // positions in `open`
  PaymentQuestion rivals;
  std::size_t key = 0;
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto& order = orders->orders[i];
    // The same request is of the same order, which knows itself that it was confirmed.
    if (!commands[open[i]].idempotency_key.empty())
      if (const auto& used = orders->keys[key++]; used && used->fingerprint != fingerprint(commands[open[i]])) {
        round.answer(open[i], key_misused());
        continue;
      }
    if (auto known = answer_order(commands[open[i]], order)) {
      round.answer(open[i], std::move(*known));
      continue;
    }
    wanted.push_back(i);
    rivals.reservations.push_back(order->reservation_id);
  }
  if (wanted.empty()) return {};
  auto bills = desk.reservations.bills(rivals.reservations);
  if (bills.has_error()) return bills.error();
  auto claims = desk.store.ask(rivals);
  if (claims.has_error()) return claims.error();

  const Timestamp now = desk.clock.now();
  const std::vector<StepIds> ids = next_ids(desk, wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::size_t index = open[wanted[i]];
    const auto& bill = (*bills)[i];
    const PayFacts facts = facts_of(desk, bill, claimant_in(claims->reservations[i]));
    auto change = claim_order(commands[index], *orders->orders[wanted[i]], facts, ids[i], now, desk.policy);
    if (change.has_error()) round.answer(index, change.error());
    else round.add({index, std::move(*change), bill.value_or(ReservationBill{})});
  }
  return {};
}

/// Answers those commands that `check` refuses, and begins the others.
template <class Command, class Decide>
std::vector<Result<BegunPayment>> begin_all(Desk& desk, std::span<const Command> commands, Decide decide) {
  std::vector<Result<void>> checked;
  for (const Command& command : commands) checked.push_back(check(command));
  Beginning beginning(desk, commands.size(), [&](Beginning& round, const std::vector<std::size_t>& open) {
    return open.empty() ? Result<void>() : decide(desk, commands, round, open);
  });
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (checked[i].has_error()) beginning.answer(i, checked[i].error());
  auto answers = beginning.run();
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (answers[i].has_value()) answers[i]->test_code = commands[i].test_code;
  return answers;
}

/// One attempt to make the order; nothing if somebody else was quicker.
Result<std::optional<PreparedOrder>> try_prepare(Desk& desk, const Prepare& command) {
  const bool of_points = command.reservation_id.is_nil();
  PaymentQuestion question;
  if (!of_points) question.reservations.push_back(command.reservation_id);
  if (!command.idempotency_key.empty()) question.keys.push_back({command.user_id, command.idempotency_key});
  std::optional<ReservationBill> bill;
  if (!of_points) {
    auto bills = desk.reservations.bills(question.reservations);
    if (bills.has_error()) return bills.error();
    bill = std::move(bills->front());
  }
  auto answer = desk.store.ask(question);
  if (answer.has_error()) return answer.error();
  const std::string order_name = bill ? bill->order_name : "points";
  if (!answer->keys.empty() && answer->keys.front()) {
    auto replays = read_replays(desk, answer->keys);
    if (replays.has_error()) return replays.error();
    auto known = replay(*answer->keys.front(), replays->front(), fingerprint(command));
    if (known.has_error()) return known.error();
    if (known->status != PaymentStatus::pending) return PreparedOrder{std::move(*known), {}, true};
    auto page = desk.provider.open({known->order_id, order_name, {known->card_minor(), known->amount.currency}});
    if (page.has_error()) return page.error();
    return PreparedOrder{std::move(*known), std::move(page->payment_url), true};
  }
  const PayFacts facts = facts_of(desk, bill, of_points ? nullptr : claimant_in(answer->reservations.front()));
  auto change = prepare(command, facts, next_ids(desk, 1).front(), desk.clock.now(), desk.policy);
  if (change.has_error()) return change.error();
  if (!of_points) {
    const KeepHold hold{command.reservation_id, desk.policy.keep_hold_prepare_ms};
    if (auto kept = desk.reservations.keep({&hold, 1}); kept.front().has_error()) {
      if (kept.front().error().code == Errc::reservation_confirmed) return std::optional<PreparedOrder>{};
      return kept.front().error();
    }
  }
  // An order that the provider knows and we don't, after a crash here, harms nobody: no money moves for it.
  Payment& order = change->after;
  auto page = desk.provider.open({order.order_id, order_name, {order.card_minor(), order.amount.currency}});
  if (page.has_error()) return page.error();
  auto outcomes = commit(desk, {&*change, 1});
  if (outcomes.has_error()) return outcomes.error();
  if (outcomes->front().kind != PaymentOutcome::Kind::applied) return std::optional<PreparedOrder>{};
  return PreparedOrder{std::move(order), std::move(page->payment_url), false};
}

}  // namespace

std::vector<Result<BegunPayment>> begin_payments(Desk& desk, std::span<const Pay> commands) {
  return begin_all(desk, commands, decide_payments);
}

std::vector<Result<BegunPayment>> begin_orders(Desk& desk, std::span<const ConfirmOrder> commands) {
  return begin_all(desk, commands, decide_orders);
}

Result<PreparedOrder> prepare_order(Desk& desk, const Prepare& command) {
  if (auto checked = check(command, desk.policy); checked.has_error()) return checked.error();
  for (int round = 0; round < max_rounds; ++round) {
    auto prepared = try_prepare(desk, command);
    if (prepared.has_error()) return prepared.error();
    if (*prepared) return std::move(**prepared);
  }
  return others_quicker();
}

}  // namespace tiketi::payment
