#include "core/base/names.hpp"

#include <tiketi/payment/change.hpp>
#include <tiketi/payment/ledger.hpp>
#include <tiketi/payment/payment.hpp>
#include <tiketi/payment/refund.hpp>

#include <algorithm>
#include <array>

namespace tiketi {

namespace {

using base::name_in;

constexpr std::array<std::string_view, 6> methods{"card", "point", "mixed", "naver_pay", "kakao_pay", "bank_transfer"};
constexpr std::array<std::string_view, 7> payment_statuses{"pending",   "processing", "completed",         "failed",
                                                           "cancelled", "refunded",   "partially_refunded"};
constexpr std::array<std::string_view, 4> refund_reasons{"customer", "admin", "event_cancelled", "late"};
constexpr std::array<std::string_view, 2> refund_statuses{"pending", "completed"};
constexpr std::array<std::string_view, 6> accounts{"user_points", "points_set_aside",  "provider_clearing",
                                                   "revenue",     "cancellation_fees", "refunds_payable"};
constexpr std::array<std::string_view, 7> journal_kinds{
    "points_set_aside", "points_released", "sale", "points_charged", "late_money", "refund_booked", "refund_paid"};
constexpr std::array<std::string_view, 5> topics{"", "payment.completed", "payment.failed", "payment.refunded",
                                                 "points.charged"};
constexpr std::array<std::string_view, 3> history_types{"CHARGE", "USE", "REFUND"};

}  // namespace

std::string_view name(PaymentMethod method) noexcept { return name_in(methods, method); }
std::string_view name(PaymentStatus status) noexcept { return name_in(payment_statuses, status); }
std::string_view name(RefundReason reason) noexcept { return name_in(refund_reasons, reason); }
std::string_view name(RefundStatus status) noexcept { return name_in(refund_statuses, status); }
std::string_view name(AccountKind kind) noexcept { return name_in(accounts, kind); }
std::string_view name(JournalKind kind) noexcept { return name_in(journal_kinds, kind); }
std::string_view name(PointHistoryType type) noexcept { return name_in(history_types, type); }
std::string_view topic(PaymentNews news) noexcept { return name_in(topics, news); }

std::optional<PaymentMethod> parse_payment_method(std::string_view name) noexcept {
  const auto at = std::find(methods.begin(), methods.end(), name);
  if (at == methods.end()) return std::nullopt;
  return static_cast<PaymentMethod>(at - methods.begin());
}

PointHistoryType type_of(const PointHistoryLine& line) noexcept {
  // Points that a refunded charge takes back are negative: they count as used.
  if (line.amount_minor < 0) return PointHistoryType::use;
  return line.kind == JournalKind::points_charged ? PointHistoryType::charge : PointHistoryType::refund;
}

std::string order_id_of(PaymentId id) {
  std::string out = "tk_";
  for (const char c : id.text())
    if (c != '-') out += c;
  return out;
}

}  // namespace tiketi
