#include "adapters/sql/payment_rows.hpp"

#include "adapters/sql/batch.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tiketi::sql {

namespace {

using Type = Field::Type;

using Payments = std::span<const Payment* const>;
using Refunds = std::span<const Refund* const>;

std::vector<Field> joined(std::vector<Field> first, const std::vector<Field>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::vector<Column> joined(std::vector<Column> first, std::vector<Column> second) {
  for (Column& each : second) first.push_back(std::move(each));
  return first;
}

std::string_view text(const std::string& value) { return value; }

template <class Enum>
std::int64_t number(Enum value) {
  return static_cast<std::int64_t>(value);
}

/// What of a payment may change, behind its id.
std::vector<Field> changing_payment_fields() {
  return {{"method"},
          {"amount_minor"},
          {"points_minor"},
          {"card_refunded_minor"},
          {"points_refunded_minor"},
          {"status"},
          {"provider", Type::text},
          {"payment_key", Type::text},
          {"failure_code", Type::text},
          {"updated_at"},
          {"paid_at"},
          {"expires_at"},
          {"next_attempt_at"},
          {"attempts"},
          {"version"}};
}

std::vector<Column> changing_payment_values(Payments payments) {
  return {column(payments, [](const Payment& each) { return number(each.method); }),
          column(payments, [](const Payment& each) { return each.amount.minor; }),
          column(payments, [](const Payment& each) { return each.points_minor; }),
          column(payments, [](const Payment& each) { return each.card_refunded_minor; }),
          column(payments, [](const Payment& each) { return each.points_refunded_minor; }),
          column(payments, [](const Payment& each) { return number(each.status); }),
          column(payments, [](const Payment& each) { return text(each.provider); }),
          column(payments, [](const Payment& each) { return text(each.payment_key); }),
          column(payments, [](const Payment& each) { return text(each.failure_code); }),
          column(payments, [](const Payment& each) { return each.updated_at.ms; }),
          column(payments, [](const Payment& each) { return each.paid_at.ms; }),
          column(payments, [](const Payment& each) { return each.expires_at.ms; }),
          column(payments, [](const Payment& each) { return each.next_attempt_at.ms; }),
          column(payments, [](const Payment& each) { return each.attempts; }),
          column(payments, [](const Payment& each) { return each.version; })};
}

/// What of a refund may change, behind its id.
std::vector<Field> changing_refund_fields() {
  return {{"status"},
          {"failure_code", Type::text},
          {"provider_reference", Type::text},
          {"updated_at"},
          {"completed_at"},
          {"next_attempt_at"},
          {"attempts"},
          {"version"}};
}

std::vector<Column> changing_refund_values(Refunds refunds) {
  return {column(refunds, [](const Refund& each) { return number(each.status); }),
          column(refunds, [](const Refund& each) { return text(each.failure_code); }),
          column(refunds, [](const Refund& each) { return text(each.provider_reference); }),
          column(refunds, [](const Refund& each) { return each.updated_at.ms; }),
          column(refunds, [](const Refund& each) { return each.completed_at.ms; }),
          column(refunds, [](const Refund& each) { return each.next_attempt_at.ms; }),
          column(refunds, [](const Refund& each) { return each.attempts; }),
          column(refunds, [](const Refund& each) { return each.version; })};
}

std::vector<Column> account_values(std::span<const BookedAccount* const> accounts, bool of_users) {
  Column name = of_users ? column(accounts, [](const BookedAccount& each) { return each.account->user_id.uuid; })
                         : column(accounts, [](const BookedAccount& each) { return number(each.account->kind); });
  return {std::move(name), column(accounts, [](const BookedAccount& each) { return each.account->currency.text(); }),
          column(accounts, [](const BookedAccount& each) { return each.balance_minor; }),
          column(accounts, [](const BookedAccount& each) { return each.postings; })};
}

}  // namespace

Currency currency_of(std::string_view stored) { return Currency::parse(stored).value_or(Currency{}); }

Payment payment_of(const Row& row) {
  Payment out;
  out.id = PaymentId{row.uuid(0)};
  out.order_id = row.text(1);
  out.purpose = static_cast<PaymentPurpose>(row.integer(2));
  out.reservation_id = ReservationId{row.uuid(3)};
  out.user_id = UserId{row.uuid(4)};
  out.method = static_cast<PaymentMethod>(row.integer(5));
  out.amount = {row.integer(6), currency_of(row.text(7))};
  out.points_minor = row.integer(8);
  out.card_refunded_minor = row.integer(9);
  out.points_refunded_minor = row.integer(10);
  out.status = static_cast<PaymentStatus>(row.integer(11));
  out.provider = row.text(12);
  out.payment_key = row.text(13);
  out.failure_code = row.text(14);
  out.created_at = {row.integer(15)};
  out.updated_at = {row.integer(16)};
  out.paid_at = {row.integer(17)};
  out.expires_at = {row.integer(18)};
  out.next_attempt_at = {row.integer(19)};
  out.attempts = static_cast<std::int32_t>(row.integer(20));
  out.version = row.integer(21);
  return out;
}

Refund refund_of(const Row& row) {
  Refund out;
  out.id = RefundId{row.uuid(0)};
  out.payment_id = PaymentId{row.uuid(1)};
  out.reservation_id = ReservationId{row.uuid(2)};
  out.user_id = UserId{row.uuid(3)};
  out.amount = {row.integer(4), currency_of(row.text(5))};
  out.points_minor = row.integer(6);
  out.fee_minor = row.integer(7);
  out.reason = static_cast<RefundReason>(row.integer(8));
  out.note = row.text(9);
  out.cancels_reservation = row.integer(10) != 0;
  out.status = static_cast<RefundStatus>(row.integer(11));
  out.failure_code = row.text(12);
  out.provider_reference = row.text(13);
  out.created_at = {row.integer(14)};
  out.updated_at = {row.integer(15)};
  out.completed_at = {row.integer(16)};
  out.next_attempt_at = {row.integer(17)};
  out.attempts = static_cast<std::int32_t>(row.integer(18));
  out.version = row.integer(19);
  return out;
}

Step insert_payments(Payments payments) {
  static const Statement statement = bulk_insert("payments", joined({{"id", Type::uuid},
                                                                     {"order_id", Type::text},
                                                                     {"purpose"},
                                                                     {"reservation_id", Type::uuid},
                                                                     {"user_id", Type::uuid},
                                                                     {"currency", Type::text},
                                                                     {"created_at"}},
                                                                    changing_payment_fields()));
  return {&statement,
          joined({column(payments, [](const Payment& each) { return each.id.uuid; }),
                  column(payments, [](const Payment& each) { return text(each.order_id); }),
                  column(payments, [](const Payment& each) { return number(each.purpose); }),
                  column(payments, [](const Payment& each) { return each.reservation_id.uuid; }),
                  column(payments, [](const Payment& each) { return each.user_id.uuid; }),
                  column(payments, [](const Payment& each) { return each.amount.currency.text(); }),
                  column(payments, [](const Payment& each) { return each.created_at.ms; })},
                 changing_payment_values(payments)),
          {}};
}

Step update_payments(Payments payments) {
  static const Statement statement = bulk_update("payments", {{"id", Type::uuid}}, changing_payment_fields());
  return {
      &statement,
      joined({column(payments, [](const Payment& each) { return each.id.uuid; })}, changing_payment_values(payments)),
      {}};
}

Step insert_refunds(Refunds refunds) {
  static const Statement statement = bulk_insert("refunds", joined({{"id", Type::uuid},
                                                                    {"payment_id", Type::uuid},
                                                                    {"reservation_id", Type::uuid},
                                                                    {"user_id", Type::uuid},
                                                                    {"amount_minor"},
                                                                    {"currency", Type::text},
                                                                    {"points_minor"},
                                                                    {"fee_minor"},
                                                                    {"reason"},
                                                                    {"note", Type::text},
                                                                    {"cancels_reservation"},
                                                                    {"created_at"}},
                                                                   changing_refund_fields()));
  return {&statement,
          joined({column(refunds, [](const Refund& each) { return each.id.uuid; }),
                  column(refunds, [](const Refund& each) { return each.payment_id.uuid; }),
                  column(refunds, [](const Refund& each) { return each.reservation_id.uuid; }),
                  column(refunds, [](const Refund& each) { return each.user_id.uuid; }),
                  column(refunds, [](const Refund& each) { return each.amount.minor; }),
                  column(refunds, [](const Refund& each) { return each.amount.currency.text(); }),
                  column(refunds, [](const Refund& each) { return each.points_minor; }),
                  column(refunds, [](const Refund& each) { return each.fee_minor; }),
                  column(refunds, [](const Refund& each) { return number(each.reason); }),
                  column(refunds, [](const Refund& each) { return text(each.note); }),
                  column(refunds, [](const Refund& each) { return each.cancels_reservation; }),
                  column(refunds, [](const Refund& each) { return each.created_at.ms; })},
                 changing_refund_values(refunds)),
          {}};
}

Step update_refunds(Refunds refunds) {
  static const Statement statement = bulk_update("refunds", {{"id", Type::uuid}}, changing_refund_fields());
  return {&statement,
          joined({column(refunds, [](const Refund& each) { return each.id.uuid; })}, changing_refund_values(refunds)),
          {}};
}

Step insert_entries(std::span<const JournalEntry* const> entries) {
  static const Statement statement = bulk_insert(
      "journal_entries", {{"id", Type::uuid}, {"kind"}, {"payment_id", Type::uuid}, {"refund_id", Type::uuid}, {"at"}});
  return {&statement,
          {column(entries, [](const JournalEntry& each) { return each.id.uuid; }),
           column(entries, [](const JournalEntry& each) { return number(each.kind); }),
           column(entries, [](const JournalEntry& each) { return each.payment_id.uuid; }),
           column(entries, [](const JournalEntry& each) { return each.refund_id.uuid; }),
           column(entries, [](const JournalEntry& each) { return each.at.ms; })},
          {}};
}

Step insert_postings(std::span<const BookedPosting* const> postings) {
  static const Statement statement = bulk_insert("journal_postings", {{"entry_id", Type::uuid},
                                                                      {"line_number"},
                                                                      {"account_kind"},
                                                                      {"currency", Type::text},
                                                                      {"user_id", Type::uuid},
                                                                      {"amount_minor"},
                                                                      {"balance_after_minor"},
                                                                      {"number"}});
  return {&statement,
          {column(postings, [](const BookedPosting& each) { return each.entry->id.uuid; }),
           column(postings, [](const BookedPosting& each) { return each.line_number; }),
           column(postings, [](const BookedPosting& each) { return number(each.posting->account.kind); }),
           column(postings, [](const BookedPosting& each) { return each.posting->account.currency.text(); }),
           column(postings, [](const BookedPosting& each) { return each.posting->account.user_id.uuid; }),
           column(postings, [](const BookedPosting& each) { return each.posting->amount_minor; }),
           column(postings, [](const BookedPosting& each) { return each.balance_after_minor; }),
           column(postings, [](const BookedPosting& each) { return each.number; })},
          {}};
}

Step insert_point_accounts(std::span<const BookedAccount* const> accounts) {
  static const Statement statement = bulk_insert(
      "point_accounts", {{"user_id", Type::uuid}, {"currency", Type::text}, {"balance_minor"}, {"postings"}});
  return {&statement, account_values(accounts, true), {}};
}

Step update_point_accounts(std::span<const BookedAccount* const> accounts) {
  static const Statement statement = bulk_update("point_accounts", {{"user_id", Type::uuid}, {"currency", Type::text}},
                                                 {{"balance_minor"}, {"postings"}});
  return {&statement, account_values(accounts, true), {}};
}

Step insert_house_accounts(std::span<const BookedAccount* const> accounts) {
  static const Statement statement =
      bulk_insert("house_accounts", {{"kind"}, {"currency", Type::text}, {"balance_minor"}, {"postings"}});
  return {&statement, account_values(accounts, false), {}};
}

Step update_house_accounts(std::span<const BookedAccount* const> accounts) {
  static const Statement statement =
      bulk_update("house_accounts", {{"kind"}, {"currency", Type::text}}, {{"balance_minor"}, {"postings"}});
  return {&statement, account_values(accounts, false), {}};
}

Step insert_payment_keys(std::span<const PaymentKeyRecord* const> records) {
  static const Statement statement = bulk_insert("payment_keys", {{"user_id", Type::uuid},
                                                                  {"key", Type::text},
                                                                  {"fingerprint"},
                                                                  {"payment_id", Type::uuid},
                                                                  {"created_at"},
                                                                  {"refund_id", Type::uuid}});
  return {&statement,
          {column(records, [](const PaymentKeyRecord& each) { return each.user_id.uuid; }),
           column(records, [](const PaymentKeyRecord& each) { return text(each.key); }),
           column(records, [](const PaymentKeyRecord& each) { return static_cast<std::int64_t>(each.fingerprint); }),
           column(records, [](const PaymentKeyRecord& each) { return each.payment_id.uuid; }),
           column(records, [](const PaymentKeyRecord& each) { return each.created_at.ms; }),
           column(records, [](const PaymentKeyRecord& each) { return each.refund_id.uuid; })},
          {}};
}

}  // namespace tiketi::sql
