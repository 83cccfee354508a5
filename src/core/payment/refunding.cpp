// Money on its way back: booking it, and having the provider return it.

#include "core/base/batch_answers.hpp"
#include "core/payment/desk.hpp"

#include <algorithm>

namespace tiketi::payment {

namespace {

/// What became of a refund at the provider.
struct Given {
  bool done = false;
  std::string code;                         ///< why not
  std::optional<ProviderPayment> provider;  ///< what it told
};

/// True if the provider has less of the payment than it would without the refund: a payment's refunds are made one
/// after the other.
bool shows_refund(const Payment& payment, const ProviderPayment& found) {
  return found.was_paid() && found.balance_minor <= payment.refundable_card_minor();
}

/// A provider repeats its first answer to a key, be it an error, and does nothing more for it. A key that was not
/// answered is kept, as the request may still be on its way.
bool needs_new_key(const Error& error) { return is_decided(error) || !error.detail("key_spent").empty(); }

class Driving {
 public:
  Driving(Desk& desk, std::vector<BookedRefund> booked)
      : desk_(desk), booked_(std::move(booked)), given_(booked_.size()) {}

  std::vector<Refund> run() {
    give_places_back();
    give_money_back();
    for (std::size_t i = 0; i < booked_.size(); ++i) open_.push_back(i);
    // What can't be stored now stays pending, and the recovery does all of it again.
    for (int round = 0; round < max_rounds && !open_.empty(); ++round)
      if (store().has_error()) break;
    std::vector<Refund> out;
    out.reserve(booked_.size());
    for (BookedRefund& each : booked_) out.push_back(std::move(each.refund));
    return out;
  }

 private:
  void give_places_back() {
    std::vector<ReservationId> ids;
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < booked_.size(); ++i) {
      if (!booked_[i].refund.cancels_reservation) continue;
      ids.push_back(booked_[i].refund.reservation_id);
      owners.push_back(i);
    }
    if (ids.empty()) return;
    const auto cancelled = desk_.reservations.cancel(ids);
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (cancelled[i].has_error() && is_passing(cancelled[i].error()))
        given_[owners[i]].code = name(cancelled[i].error().code);
  }

  void give_money_back() {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < booked_.size(); ++i) {
      if (!given_[i].code.empty()) continue;
      given_[i].done = booked_[i].refund.card_minor() == 0;
      if (!given_[i].done) wanted.push_back(i);
    }
    for_each_chunk(desk_, wanted.size(),
                   [&](std::size_t first, std::size_t count) { give_back(std::span(wanted).subspan(first, count)); });
  }

  /// One call to the provider.
  void give_back(std::span<const std::size_t> indexes) {
    std::vector<CancelCharge> cancellations;
    std::vector<std::size_t> owners;
    for (const std::size_t index : indexes) {
      const auto& [payment, refund] = booked_[index];
      if (refund.attempts > 0 && !may_ask_anew(index)) continue;
      cancellations.push_back({payment.payment_key, refund.card_minor(), payment.amount.currency,
                               refund.note.empty() ? std::string(name(refund.reason)) : refund.note,
                               refund.id.text() + '-' + std::to_string(refund.attempts)});
      owners.push_back(index);
    }
    if (cancellations.empty()) return;
    auto answers = desk_.provider.cancel(cancellations);
    for (std::size_t i = 0; i < owners.size(); ++i) learn(owners[i], answers[i]);
  }

  /// With a new key it would be done a second time, if what failed has been done since.
  bool may_ask_anew(std::size_t index) {
    const auto done = find_given(index);
    if (done.has_error()) given_[index].code = code_of(done.error());
    return done.has_value() && !*done;
  }

  void learn(std::size_t index, Result<ProviderPayment>& answer) {
    Given& given = given_[index];
    if (answer.has_value()) {
      given = {true, {}, std::move(*answer)};
      return;
    }
    const Error error = answer.error();
    given.code = code_of(error);
    const bool was_asked = error.code != Errc::provider_unavailable || !error.detail("provider_code").empty();
    if (!was_asked) return;
    // It may have been done before, or now although we were not told.
    const auto done = find_given(index);
    if (done.has_value() && !*done && needs_new_key(error)) ++booked_[index].refund.attempts;
  }

  /// Whether the provider shows that it was done.
  Result<bool> find_given(std::size_t index) {
    auto found = desk_.provider.find(booked_[index].payment.order_id);
    if (found.has_error()) return found.error();
    if (!*found) return payment_not_found();
    if (!shows_refund(booked_[index].payment, **found)) return false;
    given_[index] = {true, {}, std::move(**found)};
    return true;
  }

  Result<void> store() {
    const std::vector<StepIds> ids = next_ids(desk_, open_.size());
    const Timestamp now = desk_.clock.now();
    std::vector<PaymentChange> changes;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const auto& [payment, refund] = booked_[open_[i]];
      const Given& given = given_[open_[i]];
      changes.push_back(given.done
                            ? refund_paid(payment, refund, given.provider ? &*given.provider : nullptr, ids[i], now)
                            : refund_postponed(payment, refund, given.code, now, desk_.policy));
    }
    auto outcomes = commit(desk_, changes);
    if (outcomes.has_error()) return outcomes.error();
    std::vector<std::size_t> moved;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if ((*outcomes)[i].kind == PaymentOutcome::Kind::applied)
        booked_[open_[i]] = {std::move(changes[i].after), std::move(changes[i].refund->after)};
      else moved.push_back(open_[i]);
    }
    return read_again(std::move(moved));
  }

  /// Those that somebody else has not brought to an end stay open.
  Result<void> read_again(std::vector<std::size_t> moved) {
    open_.clear();
    if (moved.empty()) return {};
    std::vector<PaymentId> ids;
    for (const std::size_t index : moved) ids.push_back(booked_[index].payment.id);
    auto payments = read_payments(desk_, ids);
    if (payments.has_error()) return payments.error();
    auto refunds = desk_.store.refunds_of(ids);
    if (refunds.has_error()) return refunds.error();
    for (std::size_t i = 0; i < moved.size(); ++i) {
      BookedRefund& each = booked_[moved[i]];
      const auto& all = (*refunds)[i];
      const auto at = std::find_if(all.begin(), all.end(), [&](const Refund& one) { return one.id == each.refund.id; });
      if (at == all.end() || !(*payments)[i]) continue;
      each = {std::move(*(*payments)[i]), *at};
      if (at->status == RefundStatus::pending) open_.push_back(moved[i]);
    }
    return {};
  }

  Desk& desk_;
  std::vector<BookedRefund> booked_;
  std::vector<Given> given_;
  std::vector<std::size_t> open_;  // not stored yet
};

class Booking {
 public:
  Booking(Desk& desk, std::span<const WantedRefund> wanted)
      : desk_(desk), wanted_(wanted), answers_(wanted.size()), tried_(wanted.size()) {}

  std::vector<Result<Refund>> run() {
    for (int round = 0; round < max_rounds && !answers_.open().empty(); ++round)
      if (auto done = play_round(answers_.open()); done.has_error()) answers_.refuse_open(done.error());
    answers_.refuse_open(others_quicker());
    std::vector<BookedRefund> pending;
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < booked_.size(); ++i) {
      const auto& [index, each] = booked_[i];
      answers_[index] = each.refund;
      if (each.refund.status != RefundStatus::pending) continue;
      pending.push_back(each);
      owners.push_back(index);
    }
    if (!pending.empty()) {
      std::vector<Refund> driven = drive_refunds(desk_, std::move(pending));
      for (std::size_t i = 0; i < driven.size(); ++i) answers_[owners[i]] = std::move(driven[i]);
    }
    return answers_.take();
  }

 private:
  Result<void> play_round(const std::vector<std::size_t>& open) {
    std::vector<PaymentId> ids;
    for (const std::size_t index : open) ids.push_back(wanted_[index].command.payment_id);
    // Keys first: the payment as it is read after them has in it what a key has booked.
    auto keys = keys_of(open);
    if (keys.has_error()) return keys.error();
    auto payments = read_payments(desk_, ids);
    if (payments.has_error()) return payments.error();
    auto refunds = desk_.store.refunds_of(ids);
    if (refunds.has_error()) return refunds.error();
    auto balances = points_of(*payments);
    if (balances.has_error()) return balances.error();

    const Timestamp now = desk_.clock.now();
    const std::vector<StepIds> steps = next_ids(desk_, open.size());
    std::vector<PaymentChange> changes;
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < open.size(); ++i) {
      auto& payment = (*payments)[i];
      const auto& before = (*refunds)[i];
      const auto& key = (*keys)[i];
      if (key && key->fingerprint != fingerprint(wanted_[open[i]].command)) {
        answers_[open[i]] = key_misused();
        continue;
      }
      if (key) tried_[open[i]].push_back(key->refund_id);
      if (was_booked(open[i], payment, before)) continue;
      auto change = decide(open[i], payment, before, (*balances)[i], steps[i], now);
      if (change.has_error()) {
        answers_[open[i]] = change.error();
        continue;
      }
      tried_[open[i]].push_back(steps[i].refund);
      changes.push_back(std::move(*change));
      owners.push_back(open[i]);
    }
    auto outcomes = commit(desk_, changes);
    if (outcomes.has_error()) return outcomes.error();
    for (std::size_t i = 0; i < changes.size(); ++i)
      if ((*outcomes)[i].kind == PaymentOutcome::Kind::applied)
        enter(owners[i], {std::move(changes[i].after), std::move(changes[i].refund->after)});
    return {};
  }

  /// What each one's idempotency key did before.
  Result<std::vector<std::optional<PaymentKeyRecord>>> keys_of(const std::vector<std::size_t>& open) {
    std::vector<std::optional<PaymentKeyRecord>> out(open.size());
    PaymentQuestion question;
    std::vector<std::size_t> owners;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const RefundPayment& command = wanted_[open[i]].command;
      if (command.idempotency_key.empty()) continue;
      question.keys.push_back({command.asked_by, command.idempotency_key});
      owners.push_back(i);
    }
    if (owners.empty()) return out;
    auto answer = desk_.store.ask(question);
    if (answer.has_error()) return answer.error();
    for (std::size_t i = 0; i < owners.size(); ++i) out[owners[i]] = std::move(answer->keys[i]);
    return out;
  }

  Result<std::vector<std::int64_t>> points_of(const std::vector<std::optional<Payment>>& payments) {
    const auto charged = [](const std::optional<Payment>& each) {
      return each && each->purpose == PaymentPurpose::points;
    };
    if (std::none_of(payments.begin(), payments.end(), charged)) return std::vector<std::int64_t>(payments.size());
    std::vector<UserId> users;
    for (const auto& payment : payments) users.push_back(payment ? payment->user_id : UserId{});
    return desk_.store.points(users);
  }

  Result<PaymentChange> decide(std::size_t index, const std::optional<Payment>& payment,
                               const std::vector<Refund>& before, std::int64_t balance, const StepIds& step,
                               Timestamp now) const {
    const auto& [command, event_date] = wanted_[index];
    if (!payment || (command.owner && payment->user_id != *command.owner)) return payment_not_found();
    const bool pending = std::any_of(before.begin(), before.end(),
                                     [](const Refund& each) { return each.status == RefundStatus::pending; });
    return refund(command, *payment, {event_date, balance, pending}, step, now, desk_.policy);
  }

  /// Whether it was this command that booked a refund: in this call, as after a lost answer, or by its key in another.
  bool was_booked(std::size_t index, const std::optional<Payment>& payment, const std::vector<Refund>& refunds) {
    for (const Refund& each : refunds)
      if (std::find(tried_[index].begin(), tried_[index].end(), each.id) != tried_[index].end()) {
        enter(index, {*payment, each});
        return true;
      }
    return false;
  }

  void enter(std::size_t index, BookedRefund booked) {
    answers_[index] = booked.refund;
    booked_.emplace_back(index, std::move(booked));
  }

  Desk& desk_;
  std::span<const WantedRefund> wanted_;
  base::BatchAnswers<Refund> answers_;
  std::vector<std::vector<RefundId>> tried_;
  std::vector<std::pair<std::size_t, BookedRefund>> booked_;
};

}  // namespace

std::vector<Refund> drive_refunds(Desk& desk, std::vector<BookedRefund> booked) {
  return Driving(desk, std::move(booked)).run();
}

std::vector<Result<Refund>> refund_payments(Desk& desk, std::span<const WantedRefund> wanted) {
  return Booking(desk, wanted).run();
}

}  // namespace tiketi::payment
