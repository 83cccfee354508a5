#include <tiketi/payment/cashier.hpp>

#include "core/payment/desk.hpp"

namespace tiketi {

using payment::Desk;

struct Cashier::Body {
  Desk desk;
};

Cashier::Cashier(PaymentStore& store, Reservations& reservations, Provider& provider, Clock& clock, Ids& ids,
                 CashierPolicy policy)
    : body_(new Body{{store, reservations, provider, clock, ids, std::move(policy)}}) {}

Cashier::~Cashier() = default;

std::vector<Result<BegunPayment>> Cashier::begin(std::span<const Pay> commands) {
  return payment::begin_payments(body_->desk, commands);
}

std::vector<Result<BegunPayment>> Cashier::begin_order(std::span<const ConfirmOrder> commands) {
  return payment::begin_orders(body_->desk, commands);
}

std::vector<AskedPayment> Cashier::ask(std::vector<BegunPayment> begun) {
  return payment::ask_provider(body_->desk, std::move(begun));
}

std::vector<Result<PaidPayment>> Cashier::finish(std::span<const AskedPayment> asked) {
  return payment::finish_payments(body_->desk, asked);
}

Result<PaidPayment> Cashier::pay(const Pay& command) {
  auto begun = std::move(begin({&command, 1}).front());
  if (begun.has_error()) return begun.error();
  return std::move(finish(ask({std::move(*begun)})).front());
}

Result<PaidPayment> Cashier::confirm(const ConfirmOrder& command) {
  auto begun = std::move(begin_order({&command, 1}).front());
  if (begun.has_error()) return begun.error();
  return std::move(finish(ask({std::move(*begun)})).front());
}

Result<PreparedOrder> Cashier::prepare(const Prepare& command) { return payment::prepare_order(body_->desk, command); }

Result<Payment> Cashier::give_up(const std::string& order_id, const std::string& failure_code,
                                 std::optional<UserId> owner) {
  return payment::give_up_order(body_->desk, order_id, failure_code, owner);
}

Result<Payment> Cashier::look_again(const std::string& order_id) { return payment::look_again(body_->desk, order_id); }

std::vector<Result<CancelledReservation>> Cashier::cancel_reservation(std::span<const ReservationId> ids,
                                                                      RefundReason reason, std::optional<UserId> owner,
                                                                      const std::string& note) {
  const RefundPayment like_this{PaymentId{{0, 1}}, {}, {}, reason, note};
  if (auto checked = payment::check(like_this); checked.has_error())
    return std::vector<Result<CancelledReservation>>(ids.size(), checked.error());
  return payment::cancel_reservations(body_->desk, {ids, reason, owner, note}).answers;
}

Result<CancelledReservation> Cashier::cancel_reservation(ReservationId id, RefundReason reason,
                                                         std::optional<UserId> owner, const std::string& note) {
  return std::move(cancel_reservation({&id, 1}, reason, owner, note).front());
}

Result<Refund> Cashier::refund(const RefundPayment& command) {
  if (auto checked = payment::check(command); checked.has_error()) return checked.error();
  payment::WantedRefund wanted{command, {}};
  if (command.reason == RefundReason::customer) {
    auto found = payment(command.payment_id, command.owner);
    if (found.has_error()) return found.error();
    auto bills = body_->desk.reservations.bills({&found->reservation_id, 1});
    if (bills.has_error()) return bills.error();
    if (bills->front()) wanted.event_date = bills->front()->event_date;
  }
  return std::move(payment::refund_payments(body_->desk, {&wanted, 1}).front());
}

Result<EventCancellation> Cashier::cancel_event(EventId event) { return payment::cancel_event(body_->desk, event); }

Result<void> Cashier::cancel_event_later(EventId event) { return payment::cancel_event_later(body_->desk, event); }

Result<std::size_t> Cashier::recover(std::size_t limit) { return payment::recover(body_->desk, limit); }

Result<std::size_t> Cashier::prune(std::size_t limit) {
  return body_->desk.store.prune_keys(body_->desk.clock.now().plus_ms(-policy().key_kept_ms), limit);
}

namespace {

Result<Payment> owned(std::optional<Payment> found, const std::optional<UserId>& owner) {
  if (!found || (owner && found->user_id != *owner)) return payment::payment_not_found();
  return std::move(*found);
}

Error bad_limit() { return {Errc::invalid_argument, "a limit is 1 to 1000", {{"field", "limit"}}}; }

}  // namespace

Result<Payment> Cashier::payment(PaymentId id, std::optional<UserId> owner) {
  auto found = payment::read_payments(body_->desk, {id});
  if (found.has_error()) return found.error();
  return owned(std::move(found->front()), owner);
}

Result<Payment> Cashier::payment_of_order(const std::string& order_id, std::optional<UserId> owner) {
  auto found = payment::read_order(body_->desk, order_id);
  if (found.has_error()) return found.error();
  return owned(std::move(*found), owner);
}

Result<std::vector<std::optional<Payment>>> Cashier::payments_for(std::span<const ReservationId> reservations) {
  PaymentQuestion question;
  question.reservations.assign(reservations.begin(), reservations.end());
  auto answer = body_->desk.store.ask(question);
  if (answer.has_error()) return answer.error();
  return std::move(answer->reservations);
}

Result<std::vector<Payment>> Cashier::payments_of(UserId user, PaymentId before, std::size_t limit) {
  if (limit < 1 || limit > 1000) return bad_limit();
  return body_->desk.store.payments_of(user, before, limit);
}

Result<std::vector<std::vector<Refund>>> Cashier::refunds_of(std::span<const PaymentId> payments) {
  return body_->desk.store.refunds_of(payments);
}

Result<std::int64_t> Cashier::points(UserId user) {
  auto balances = body_->desk.store.points({&user, 1});
  if (balances.has_error()) return balances.error();
  return balances->front();
}

Result<PointHistoryPage> Cashier::point_history(UserId user, std::int32_t page, std::int32_t limit) {
  if (page < 1) return Error{Errc::invalid_argument, "pages count from 1", {{"field", "page"}}};
  if (limit < 1 || limit > 1000) return bad_limit();
  return body_->desk.store.point_history(user, std::int64_t{page - 1} * limit, static_cast<std::size_t>(limit));
}

Result<std::vector<AccountBalance>> Cashier::balances() { return body_->desk.store.balances(); }

Result<std::vector<PaymentTotals>> Cashier::totals() { return body_->desk.store.totals(); }

Result<Refund> Cashier::quote(ReservationId reservation, std::optional<UserId> owner) {
  return payment::quote_refund(body_->desk, reservation, owner);
}

const CashierPolicy& Cashier::policy() const noexcept { return body_->desk.policy; }

}  // namespace tiketi
