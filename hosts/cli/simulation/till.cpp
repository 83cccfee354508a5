#include "simulation/till.hpp"

#include "simulation/few_findings.hpp"

#include <tiketi/adapters/sandbox.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tiketi::cli {
namespace {

constexpr std::size_t page = 1'000;

/// One bill after the other, with what the cashier and the provider know of it.
class MoneyAudit {
 public:
  explicit MoneyAudit(Services& services) : services_(services) {}

  Result<void> add(std::span<const Bill> bills) {
    std::vector<ReservationId> ids;
    for (const Bill& each : bills) ids.push_back(each.reservation);
    const auto payments = services_.cashier().payments_for(ids);
    if (payments.has_error()) return payments.error();
    for (std::size_t i = 0; i < bills.size(); ++i)
      if (auto added = add(bills[i], (*payments)[i]); added.has_error()) return added;
    return {};
  }

  MoneyReport report;

 private:
  /// The payment that claims the reservation; if none does, the newest of it.
  Result<void> add(const Bill& bill, const std::optional<Payment>& payment) {
    const bool is_paid = payment && payment->status == PaymentStatus::completed;
    if (bill.told_paid && (!is_paid || payment->amount != bill.due))
      findings_.add("paid-stays-paid",
                    bill.reservation.text() + " was paid, but its payment is not booked as completed");
    if (is_paid && !bill.told_paid) ++report.unheard;
    if (!payment) return {};
    if (auto compared = compare(*payment); compared.has_error()) return compared;
    return bill.cards_refused > 0 ? compare_earlier(*payment) : Result<void>();
  }

  /// Nor may a card that was refused have paid.
  Result<void> compare_earlier(const Payment& last) {
    const auto all = services_.cashier().payments_of(last.user_id);
    if (all.has_error()) return all.error();
    for (const Payment& each : *all) {
      if (each.reservation_id != last.reservation_id || each.id == last.id) continue;
      if (auto compared = compare(each); compared.has_error()) return compared;
    }
    return {};
  }

  Result<void> compare(const Payment& payment) {
    const bool is_paid = payment.status == PaymentStatus::completed;
    if (is_paid) {
      ++report.payments;
      report.taken = {report.taken.minor + payment.amount.minor, payment.amount.currency};
    }
    if (payment.card_minor() == 0 || services_.sandbox() == nullptr) return {};
    const auto asked = services_.sandbox()->find(payment.order_id);
    if (asked.has_error()) return asked.error();
    const bool was_paid = *asked && (*asked)->was_paid();
    const std::int64_t kept = was_paid ? (*asked)->balance_minor : 0;
    if (payment.status == PaymentStatus::processing) ++report.open;
    else if (is_paid && kept != payment.card_minor())
      findings_.add("no-won-lost", payment.order_id + " is booked as paid, but the provider does not have the money");
    else if (!is_paid && kept > 0)
      findings_.add("no-won-lost", payment.order_id + " gave no places, but the provider has kept the money");
    else if (!is_paid && was_paid) ++report.given_back;
    return {};
  }

  Services& services_;
  FewFindings findings_{report.findings};
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
  out.idempotency_key = "card-" + std::to_string(fan.bill.cards_refused + 1) + '-' + fan.bill.reservation.text();
  if (fan.bill.cards_refused == 0) out.test_code = fate_of(fan.card_luck, options);
  return out;
}

Result<MoneyReport> audit_money(Services& services, std::span<const Bill> bills) {
  MoneyAudit audit(services);
  for (std::size_t at = 0; at < bills.size(); at += page)
    if (auto added = audit.add(bills.subspan(at, std::min(page, bills.size() - at))); added.has_error())
      return added.error();
  return std::move(audit.report);
}

}  // namespace tiketi::cli
