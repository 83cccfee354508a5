#include "core/payment/settling.hpp"

#include "core/base/batch_answers.hpp"

#include <algorithm>

namespace tiketi::payment {

namespace {

using Kind = Knowledge::Kind;

std::string_view word(ProviderStatus status) {
  switch (status) {
    case ProviderStatus::ready:
      return "ready";
    case ProviderStatus::in_progress:
      return "in_progress";
    case ProviderStatus::waiting_for_deposit:
      return "waiting_for_deposit";
    case ProviderStatus::done:
      return "amount_mismatch";  // or it would be known
    default:
      return "partially_cancelled";
  }
}

class Settlement {
 public:
  Settlement(Desk& desk, std::vector<OpenCase> cases)
      : desk_(desk), cases_(std::move(cases)), sold_(cases_.size()), answers_(cases_.size()) {}

  std::vector<Result<PaidPayment>> run() {
    for (int round = 0; round < max_rounds && !answers_.open().empty(); ++round)
      if (auto done = play_round(); done.has_error()) refuse_open(name(done.error().code));
    refuse_open(name(Errc::version_conflict));
    // What is booked is booked: whatever becomes of this, the recovery goes on with it.
    if (!late_.empty()) drive_refunds(desk_, std::move(late_));
    return answers_.take();
  }

 private:
  Result<void> play_round() {
    confirm_sales();
    give_up_holds();
    const std::vector<std::size_t> open = answers_.open();
    const std::vector<StepIds> ids = next_ids(desk_, open.size());
    const Timestamp now = desk_.clock.now();
    std::vector<PaymentChange> changes;
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (auto change = decide(open[i], ids[i], now)) {
        changes.push_back(std::move(*change));
        owners.push_back(open[i]);
      } else {
        answers_[open[i]] = came_to(cases_[open[i]].payment);
      }
    }
    auto outcomes = commit(desk_, changes);
    if (outcomes.has_error()) return outcomes.error();
    std::vector<std::size_t> moved;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if ((*outcomes)[i].kind == PaymentOutcome::Kind::applied) book(owners[i], changes[i]);
      else moved.push_back(owners[i]);
    }
    return read_again(moved);
  }

  /// Asks for the places of all that was paid, once: a refusal is final, and so is a sale.
  void confirm_sales() {
    std::vector<ConfirmSale> sales;
    std::vector<std::size_t> owners;
    for (const std::size_t index : answers_.open()) {
      const auto& [payment, knowledge] = cases_[index];
      const bool paid = knowledge.kind == Kind::taken || knowledge.kind == Kind::not_needed;
      if (!paid || payment.status != PaymentStatus::processing || sold_[index]) continue;
      if (payment.purpose != PaymentPurpose::reservation) {
        sold_[index] = Result<void>();
        continue;
      }
      sales.push_back({payment.reservation_id, payment.id});
      owners.push_back(index);
    }
    if (sales.empty()) return;
    auto confirmed = desk_.reservations.confirm(sales);
    for (std::size_t i = 0; i < sales.size(); ++i) {
      sold_[owners[i]] = confirmed[i];
      if (confirmed[i].has_error() && is_passing(confirmed[i].error()))
        cases_[owners[i]].knowledge = {Kind::unknown, {}, confirmed[i].error()};
    }
  }

  /// What was heard second-hand not to be paid can't be confirmed any more after this.
  void give_up_holds() {
    const std::vector<std::size_t> owners = to_give_up();
    if (owners.empty()) return;
    std::vector<ReservationId> ids;
    for (const std::size_t index : owners) ids.push_back(cases_[index].payment.reservation_id);
    const auto released = desk_.reservations.release(ids);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (released[i].has_value()) continue;
      OpenCase& each = cases_[owners[i]];
      const Error& error = released[i].error();
      // Sold, so somebody knows better: what they know is at the provider the next time. Unless it was to another.
      const bool sold = error.code == Errc::reservation_confirmed && error.detail("payment") == each.payment.id.text();
      if (sold || is_passing(error)) each.knowledge = {Kind::unknown, {}, error};
    }
  }

  /// Only of payments that are as they were: who asked for the money may have booked a refusal meanwhile, and told the
  /// customer that the hold goes on.
  std::vector<std::size_t> to_give_up() {
    std::vector<PaymentId> ids;
    std::vector<std::size_t> owners;
    for (const std::size_t index : answers_.open()) {
      const auto& [payment, knowledge] = cases_[index];
      if (knowledge.kind != Kind::refused || !knowledge.second_hand || payment.reservation_id.is_nil() ||
          payment.status != PaymentStatus::processing)
        continue;
      ids.push_back(payment.id);
      owners.push_back(index);
    }
    const auto now = read_payments(desk_, std::move(ids));
    std::vector<std::size_t> unchanged;
    for (std::size_t i = 0; i < owners.size(); ++i) {
      OpenCase& each = cases_[owners[i]];
      if (now.has_error()) each.knowledge = {Kind::unknown, {}, now.error()};
      else if ((*now)[i] && (*now)[i]->version == each.payment.version) unchanged.push_back(owners[i]);
    }
    return unchanged;
  }

  /// The step that books what is known; nothing if the payment has come to its end.
  std::optional<PaymentChange> decide(std::size_t index, const StepIds& ids, Timestamp now) const {
    const auto& [payment, knowledge] = cases_[index];
    const ProviderPayment* taken = knowledge.provider ? &*knowledge.provider : nullptr;
    if (may_be_sent_back(payment.status) && knowledge.kind == Kind::taken)
      return send_back(payment, *taken, name(Errc::payment_over), ids, now, desk_.policy);
    if (payment.status != PaymentStatus::processing) return std::nullopt;
    switch (knowledge.kind) {
      case Kind::unknown:
        return postpone(payment, code_of(knowledge.error), now, desk_.policy);
      case Kind::refused: {
        PaymentChange change = fail(payment, code_of(knowledge.error), ids, now);
        if (knowledge.second_hand) change.after.next_attempt_at = now.plus_ms(desk_.policy.last_retry_ms);
        return change;
      }
      case Kind::taken:
      case Kind::not_needed:
        break;
    }
    const Result<void>& sold = *sold_[index];
    if (sold.has_value()) return complete(payment, taken, ids, now);
    const std::string_view why = name(sold.error().code);
    return taken != nullptr ? send_back(payment, *taken, why, ids, now, desk_.policy) : fail(payment, why, ids, now);
  }

  void book(std::size_t index, PaymentChange& change) {
    const Knowledge& knowledge = cases_[index].knowledge;
    Payment& after = change.after;
    if (change.refund) late_.push_back({after, change.refund->after});
    if (after.status == PaymentStatus::completed) {
      answers_[index] = PaidPayment{std::move(after), false};
    } else if (after.status == PaymentStatus::processing) {
      answers_[index] = in_progress(after, code_of(knowledge.error));
    } else if (after.status == PaymentStatus::failed) {
      Error error = knowledge.kind == Kind::refused ? knowledge.error : sold_[index]->error();
      error.details.push_back({"payment", after.id.text()});
      answers_[index] = std::move(error);
    } else {
      answers_[index] = came_to(after);
    }
  }

  /// Somebody else was quicker: what is known is held against what they made of it.
  Result<void> read_again(const std::vector<std::size_t>& moved) {
    std::vector<PaymentId> ids;
    for (const std::size_t index : moved) ids.push_back(cases_[index].payment.id);
    auto found = read_payments(desk_, std::move(ids));
    if (found.has_error()) return found.error();
    for (std::size_t i = 0; i < moved.size(); ++i) {
      OpenCase& each = cases_[moved[i]];
      if (!(*found)[i]) {
        answers_[moved[i]] = payment_not_found();
        continue;
      }
      each.payment = std::move(*(*found)[i]);
      const bool taken_over = each.payment.status == PaymentStatus::processing &&
                              each.knowledge.kind == Kind::refused && !is_decided(each.knowledge.error);
      if (taken_over) answers_[moved[i]] = in_progress(each.payment, code_of(each.knowledge.error));
    }
    return {};
  }

  /// The recovery will finish them.
  void refuse_open(std::string_view cause) {
    for (const std::size_t index : answers_.open()) answers_[index] = in_progress(cases_[index].payment, cause);
  }

  Desk& desk_;
  std::vector<OpenCase> cases_;
  std::vector<std::optional<Result<void>>> sold_;
  base::BatchAnswers<PaidPayment> answers_;
  std::vector<BookedRefund> late_;
};

}  // namespace

Knowledge learn(const Payment& payment, const ProviderPayment& found) {
  switch (judge(payment, found)) {
    case Verdict::taken:
      return {Kind::taken, found, {}};
    case Verdict::over: {
      const bool refused = found.status == ProviderStatus::aborted;
      return {Kind::refused,
              {},
              {refused ? Errc::payment_refused : Errc::payment_over,
               refused ? "the provider refused the payment" : "the payment's time is over at the provider",
               {{"provider_code", found.failure_code}}}};
    }
    case Verdict::open:
      break;
  }
  return {Kind::unknown,
          {},
          {Errc::outcome_unknown,
           "the provider has not decided yet",
           {{"provider_code", std::string(word(found.status))}}}};
}

Knowledge learn(const Payment& payment, const Result<ProviderPayment>& answer) {
  if (answer.has_value()) return learn(payment, *answer);
  switch (answer.error().code) {
    case Errc::payment_refused:
    case Errc::payment_over:
    case Errc::provider_unavailable:
    case Errc::not_supported:
      return {Kind::refused, {}, answer.error()};
    default:
      return {Kind::unknown, {}, answer.error()};
  }
}

bool may_be_sent_back(PaymentStatus status) {
  return status == PaymentStatus::pending || status == PaymentStatus::failed || status == PaymentStatus::cancelled;
}

std::vector<Result<PaidPayment>> settle(Desk& desk, std::vector<OpenCase> cases) {
  return Settlement(desk, std::move(cases)).run();
}

namespace {

/// A process that was held up does not ask any more: the recovery may be at it, and would not see what is on its way.
Timestamp latest_start(const Payment& payment, const CashierPolicy& policy) {
  return payment.next_attempt_at.plus_ms(-policy.recovery_after_ms / 2);
}

Error too_late() {
  return {Errc::provider_unavailable, "the provider was not asked in time; try again", {{"cause", "too_late"}}};
}

/// An order is charged once, so its id is the key. The recovery asks again when it has found nothing taken: then the
/// old key may have an answer for good.
Charge charge_for(const BegunPayment& begun) {
  const Payment& payment = begun.payment;
  std::string key = payment.order_id;
  if (payment.attempts > 0) key += '-' + std::to_string(payment.attempts);
  return {payment.order_id,
          payment.payment_key,
          {payment.card_minor(), payment.amount.currency},
          std::move(key),
          begun.test_code};
}

}  // namespace

std::vector<AskedPayment> ask_provider(Desk& desk, std::vector<BegunPayment> begun) {
  std::vector<AskedPayment> asked;
  std::vector<std::size_t> needed;
  asked.reserve(begun.size());
  for (BegunPayment& each : begun) {
    const Payment& payment = each.payment;
    if (!each.replayed && payment.status == PaymentStatus::processing && payment.card_minor() > 0)
      needed.push_back(asked.size());
    asked.push_back({std::move(each), std::nullopt});
  }
  for_each_chunk(desk, needed.size(), [&](std::size_t first, std::size_t count) {
    std::vector<Charge> charges;
    std::vector<std::size_t> owners;
    const Timestamp now = desk.clock.now();
    for (std::size_t i = first; i < first + count; ++i) {
      AskedPayment& each = asked[needed[i]];
      if (now >= latest_start(each.begun.payment, desk.policy)) {
        each.answer = too_late();
        continue;
      }
      charges.push_back(charge_for(each.begun));
      owners.push_back(needed[i]);
    }
    if (charges.empty()) return;
    auto answers = desk.provider.charge(charges);
    for (std::size_t i = 0; i < owners.size(); ++i) asked[owners[i]].answer = std::move(answers[i]);
  });
  return asked;
}

std::vector<Result<PaidPayment>> finish_payments(Desk& desk, std::span<const AskedPayment> asked) {
  std::vector<std::optional<Result<PaidPayment>>> answers(asked.size());
  std::vector<OpenCase> cases;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto& [begun, answer] = asked[i];
    if (begun.replayed) {
      answers[i] = came_to(begun.payment);
    } else if (answer) {
      cases.push_back({begun.payment, learn(begun.payment, *answer)});
    } else if (begun.payment.card_minor() == 0) {
      cases.push_back({begun.payment, {Kind::not_needed, {}, {}}});
    } else {
      // Nobody asked: that the provider did nothing is not known.
      cases.push_back({begun.payment, {Kind::unknown, {}, {Errc::outcome_unknown, "the provider was not asked"}}});
    }
  }
  auto settled = settle(desk, std::move(cases));
  auto next = settled.begin();
  std::vector<Result<PaidPayment>> out;
  out.reserve(asked.size());
  for (auto& each : answers) out.push_back(each ? std::move(*each) : std::move(*next++));
  return out;
}

Result<Payment> give_up_order(Desk& desk, const std::string& order_id, const std::string& code,
                              std::optional<UserId> owner) {
  for (int round = 0; round < max_rounds; ++round) {
    auto order = read_order(desk, order_id);
    if (order.has_error()) return order.error();
    if (!*order || (owner && (*order)->user_id != *owner)) return payment_not_found();
    auto change = give_up(**order, code, desk.clock.now());
    if (change.has_error()) return change.error();
    if (!*change) return std::move(**order);
    auto outcomes = commit(desk, {&**change, 1});
    if (outcomes.has_error()) return outcomes.error();
    if (outcomes->front().kind == PaymentOutcome::Kind::applied) return std::move((*change)->after);
  }
  return others_quicker();
}

}  // namespace tiketi::payment
