#include "store/payment_fixture.hpp"

#include <stdexcept>
#include <utility>

namespace tiketi::test {

namespace {

Payment new_payment(Ids& ids, Timestamp now, UserId user, std::int64_t amount_minor) {
  Payment out;
  out.id = ids.next<PaymentId>();
  out.order_id = order_id_of(out.id);
  out.user_id = user;
  out.amount = {amount_minor, krw};
  out.provider = "sandbox";
  out.created_at = now;
  out.updated_at = now;
  return out;
}

PaymentChange following(const Payment& current, Timestamp now) {
  PaymentChange change;
  change.expected_version = current.version;
  change.after = current;
  change.after.version = current.version + 1;
  change.after.updated_at = now;
  return change;
}

void book(PaymentChange& change, JournalKind kind, Ids& ids, std::vector<Posting> postings) {
  std::erase_if(postings, [](const Posting& each) { return each.amount_minor == 0; });
  if (postings.empty()) return;
  const RefundId refund = change.refund ? change.refund->after.id : RefundId{};
  change.entries.push_back(
      {ids.next<JournalEntryId>(), kind, change.after.id, refund, change.after.updated_at, std::move(postings)});
}

}  // namespace

PaymentChange make_begun(Ids& ids, Timestamp now, UserId user, ReservationId reservation, std::int64_t amount_minor,
                         std::int64_t points_minor) {
  PaymentChange change;
  change.after = new_payment(ids, now, user, amount_minor);
  Payment& after = change.after;
  after.reservation_id = reservation;
  after.points_minor = points_minor;
  after.method = points_minor == 0              ? PaymentMethod::card
                 : points_minor == amount_minor ? PaymentMethod::point
                                                : PaymentMethod::mixed;
  after.status = PaymentStatus::processing;
  after.next_attempt_at = now.plus_ms(minute_ms);
  book(change, JournalKind::points_set_aside, ids,
       {{points_of(user), -points_minor}, {house(AccountKind::points_set_aside), points_minor}});
  return change;
}

PaymentChange make_order(Ids& ids, Timestamp now, UserId user, ReservationId reservation, std::int64_t amount_minor) {
  PaymentChange change;
  change.after = new_payment(ids, now, user, amount_minor);
  change.after.reservation_id = reservation;
  change.after.expires_at = now.plus_ms(30 * minute_ms);
  return change;
}

PaymentChange make_points(Ids& ids, Timestamp now, UserId user, std::int64_t amount_minor) {
  PaymentChange change;
  change.after = new_payment(ids, now, user, amount_minor);
  change.after.purpose = PaymentPurpose::points;
  change.after.status = PaymentStatus::completed;
  change.after.paid_at = now;
  change.news = PaymentNews::points_charged;
  book(change, JournalKind::points_charged, ids,
       {{house(AccountKind::provider_clearing), -amount_minor}, {points_of(user), amount_minor}});
  return change;
}

PaymentChange begun(const Payment& order, Timestamp now) {
  PaymentChange change = following(order, now);
  change.after.status = PaymentStatus::processing;
  change.after.payment_key = "key of " + order.order_id;
  change.after.next_attempt_at = now.plus_ms(minute_ms);
  return change;
}

PaymentChange completed(const Payment& current, Ids& ids, Timestamp now) {
  PaymentChange change = following(current, now);
  change.after.status = PaymentStatus::completed;
  change.after.paid_at = now;
  change.after.payment_key = "sbx_1";
  change.news = PaymentNews::completed;
  book(change, JournalKind::sale, ids,
       {{house(AccountKind::points_set_aside), -current.points_minor},
        {house(AccountKind::provider_clearing), -current.card_minor()},
        {house(AccountKind::revenue), current.amount.minor}});
  return change;
}

PaymentChange failed(const Payment& current, Ids& ids, Timestamp now) {
  PaymentChange change = following(current, now);
  change.after.status = PaymentStatus::failed;
  change.after.next_attempt_at = {};
  change.after.failure_code = "REJECT_CARD_PAYMENT";
  change.news = PaymentNews::failed;
  book(change, JournalKind::points_released, ids,
       {{house(AccountKind::points_set_aside), -current.points_minor},
        {points_of(current.user_id), current.points_minor}});
  return change;
}

PaymentChange given_up(const Payment& current, Timestamp now) {
  PaymentChange change = following(current, now);
  change.after.status = PaymentStatus::cancelled;
  return change;
}

PaymentChange postponed(const Payment& current, Timestamp next_attempt_at) {
  PaymentChange change = following(current, current.updated_at);
  ++change.after.attempts;
  change.after.next_attempt_at = next_attempt_at;
  return change;
}

PaymentChange refund_booked(const Payment& current, Ids& ids, Timestamp now, std::int64_t card_minor,
                            std::int64_t points_minor, std::int64_t fee_minor) {
  PaymentChange change = following(current, now);
  Payment& after = change.after;
  Refund refund;
  refund.id = ids.next<RefundId>();
  refund.payment_id = current.id;
  refund.reservation_id = current.reservation_id;
  refund.user_id = current.user_id;
  refund.amount = {card_minor + points_minor, krw};
  refund.points_minor = points_minor;
  refund.fee_minor = fee_minor;
  refund.reason = RefundReason::admin;
  refund.note = "비가 와서";
  refund.created_at = refund.updated_at = now;
  refund.next_attempt_at = now.plus_ms(minute_ms);
  after.card_refunded_minor += card_minor;
  after.points_refunded_minor += points_minor;
  after.status = after.refundable_minor() == fee_minor ? PaymentStatus::refunded : PaymentStatus::partially_refunded;
  change.refund = RefundStep{0, refund};
  change.news = PaymentNews::refunded;
  book(change, JournalKind::refund_booked, ids,
       {{house(AccountKind::revenue), -(card_minor + points_minor + fee_minor)},
        {house(AccountKind::refunds_payable), card_minor},
        {points_of(current.user_id), points_minor},
        {house(AccountKind::cancellation_fees), fee_minor}});
  return change;
}

PaymentChange refund_paid(const Payment& current, const Refund& refund, Ids& ids, Timestamp now) {
  PaymentChange change = following(current, now);
  change.refund = RefundStep{refund.version, refund};
  Refund& after = change.refund->after;
  ++after.version;
  after.status = RefundStatus::completed;
  after.updated_at = after.completed_at = now;
  after.provider_reference = "tx_1";
  book(change, JournalKind::refund_paid, ids,
       {{house(AccountKind::refunds_payable), -refund.card_minor()},
        {house(AccountKind::provider_clearing), refund.card_minor()}});
  return change;
}

void PaymentStoreTest::TearDown() {
  if (expect_clean) {
    const auto findings = payments().verify();
    ASSERT_TRUE(findings.has_value()) << findings.error().message;
    for (const Finding& each : *findings) ADD_FAILURE() << each.invariant << ": " << each.what;
  }
  StoreTest::TearDown();
}

std::vector<PaymentOutcome> PaymentStoreTest::commit(const std::vector<PaymentChange>& changes) {
  const auto outcomes = payments().commit(changes);
  if (outcomes.has_error()) throw std::runtime_error("can't commit: " + outcomes.error().message);
  if (outcomes->size() != changes.size()) throw std::runtime_error("not one outcome for each change");
  return *outcomes;
}

PaymentOutcome PaymentStoreTest::commit(const PaymentChange& change) { return commit(std::vector{change}).front(); }

Payment PaymentStoreTest::apply(const PaymentChange& change) {
  EXPECT_EQ(commit(change).kind, PaymentOutcome::Kind::applied);
  return change.after;
}

PaymentChange PaymentStoreTest::begin(std::int64_t amount_minor, std::int64_t points_minor, UserId user,
                                      ReservationId reservation) {
  return make_begun(ids, clock.now(), user.is_nil() ? ids.next<UserId>() : user,
                    reservation.is_nil() ? ids.next<ReservationId>() : reservation, amount_minor, points_minor);
}

UserId PaymentStoreTest::rich(std::int64_t points_minor) {
  const UserId user = ids.next<UserId>();
  apply(make_points(ids, clock.now(), user, points_minor));
  return user;
}

Payment PaymentStoreTest::stored(PaymentId id) {
  const auto found = payments().ask({{id}, {}, {}, {}});
  if (found.has_error() || !found->payments.front()) throw std::runtime_error("payment not stored: " + id.text());
  return *found->payments.front();
}

std::optional<Payment> PaymentStoreTest::paying(ReservationId id) {
  return payments().ask({{}, {}, {id}, {}}).value().reservations.front();
}

std::int64_t PaymentStoreTest::balance(AccountKind kind) {
  std::int64_t sum = 0;
  for (const AccountBalance& each : payments().balances().value())
    if (each.account.kind == kind) sum += each.balance_minor;
  return sum;
}

std::vector<std::string> PaymentStoreTest::topics() {
  std::vector<std::string> out;
  for (const Message& each : box_office().outbox(1'000).value()) out.push_back(each.topic);
  return out;
}

}  // namespace tiketi::test
