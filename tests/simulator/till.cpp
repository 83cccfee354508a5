#include "till.hpp"

#include "scene.hpp"
#include "stage.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

std::string show(const Payment& payment) {
  return "payment " + test::show(payment.id.uuid) + " (" + std::string(name(payment.status)) + " v" +
         std::to_string(payment.version) + ") of reservation " + test::show(payment.reservation_id.uuid);
}

std::vector<Payment> all_payments(const Scene& scene, Stage& stage) {
  std::vector<Payment> out;
  for (const UserId user : scene.till.payers)
    for (Payment& each : stage.payments().payments_of(user, {}, 100'000).value()) out.push_back(std::move(each));
  return out;
}

bool is_sold_by(const Reservation& reservation, const Payment& payment) {
  return reservation.status == ReservationStatus::confirmed && reservation.payment_reference == payment.id.text();
}

/// What has to be so of a payment and its reservation whenever nobody is in the middle of a commit.
std::optional<std::string> find_wrong(const Payment& payment, const Reservation& reservation) {
  const bool sold = is_sold_by(reservation, payment);
  switch (payment.status) {
    case PaymentStatus::completed:
    case PaymentStatus::partially_refunded:
      if (!sold && payment.amount.minor > 0) return "money is kept for a place that was not given: " + show(payment);
      return std::nullopt;
    case PaymentStatus::pending:
    case PaymentStatus::failed:
    case PaymentStatus::cancelled:
      if (sold) return "a place was given without money: " + show(payment);
      return std::nullopt;
    case PaymentStatus::refunded:
      if (sold && payment.paid_at.ms == 0) return "a place was given though the money went back: " + show(payment);
      return std::nullopt;
    case PaymentStatus::processing:
      return std::nullopt;
  }
  return "a payment has no status";
}

std::optional<std::string> find_untold(const Scene& scene, const Payment& payment) {
  if (payment.paid_at.ms == 0) return std::nullopt;
  const auto known = scene.till.told.find(payment.id.text());
  std::int64_t completions = 0;
  if (known != scene.till.told.end())
    for (const auto& [sequence, topic] : known->second)
      completions += topic == "payment.completed" || topic == "points.charged";
  if (completions != 1) return std::to_string(completions) + " times it was told that it was made: " + show(payment);
  return std::nullopt;
}

}  // namespace

bool Till::is_payer(UserId user) const { return std::find(payers.begin(), payers.end(), user) != payers.end(); }

std::optional<std::string> find_wrong_payment(const Scene& scene, Stage& stage) {
  const auto findings = stage.payments().verify();
  if (findings.has_error()) return "the payments can't be verified: " + findings.error().message;
  if (!findings->empty()) return "verify: " + findings->front().invariant + ": " + findings->front().what;
  std::set<std::string> known;
  for (const Payment& payment : all_payments(scene, stage)) {
    known.insert(payment.id.text());
    if (payment.purpose == PaymentPurpose::points) continue;
    if (auto wrong = find_wrong(payment, *scene.books.find(payment.reservation_id))) return wrong;
  }
  for (const auto& [id, history] : scene.books.reservations) {
    const Reservation& now = history.back().reservation;
    const bool paid = known.contains(now.payment_reference);
    if (scene.till.is_payer(now.user_id) && now.status == ReservationStatus::confirmed && !paid)
      return "a payer's reservation is confirmed without a payment: " + test::show(now);
  }
  return std::nullopt;
}

std::int64_t payments_of(const Scene& scene, Stage& stage, EventId event) {
  const auto payments = all_payments(scene, stage);
  return std::count_if(payments.begin(), payments.end(), [&](const Payment& each) {
    const Reservation* reservation = scene.books.find(each.reservation_id);
    return each.is_in_doubt() && reservation != nullptr && reservation->event_id == event;
  });
}

std::optional<std::string> find_unfinished_payment(const Scene& scene, Stage& stage) {
  for (const Payment& payment : all_payments(scene, stage)) {
    if (payment.status == PaymentStatus::processing || payment.status == PaymentStatus::pending)
      return "it never ends: " + show(payment);
    if (auto untold = find_untold(scene, payment)) return untold;
    const bool taken = payment.paid_at.ms > 0 || payment.status == PaymentStatus::refunded;
    const std::int64_t kept = taken ? payment.refundable_card_minor() : 0;
    if (const std::int64_t held = scene.till.provider.balance_of(payment.order_id); held != kept)
      return "the provider holds " + std::to_string(held) + " instead of " + std::to_string(kept) + " of " +
             show(payment);
  }
  std::int64_t clearing = 0;
  for (const AccountBalance& each : stage.payments().balances().value()) {
    if (each.account.kind == AccountKind::provider_clearing) clearing = each.balance_minor;
    const bool passing =
        each.account.kind == AccountKind::points_set_aside || each.account.kind == AccountKind::refunds_payable;
    if (passing && each.balance_minor != 0)
      return "there is still something in " + std::string(name(each.account.kind));
  }
  const std::int64_t held = scene.till.provider.money();
  if (held != clearing)
    return "the provider holds " + std::to_string(held) + ", the books say " + std::to_string(clearing);
  return std::nullopt;
}

}  // namespace tiketi::test
