#pragma once
// What the parts of the cashier work with, and share.

#include <tiketi/payment/cashier.hpp>
#include <tiketi/payment/rules.hpp>

#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <span>
#include <vector>

namespace tiketi::payment {

/// How often a batch is decided anew before it is given up: each round is only for commands that somebody else got in
/// the way of.
inline constexpr int max_rounds = 8;

struct Desk {
  PaymentStore& store;
  Reservations& reservations;
  Provider& provider;
  Clock& clock;
  Ids& ids;
  CashierPolicy policy;

  std::mutex mutex = {};
  std::set<EventId> being_cancelled = {};  ///< by a thread of this process, which the others leave it to
};

/// Commits, and commits again what may or may not have been applied: the store tells which of the new payments it has.
/// Of others it tells no more than version_conflict then, and who needs to know reads them again.
Result<std::vector<PaymentOutcome>> commit(Desk& desk, std::span<const PaymentChange> changes);

/// Ids for so many steps.
std::vector<StepIds> next_ids(Desk& desk, std::size_t count);

Result<std::vector<std::optional<Payment>>> read_payments(Desk& desk, std::vector<PaymentId> ids);
Result<std::optional<Payment>> read_order(Desk& desk, const std::string& order_id);

/// Does `total` requests in chunks of what the provider takes in one call; several of them at once, so that a provider
/// that takes its time for each does not make everybody wait for all others. A single chunk is done on this thread.
using ChunkWork = std::function<void(std::size_t first, std::size_t count)>;
void for_each_chunk(Desk& desk, std::size_t total, const ChunkWork& work);

/// How long the hold is to last for a payment that is looked at again after `next_look_ms`: beyond that look, which has
/// to find out what became of it.
std::int64_t hold_while_open(const CashierPolicy& policy, std::int64_t next_look_ms);

/// What a payment that is there has come to, as the customer is told. payment_in_progress, payment_refused,
/// payment_over, money_returned and what else it failed for.
Result<PaidPayment> came_to(const Payment& payment);

/// True after refusals that tell nothing about the reservation: the call may be tried again.
bool is_passing(const Error& error);

/// True if the provider said so of the payment, and not just that it was not reached.
bool is_decided(const Error& error);

/// The provider's code in an error, or the error's own name.
std::string code_of(const Error& error);

Error payment_not_found();
Error in_progress(const Payment& payment, std::string_view cause = {});
Error money_returned(const Payment& payment);
Error others_quicker();
Error key_misused();

// Making payments.
std::vector<Result<BegunPayment>> begin_payments(Desk& desk, std::span<const Pay> commands);
std::vector<Result<BegunPayment>> begin_orders(Desk& desk, std::span<const ConfirmOrder> commands);
Result<PreparedOrder> prepare_order(Desk& desk, const Prepare& command);
std::vector<AskedPayment> ask_provider(Desk& desk, std::vector<BegunPayment> begun);
std::vector<Result<PaidPayment>> finish_payments(Desk& desk, std::span<const AskedPayment> asked);
Result<Payment> give_up_order(Desk& desk, const std::string& order_id, const std::string& code,
                              std::optional<UserId> owner);

// Giving back.

/// A refund that is booked, and its payment as it was then.
struct BookedRefund {
  Payment payment;
  Refund refund;
};

/// Gives the places back, has the provider return the money, and stores what came of it. Returns the refunds as they
/// are then: those that could not be done are pending, and tried again by the recovery.
std::vector<Refund> drive_refunds(Desk& desk, std::vector<BookedRefund> booked);

struct WantedRefund {
  RefundPayment command;
  std::optional<Timestamp> event_date;
};
/// Books refunds and drives them.
std::vector<Result<Refund>> refund_payments(Desk& desk, std::span<const WantedRefund> wanted);

struct CancelReservations {
  std::span<const ReservationId> ids;
  RefundReason reason = RefundReason::customer;
  std::optional<UserId> owner;
  std::string note;
};
struct CancelledReservations {
  std::vector<Result<CancelledReservation>> answers;
  std::int64_t by_this_call = 0;  ///< the others had been cancelled before
};
CancelledReservations cancel_reservations(Desk& desk, const CancelReservations& command);
Result<Refund> quote_refund(Desk& desk, ReservationId id, std::optional<UserId> owner);
Result<EventCancellation> cancel_event(Desk& desk, EventId event);
Result<void> cancel_event_later(Desk& desk, EventId event);
/// One page of at most so many reservations. Nothing if another thread is at it.
Result<std::optional<EventCancellation>> go_on_cancelling(Desk& desk, EventCancellation cancellation,
                                                          std::size_t page_size);

// After crashes.
Result<std::size_t> recover(Desk& desk, std::size_t limit);
Result<Payment> look_again(Desk& desk, const std::string& order_id);

}  // namespace tiketi::payment
