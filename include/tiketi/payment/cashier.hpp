#pragma once
// Service: takes the customers' money and gives it back. No money is kept for a place not given, no place is given
// without money, whatever crashes when.

#include <tiketi/base/result.hpp>
#include <tiketi/payment/payment.hpp>
#include <tiketi/payment/policy.hpp>
#include <tiketi/payment/provider.hpp>
#include <tiketi/payment/refund.hpp>
#include <tiketi/payment/reservations.hpp>
#include <tiketi/payment/store.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/ids.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tiketi {

/// A payment that is being made: what to ask the provider, and then to finish with.
struct BegunPayment {
  Payment payment;
  bool replayed = false;  ///< the key, or this very order, was used before: `payment` is what became of it
  std::string test_code;
  ReservationBill bill;  ///< as it was when the payment began; empty for points
};

/// A begun payment with the provider's answer; nothing if the provider need not be asked (points only, or replayed).
struct AskedPayment {
  BegunPayment begun;
  std::optional<Result<ProviderPayment>> answer;
};

/// What a payment came to.
struct PaidPayment {
  Payment payment;
  bool replayed = false;
};

struct PreparedOrder {
  Payment payment;
  std::string payment_url;
  bool replayed = false;
};

struct CancelledReservation {
  std::optional<Refund> refund;  ///< nothing if nothing had been paid
};

/// Synchronous and thread-safe. What is answered with success is durable.
///
/// A payment takes three steps, so that a host can run each where it belongs: `begin` or `begin_order` (batches at the
/// store), `ask` (the provider, which may be slow: no transaction, connection or lock is held meanwhile), `finish`
/// (batches at the store). If a step is never run, because we crashed or the provider did not answer, `recover` drives
/// the payment on. `pay` and `confirm` run all three.
///
/// Besides what each function tells, each can return unavailable, and commands storage_full, version_conflict and
/// outcome_unknown (ask again with the same idempotency key).
class Cashier {
 public:
  /// All of them must outlive the cashier.
  Cashier(PaymentStore& store, Reservations& reservations, Provider& provider, Clock& clock, Ids& ids,
          CashierPolicy policy = {});
  ~Cashier();
  Cashier(const Cashier&) = delete;
  Cashier& operator=(const Cashier&) = delete;

  // Paying.

  /// Keeps the hold, sets the points aside, and stores that the provider will be asked. invalid_argument,
  /// idempotency_misuse, reservation_not_found (also somebody else's), event_cancelled, event_closed, amount_mismatch,
  /// hold_expired, reservation_cancelled, payment_in_progress, payment_completed, points_short, not_supported (the
  /// provider charges only from its page).
  std::vector<Result<BegunPayment>> begin(std::span<const Pay> commands);

  /// The same for an order that the customer has authenticated at the provider's page. Also payment_not_found,
  /// payment_over. A second call for an order that is being paid, or was, is a replay, with whatever key.
  std::vector<Result<BegunPayment>> begin_order(std::span<const ConfirmOrder> commands);

  /// Asks the provider: for more than it takes in one call, several calls go out at once, on threads that end with
  /// this. Never fails as a whole: the answers are part of the result. What was begun more than half of
  /// `CashierPolicy::recovery_after_ms` ago when its turn comes is not asked any more (provider_unavailable).
  std::vector<AskedPayment> ask(std::vector<BegunPayment> begun);

  /// Books the answers: confirms the reservation, or lets it be, or sends the money back. payment_refused,
  /// payment_over, provider_unavailable (nothing was taken, the hold goes on), money_returned (details: reason),
  /// payment_in_progress (the outcome is not known yet; the recovery goes on asking). Who paid by points alone is told
  /// why the reservation could not be confirmed: hold_expired, event_cancelled and so on.
  std::vector<Result<PaidPayment>> finish(std::span<const AskedPayment> asked);

  Result<PaidPayment> pay(const Pay& command);               ///< the errors of begin and finish
  Result<PaidPayment> confirm(const ConfirmOrder& command);  ///< the errors of begin_order and finish

  /// Makes an order for the provider's page; the hold is kept for a while. The errors of begin, but points are only
  /// taken, and found short, when the order is confirmed.
  Result<PreparedOrder> prepare(const Prepare& command);

  /// The customer gave up at the provider's page, or it failed there. Repeating it changes nothing. payment_not_found,
  /// payment_in_progress, payment_completed.
  Result<Payment> give_up(const std::string& order_id, const std::string& failure_code,
                          std::optional<UserId> owner = {});

  /// The provider told us of a change (a webhook): what it says is not believed but asked for. Does what `confirm` or
  /// `recover` would do. payment_not_found (not ours). After any other error call it again, or leave it to `recover`.
  Result<Payment> look_again(const std::string& order_id);

  // Giving back.

  /// Cancels a reservation, paid or not: gives the places back, and refunds what was paid by the policy.
  /// reservation_not_found, hold_expired, refund_not_allowed, payment_in_progress.
  std::vector<Result<CancelledReservation>> cancel_reservation(std::span<const ReservationId> ids, RefundReason reason,
                                                               std::optional<UserId> owner, const std::string& note);
  Result<CancelledReservation> cancel_reservation(ReservationId id, RefundReason reason = RefundReason::customer,
                                                  std::optional<UserId> owner = {}, const std::string& note = {});

  /// All that is left, which gives the places back too; or an admin a part, and the places stay sold. Points that were
  /// charged go back as far as they are unspent. Repeated with its idempotency key it answers the first refund, as it
  /// is now. invalid_argument, idempotency_misuse, payment_not_found, payment_over (never completed), not_permitted,
  /// refund_not_allowed, refund_exceeds, refund_in_progress, points_short.
  Result<Refund> refund(const RefundPayment& command);

  /// Cancels and refunds every reservation of an event, without a fee. The event must have been cancelled in the
  /// catalogue before. Resumable: what a crash left is gone on with by `recover`, or by calling it again. Returns how
  /// far it got; at once if this process is at it already.
  Result<EventCancellation> cancel_event(EventId event);

  /// Leaves all of that to `recover`. Changes nothing if it has begun.
  Result<void> cancel_event_later(EventId event);

  // Chores; several processes may do them at once.

  /// Drives on what was left unfinished: payments whose outcome is not known, refunds, event cancellations; gives up
  /// orders whose time is over. At most `limit` of each, and of each event a page of at most `limit` reservations;
  /// returns how many payments, refunds, orders and reservations were brought to an end (an event without any counts as
  /// one). Nothing means that there is nothing left for now.
  Result<std::size_t> recover(std::size_t limit = 1'000);

  /// Forgets idempotency keys older than the policy keeps them; returns how many.
  Result<std::size_t> prune(std::size_t limit = 10'000);

  // Reads.

  Result<Payment> payment(PaymentId id, std::optional<UserId> owner = {});  ///< payment_not_found
  Result<Payment> payment_of_order(const std::string& order_id, std::optional<UserId> owner = {});
  Result<std::vector<std::optional<Payment>>> payments_for(std::span<const ReservationId> reservations);
  Result<std::vector<Payment>> payments_of(UserId user, PaymentId before = {}, std::size_t limit = 100);
  Result<std::vector<std::vector<Refund>>> refunds_of(std::span<const PaymentId> payments);
  Result<std::int64_t> points(UserId user);
  /// Pages count from 1; limit 1 to 1000. invalid_argument.
  Result<PointHistoryPage> point_history(UserId user, std::int32_t page, std::int32_t limit);
  Result<std::vector<AccountBalance>> balances();
  Result<std::vector<PaymentTotals>> totals();
  /// What a customer who cancelled now would get back, and the fee.
  Result<Refund> quote(ReservationId reservation, std::optional<UserId> owner = {});

  const CashierPolicy& policy() const noexcept;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace tiketi
