#pragma once
// Rules: pure decisions about money. From (state, command, time, policy) to a change; no I/O, no clock.
//
// The journal entries that each step writes. Every one sums to zero; parts of 0 have no posting, and an entry without
// postings is not written. Credits are positive, debits negative.
//
//   start, claim_order       points_set_aside  user_points −points, points_set_aside +points
//   prepare, give_up,        none: nothing has moved
//   postpone
//   complete (reservation)   sale              points_set_aside −points, provider_clearing −card, revenue +amount
//   complete (points)        points_charged    provider_clearing −amount, user_points +amount
//   fail                     points_released   points_set_aside −points, user_points +points
//   send_back                points_released   as fail; only from `processing`, before that none were set aside
//                            late_money        provider_clearing −card, refunds_payable +card
//   refund (reservation)     refund_booked     revenue −(card + points + fee), refunds_payable +card,
//                                              user_points +points, cancellation_fees +fee
//   refund (points)          refund_booked     user_points −card, refunds_payable +card
//   refund_paid              refund_paid       refunds_payable −card, provider_clearing +card
//   refund_postponed         none
//
// So, of every payment, at every moment: what the provider took is revenue, points or payable back; and what a customer
// paid in points is set aside, revenue, or the customer's again.

#include <tiketi/base/result.hpp>
#include <tiketi/payment/change.hpp>
#include <tiketi/payment/policy.hpp>
#include <tiketi/payment/provider.hpp>
#include <tiketi/payment/reservations.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi::ledger {

/// The invariants of JournalEntry. invalid_argument.
Result<void> check(const JournalEntry& entry);

}  // namespace tiketi::ledger

namespace tiketi::payment {

/// New ids for what a step writes. Those that it does not need are dropped.
struct StepIds {
  PaymentId payment;
  RefundId refund;
  JournalEntryId first_entry;
  JournalEntryId second_entry;
};

/// What is known when a customer wants to pay.
struct PayFacts {
  const ReservationBill* bill = nullptr;  ///< null: there is no such reservation, or points are charged
  const Payment* claimant = nullptr;      ///< the payment that claims the reservation; null: none
  std::string_view provider;              ///< its name
  bool charges_directly = false;
};

/// What can be said of a command without looking anything up. invalid_argument, limit_exceeded; details: field.
Result<void> check(const Pay& command);
Result<void> check(const Prepare& command, const CashierPolicy& policy);
Result<void> check(const ConfirmOrder& command);
Result<void> check(const RefundPayment& command);
/// Days descend, fees ascend and are 0 to 100. invalid_argument.
Result<void> check(const CancellationPolicy& policy);

/// Equal for equal requests. Leaves out users, key and test code.
std::uint64_t fingerprint(const Pay& command) noexcept;
std::uint64_t fingerprint(const Prepare& command) noexcept;
std::uint64_t fingerprint(const ConfirmOrder& command) noexcept;
std::uint64_t fingerprint(const RefundPayment& command) noexcept;

/// A payment without the provider's page, as `processing`: reservation_not_found, hold_expired, reservation_cancelled,
/// amount_mismatch, payment_in_progress, payment_completed; invalid_argument (points that are not less than all, or not
/// for won), limit_exceeded, not_supported.
Result<PaymentChange> start(const Pay& command, const PayFacts& facts, const StepIds& ids, Timestamp now,
                            const CashierPolicy& policy);

/// An order, as `pending`. The errors of `start` but not_supported.
Result<PaymentChange> prepare(const Prepare& command, const PayFacts& facts, const StepIds& ids, Timestamp now,
                              const CashierPolicy& policy);

/// The order becomes `processing`; it must be pending. Also payment_over: its time has run out.
Result<PaymentChange> claim_order(const ConfirmOrder& command, const Payment& order, const PayFacts& facts,
                                  const StepIds& ids, Timestamp now, const CashierPolicy& policy);

/// What the provider's view of a payment means for ours.
enum class Verdict : std::uint8_t {
  taken,  ///< all of the card part is ours
  over,   ///< nothing of it is ours, and nothing will be
  open,   ///< ask again later
};
Verdict judge(const Payment& current, const ProviderPayment& found);

/// `taken` is what the provider told; null if it was not needed. From processing.
PaymentChange complete(const Payment& current, const ProviderPayment* taken, const StepIds& ids, Timestamp now);

/// Nothing was taken, the points go back. From processing.
PaymentChange fail(const Payment& current, std::string_view code, const StepIds& ids, Timestamp now);

/// The provider took the money, but there is nothing to give for it: all of it goes back, with a Refund for the reason
/// `late`. `why` is what the customer is told. From any status in which nothing was sold.
PaymentChange send_back(const Payment& current, const ProviderPayment& taken, std::string_view why, const StepIds& ids,
                        Timestamp now, const CashierPolicy& policy);

/// Nothing is known yet: when to ask again. `updated_at` stays what it is, the time at which the provider was asked
/// to take the money. From processing.
PaymentChange postpone(const Payment& current, std::string_view code, Timestamp now, const CashierPolicy& policy);

/// Pending becomes cancelled. Nothing to do (an empty result) if the payment is over; payment_in_progress,
/// payment_completed.
Result<std::optional<PaymentChange>> give_up(const Payment& current, std::string_view code, Timestamp now);

/// What is kept of `total_minor` when a customer cancels at `now`: counted in local days, rounded down.
/// refund_not_allowed (details: reason): the policy keeps all of it, or the day of the event is over.
Result<std::int64_t> fee(const CancellationPolicy& policy, std::int64_t total_minor, Timestamp event_date,
                         Timestamp now);

/// What is known when money is to go back.
struct RefundFacts {
  std::optional<Timestamp> event_date;  ///< of the reservation; needed for the reason `customer`
  std::int64_t points_balance = 0;      ///< of the user; needed if points were charged
  bool refund_pending = false;          ///< another refund of the payment is not done yet
};

/// Books a refund: the card part first, then points. payment_in_progress, payment_over (never completed),
/// not_permitted (a part, for another reason than `admin`), refund_not_allowed (details: reason), refund_exceeds
/// (details: left), refund_in_progress, points_short (details: balance).
Result<PaymentChange> refund(const RefundPayment& command, const Payment& current, const RefundFacts& facts,
                             const StepIds& ids, Timestamp now, const CashierPolicy& policy);

/// The refund is done; `given_back` is what the provider told, null if it was not needed.
PaymentChange refund_paid(const Payment& current, const Refund& refund, const ProviderPayment* given_back,
                          const StepIds& ids, Timestamp now);

/// The refund could not be done: when to try again. The pause is as long as it has been pending, so it doubles.
PaymentChange refund_postponed(const Payment& current, const Refund& refund, std::string_view code, Timestamp now,
                               const CashierPolicy& policy);

}  // namespace tiketi::payment
