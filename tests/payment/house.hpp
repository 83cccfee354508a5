#pragma once
// An event with a box office, a cashier and a payment provider, in memory, for the tests of this column.

#include "cashier_reservations.hpp"
#include "support/fake_provider.hpp"
#include "support/fakes.hpp"
#include "support/results.hpp"

#include <tiketi/adapters/local.hpp>
#include <tiketi/adapters/memory.hpp>
#include <tiketi/box_office/box_office.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/payment/cashier.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiketi::test {

/// A payment store that fails, or lets others in between, at the moment it is told to.
class InterruptedPaymentStore final : public PaymentStore {
 public:
  explicit InterruptedPaymentStore(PaymentStore& store) : store_(store) {}

  /// Before each commit; an error is answered instead of it.
  std::function<std::optional<Error>()> before_commit;
  /// After each commit; an error is answered though it was applied.
  std::function<std::optional<Error>()> after_commit;
  int commits = 0;
  int asks = 0;

  Result<std::vector<PaymentOutcome>> commit(std::span<const PaymentChange> changes) override {
    ++commits;
    if (before_commit)
      if (auto error = before_commit()) return *error;
    auto outcomes = store_.commit(changes);
    if (after_commit)
      if (auto error = after_commit()) return *error;
    return outcomes;
  }
  Result<PaymentAnswer> ask(const PaymentQuestion& question) override {
    ++asks;
    return store_.ask(question);
  }
  Result<std::vector<Payment>> payments_of(UserId user, PaymentId before, std::size_t limit) override {
    return store_.payments_of(user, before, limit);
  }
  Result<std::vector<Payment>> scan(PaymentId after, std::size_t limit) override { return store_.scan(after, limit); }
  Result<std::vector<std::vector<Refund>>> refunds_of(std::span<const PaymentId> payments) override {
    return store_.refunds_of(payments);
  }
  Result<std::vector<Payment>> due_payments(Timestamp now, std::size_t limit) override {
    return store_.due_payments(now, limit);
  }
  Result<std::vector<Payment>> overdue_orders(Timestamp now, std::size_t limit) override {
    return store_.overdue_orders(now, limit);
  }
  Result<std::vector<Refund>> due_refunds(Timestamp now, std::size_t limit) override {
    return store_.due_refunds(now, limit);
  }
  Result<std::vector<std::int64_t>> points(std::span<const UserId> users) override { return store_.points(users); }
  Result<PointHistoryPage> point_history(UserId user, std::int64_t offset, std::size_t limit) override {
    return store_.point_history(user, offset, limit);
  }
  Result<std::vector<AccountBalance>> balances() override { return store_.balances(); }
  Result<std::vector<PaymentTotals>> totals() override { return store_.totals(); }
  Result<void> put(const EventCancellation& cancellation) override {
    if (before_put)
      if (auto error = before_put()) return *error;
    return store_.put(cancellation);
  }
  Result<std::optional<EventCancellation>> event_cancellation(EventId event) override {
    return store_.event_cancellation(event);
  }
  Result<std::vector<EventCancellation>> unfinished_event_cancellations(std::size_t limit) override {
    return store_.unfinished_event_cancellations(limit);
  }
  Result<std::size_t> prune_keys(Timestamp before, std::size_t limit) override {
    return store_.prune_keys(before, limit);
  }
  Result<std::vector<Finding>> verify() override { return store_.verify(); }

  std::function<std::optional<Error>()> before_put;

 private:
  PaymentStore& store_;
};

/// A concert in thirty days, on sale now: 2,000 places at 50,000 won, 10 at nothing. Whatever a test did, at its end
/// the books are sound, the provider holds what they say, and nobody has a place without money or the reverse.
struct House {
  House() {
    NewEvent wanted;
    wanted.event.title = "흠뻑쇼";
    wanted.event.sale_start = clock.now().plus_ms(-hour_ms);
    wanted.event.sale_end = clock.now().plus_ms(29 * day_ms);
    wanted.event.event_date = clock.now().plus_ms(30 * day_ms);
    TicketType standing;
    standing.name = "Standing";
    standing.price = {50'000, krw};
    standing.total_quantity = 2'000;
    TicketType free = standing;
    free.name = "Guests";
    free.price = {0, krw};
    free.total_quantity = 10;
    wanted.ticket_types = {standing, free};
    event = catalog.create({wanted}).front().value();
    for (const TicketStock& stock : office.places(event.id).value().stock)
      (stock.price_minor > 0 ? ticket : guest_ticket) = stock.id;
  }
  ~House() { check(); }

  void check();

  ReservationId hold(UserId user, std::int64_t quantity = 1) {
    return office.reserve({event.id, user, {}, {{ticket, quantity}}, {}}).value().reservation.id;
  }
  ReservationId hold() { return hold(customer); }
  Pay by_card(ReservationId id) const { return {customer, id, PaymentMethod::card, 0, {}, {}, {}}; }
  Pay by_points(ReservationId id) const { return {customer, id, PaymentMethod::point, 0, {}, {}, {}}; }
  Pay mixed(ReservationId id, std::int64_t points) const {
    return {customer, id, PaymentMethod::mixed, points, {}, {}, {}};
  }
  /// An order for that reservation, authenticated at the provider's page: what the customer comes back with.
  ConfirmOrder order(ReservationId id, PaymentMethod method = PaymentMethod::card, std::int64_t points = 0) {
    const Payment made = cashier().prepare({customer, id, method, points, 50'000, {}}).value().payment;
    return {provider.authenticate(made.order_id), made.order_id, made.card_minor(), {}, {}};
  }
  Payment charge_points(UserId user, std::int64_t amount) {
    const Payment made = cashier().prepare({user, {}, PaymentMethod::card, 0, amount, {}}).value().payment;
    return cashier().confirm({provider.authenticate(made.order_id), made.order_id, amount, {}, {}}).value().payment;
  }

  ReservationStatus status(ReservationId id) { return office.reservation(id).value().status; }
  Payment stored(PaymentId id) { return cashier().payment(id).value(); }
  Payment payment_for(ReservationId id) { return cashier().payments_for({&id, 1}).value().front().value(); }
  std::vector<Refund> refunds(PaymentId id) { return cashier().refunds_of({&id, 1}).value().front(); }
  std::int64_t points(UserId user) { return cashier().points(user).value(); }
  std::int64_t balance(AccountKind kind) {
    for (const AccountBalance& each : cashier().balances().value())
      if (each.account.kind == kind) return each.balance_minor;
    return 0;
  }
  std::int64_t sold() {
    for (const TicketStock& stock : office.places(event.id).value().stock)
      if (stock.id == ticket) return stock.sold;
    return -1;
  }

  /// Answers the fate of the next charge (or `call`); all later ones pass.
  void next(ProviderFate fate, std::string_view call = "charge") {
    provider.fate = [this, fate, call](std::string_view asked) {
      if (asked != call) return ProviderFate::pass;
      const ProviderFate now = fate;
      provider.fate = {};
      return now;
    };
  }
  void always(ProviderFate fate, std::string_view call = "charge") {
    provider.fate = [fate, call](std::string_view asked) { return asked == call ? fate : ProviderFate::pass; };
  }

  /// A process of its own, as after a crash.
  Cashier& cashier() { return *cashiers.front(); }
  Cashier& restart() {
    cashiers.front() = std::make_unique<Cashier>(store, reservations, provider, clock, ids, policy);
    return cashier();
  }
  /// The recovery's turns until nothing is left to do.
  void recover_all() {
    provider.fate = {};
    for (int i = 0; i < 20; ++i) {
      clock.advance(policy.recovery_after_ms);
      cashier().recover().value();
    }
  }

  FakeClock clock;
  CountingIds ids{clock};
  std::unique_ptr<Stores> stores = memory::make_stores();
  std::unique_ptr<EventDirectory> directory = local::make_event_directory(stores->catalog());
  std::unique_ptr<Inventory> inventory = local::make_inventory(stores->box_office(), ids);
  Catalog catalog{stores->catalog(), *inventory, clock, ids};
  BoxOffice office{stores->box_office(), *directory, clock, ids};
  InterruptedPaymentStore store{stores->payments()};
  CashierReservations reservations{office, stores->box_office(), *directory, stores->catalog(), clock};
  FakeProvider provider{clock};
  CashierPolicy policy = one_by_one();
  std::vector<std::unique_ptr<Cashier>> cashiers = make_cashier();
  UserId customer = ids.next<UserId>();
  UserId other = ids.next<UserId>();
  Event event;
  TicketTypeId ticket;
  TicketTypeId guest_ticket;

 private:
  /// What happens at the provider is told to tests, which are not made for several threads.
  static CashierPolicy one_by_one() {
    CashierPolicy policy;
    policy.provider_calls_at_once = 1;
    return policy;
  }
  std::vector<std::unique_ptr<Cashier>> make_cashier() {
    std::vector<std::unique_ptr<Cashier>> out;
    out.push_back(std::make_unique<Cashier>(store, reservations, provider, clock, ids, policy));
    return out;
  }
};

}  // namespace tiketi::test
