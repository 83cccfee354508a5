#include "simulation/till.hpp"

#include <tiketi/adapters/sandbox.hpp>

#include <algorithm>
#include <utility>

namespace tiketi::cli {
namespace {

constexpr std::size_t page = 1'000;
constexpr int findings_of_a_kind = 5;

/// One payment after the other, with what the provider knows of it.
class MoneyAudit {
 public:
  Result<void> add(Services& services, std::span<const Bill> bills) {
    std::vector<ReservationId> ids;
    for (const Bill& each : bills) ids.push_back(each.reservation);
    const auto payments = services.cashier().payments_for(ids);
    if (payments.has_error()) return payments.error();
    for (std::size_t i = 0; i < bills.size(); ++i)
      if (auto added = add(services, bills[i], (*payments)[i]); added.has_error()) return added;
    return {};
  }

  MoneyReport report;

 private:
  Result<void> add(Services& services, const Bill& bill, const std::optional<Payment>& payment) {
    const bool is_paid = payment && payment->status == PaymentStatus::completed;
    if (bill.told_paid && (!is_paid || payment->amount != bill.due))
      find("paid-stays-paid", bill.reservation.text() + " was paid, but its payment is not booked as completed");
    if (!payment) return {};
    if (is_paid && !bill.told_paid) ++report.unheard;
    std::optional<ProviderPayment> asked;
    if (services.sandbox() != nullptr) {
      auto found = services.sandbox()->find(payment->order_id);
      if (found.has_error()) return found.error();
      asked = std::move(*found);
    }
    if (is_paid) {
      ++report.payments;
      report.taken = {report.taken.minor + payment->amount.minor, payment->amount.currency};
      if (services.sandbox() != nullptr && (!asked || asked->total != payment->amount || !keeps_all(*asked)))
        find("no-won-lost", payment->order_id + " is booked as paid, but the provider does not have the money");
    } else if (asked && asked->was_paid()) {
      ++report.given_back;
      if (payment->status != PaymentStatus::processing && asked->balance_minor > 0)
        find("no-won-lost", payment->order_id + " gave no places, but the provider has kept the money");
    }
    return {};
  }

  static bool keeps_all(const ProviderPayment& asked) {
    return asked.was_paid() && asked.balance_minor == asked.total.minor;
  }

  void find(std::string invariant, std::string what) {
    if (++found_ <= findings_of_a_kind) report.findings.push_back({std::move(invariant), std::move(what)});
  }

  int found_ = 0;
};

/// What the sandbox makes of a card: mostly nothing.
std::string_view fate_of(double share, const OnSaleOptions& options) {
  if ((share -= options.decline_rate) < 0) return "REJECT_CARD_PAYMENT";
  if ((share -= options.lost_rate / 2) < 0) return "TIKETI_TIMEOUT_DONE";
  if ((share -= options.lost_rate / 2) < 0) return "TIKETI_TIMEOUT_LOST";
  return {};
}

}  // namespace

std::vector<Result<PaidPayment>> pay_all(Cashier& cashier, std::span<const Pay> commands) {
  auto begun = cashier.begin(commands);
  std::vector<BegunPayment> questions;
  for (auto& each : begun)
    if (each.has_value()) questions.push_back(std::move(*each));
  auto finished = cashier.finish(cashier.ask(std::move(questions)));
  std::vector<Result<PaidPayment>> out;
  auto next = finished.begin();
  for (const auto& each : begun) {
    if (each.has_error()) out.push_back(each.error());
    else out.push_back(std::move(*next++));
  }
  return out;
}

Pay payment_of(const Fan& fan, const OnSaleOptions& options) {
  Pay out;
  out.user_id = fan.user;
  out.reservation_id = fan.bill.reservation;
  out.amount_minor = fan.bill.due.minor;
  out.idempotency_key = "card-" + std::to_string(fan.cards_refused + 1) + '-' + fan.bill.reservation.text();
  if (fan.cards_refused == 0) out.test_code = fate_of(fan.card_luck, options);
  return out;
}

Result<MoneyReport> audit_money(Services& services, std::span<const Bill> bills) {
  MoneyAudit audit;
  for (std::size_t at = 0; at < bills.size(); at += page)
    if (auto added = audit.add(services, bills.subspan(at, std::min(page, bills.size() - at))); added.has_error())
      return added.error();
  return std::move(audit.report);
}

}  // namespace tiketi::cli
