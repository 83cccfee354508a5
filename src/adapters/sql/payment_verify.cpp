#include "adapters/sql/payment_verify.hpp"

#include "adapters/sql/invariants.hpp"

#include <tiketi/base/id.hpp>

#include <string>

namespace tiketi::sql {

namespace {

/// Of each payment the sums of its refunds.
const std::string refund_sums =
    "(SELECT payment_id, CAST(sum(amount_minor - points_minor) AS BIGINT) AS card, "
    "CAST(sum(points_minor) AS BIGINT) AS points, CAST(sum(fee_minor) AS BIGINT) AS fees, "
    "CAST(sum(CASE WHEN status = 1 THEN amount_minor - points_minor ELSE 0 END) AS BIGINT) AS card_done "
    "FROM refunds GROUP BY payment_id)";

/// Of each payment what its journal entries add up to, by kind of account.
std::string journal_sums() {
  std::string out = "(SELECT e.payment_id";
  for (int kind = 0; kind <= 5; ++kind) {
    const std::string number = std::to_string(kind);
    out += ", sum(CASE WHEN l.account_kind = " + number + " THEN l.amount_minor ELSE 0 END) AS sum_" + number;
  }
  return out + " FROM journal_entries e JOIN journal_postings l ON l.entry_id = e.id GROUP BY e.payment_id)";
}

/// Payments whose journal entries don't add up to what their status and refunds tell.
std::string unbooked_payments() {
  const std::string taken = "WHEN p.status IN (2, 5, 6) ";
  // Of money that came too late nothing was sold, and no points were kept.
  const std::string made = taken + "AND p.paid_at <> 0 ";
  const auto differs = [](int kind, const std::string& expected) {
    return "coalesce(j.sum_" + std::to_string(kind) + ", 0) <> CASE " + expected + " ELSE 0 END";
  };
  const std::string left = "p.amount_minor - coalesce(r.card, 0) - coalesce(r.points, 0) - coalesce(r.fees, 0)";
  return "SELECT p.id, p.status FROM payments p LEFT JOIN " + refund_sums + " r ON r.payment_id = p.id LEFT JOIN " +
         journal_sums() + " j ON j.payment_id = p.id WHERE " +
         differs(0, "WHEN p.status = 1 THEN -p.points_minor " + made + "AND p.purpose = 1 THEN " + left + " " + made +
                        "THEN coalesce(r.points, 0) - p.points_minor") +
         " OR " + differs(1, "WHEN p.status = 1 THEN p.points_minor") + " OR " +
         differs(2, taken + "THEN coalesce(r.card_done, 0) - (p.amount_minor - p.points_minor)") + " OR " +
         differs(3, made + "AND p.purpose = 0 THEN " + left) + " OR " + differs(4, taken + "THEN coalesce(r.fees, 0)") +
         " OR " + differs(5, taken + "THEN coalesce(r.card, 0) - coalesce(r.card_done, 0)") + " LIMIT 100";
}

/// Of each account what its postings make; provider_clearing (2) is an asset.
const std::string signed_amount = "CASE WHEN account_kind = 2 THEN -amount_minor ELSE amount_minor END";
const std::string account_sums = "(SELECT account_kind, currency, user_id, CAST(sum(" + signed_amount +
                                 ") AS BIGINT) AS balance, count(*) AS postings FROM journal_postings "
                                 "GROUP BY account_kind, currency, user_id)";

std::vector<Invariant> journal_invariants() {
  return {
      {"entry-sums-to-zero",
       "journal entry is not balanced; its postings, their sum and their currencies are (in this order)",
       3,
       {"SELECT e.id, coalesce(l.lines, 0), coalesce(l.total, 0), coalesce(l.currencies, 0) FROM journal_entries e "
        "LEFT JOIN (SELECT entry_id, count(*) AS lines, CAST(sum(amount_minor) AS BIGINT) AS total, "
        "count(DISTINCT currency) AS currencies FROM journal_postings GROUP BY entry_id) l ON l.entry_id = e.id "
        "WHERE coalesce(l.lines, 0) < 2 OR l.total <> 0 OR l.currencies <> 1 LIMIT 100"}},
      {"entry-sums-to-zero",
       "journal entry names an account twice",
       0,
       {"SELECT entry_id FROM journal_postings GROUP BY entry_id, account_kind, currency, user_id "
        "HAVING count(*) > 1 LIMIT 100"}},
      {"posting-entry",
       "journal entry has postings, but does not exist",
       0,
       {"SELECT l.entry_id FROM journal_postings l LEFT JOIN journal_entries e ON e.id = l.entry_id "
        "WHERE e.id IS NULL LIMIT 100"}},
      {"entry-payment",
       "journal entry tells of a payment or a refund that does not exist, or is another customer's",
       0,
       {"SELECT e.id FROM journal_entries e LEFT JOIN payments p ON p.id = e.payment_id "
        "LEFT JOIN refunds r ON r.id = e.refund_id LEFT JOIN journal_postings l ON l.entry_id = e.id "
        "AND l.user_id IS NOT NULL WHERE p.id IS NULL OR (e.refund_id IS NOT NULL AND (r.id IS NULL OR "
        "r.payment_id <> e.payment_id)) OR l.user_id <> p.user_id LIMIT 100"}},
      {"account-history",
       "journal entry's posting has a number and a balance that should be (in this order)",
       4,
       {"SELECT entry_id, number, balance_after_minor, expected_number, CAST(expected AS BIGINT) FROM "
        "(SELECT entry_id, number, balance_after_minor, row_number() OVER history AS expected_number, "
        "sum(" +
        signed_amount +
        ") OVER history AS expected FROM journal_postings "
        "WINDOW history AS (PARTITION BY account_kind, currency, user_id ORDER BY number)) AS histories "
        "WHERE number <> expected_number OR balance_after_minor <> expected LIMIT 100"}},
      {"balance-adds-up",
       "customer's points and their postings are, but the journal makes (in this order)",
       4,
       {"SELECT a.user_id, a.balance_minor, a.postings, coalesce(s.balance, 0), coalesce(s.postings, 0) "
        "FROM point_accounts a LEFT JOIN " +
        account_sums +
        " s ON s.user_id = a.user_id AND s.currency = a.currency "
        "WHERE a.balance_minor <> coalesce(s.balance, 0) OR a.postings <> coalesce(s.postings, 0) LIMIT 100"}},
      {"balance-adds-up",
       "account of the house (kind, balance, postings) has not what the journal makes (balance)",
       4,
       {"SELECT CAST(NULL AS uuid), a.kind, a.balance_minor, a.postings, coalesce(s.balance, 0) "
        "FROM house_accounts a LEFT JOIN " +
        account_sums +
        " s ON s.account_kind = a.kind AND s.currency = a.currency "
        "WHERE a.balance_minor <> coalesce(s.balance, 0) OR a.postings <> coalesce(s.postings, 0) LIMIT 100"}},
      {"balance-adds-up",
       "account is posted to, but does not exist (kind)",
       1,
       {"SELECT s.user_id, s.account_kind FROM " + account_sums +
        " s LEFT JOIN point_accounts p ON p.user_id = s.user_id AND p.currency = s.currency "
        "LEFT JOIN house_accounts h ON h.kind = s.account_kind AND h.currency = s.currency "
        "WHERE p.user_id IS NULL AND h.kind IS NULL LIMIT 100"}},
  };
}

std::vector<Invariant> payment_invariants() {
  return {
      {"payment-refunds",
       "payment says that of the card part and the points went back, but its refunds add up to (in this order)",
       4,
       {"SELECT p.id, p.card_refunded_minor, p.points_refunded_minor, coalesce(r.card, 0), coalesce(r.points, 0) "
        "FROM payments p LEFT JOIN " +
        refund_sums +
        " r ON r.payment_id = p.id WHERE p.card_refunded_minor <> coalesce(r.card, 0) "
        "OR p.points_refunded_minor <> coalesce(r.points, 0) LIMIT 100"}},
      {"payment-journal", "payment's journal entries tell something else than its status", 1, {unbooked_payments()}},
      {"refund-payment",
       "refund is of a payment that does not exist, or does not fit it",
       0,
       {"SELECT r.id FROM refunds r LEFT JOIN payments p ON p.id = r.payment_id WHERE p.id IS NULL "
        "OR r.user_id <> p.user_id OR r.currency <> p.currency "
        "OR coalesce(r.reservation_id, r.id) <> coalesce(p.reservation_id, r.id) LIMIT 100"}},
      {"key-payment",
       "payment is named by an idempotency key, but does not exist",
       0,
       {"SELECT k.payment_id FROM payment_keys k LEFT JOIN payments p ON p.id = k.payment_id "
        "WHERE p.id IS NULL LIMIT 100"}},
  };
}

const std::vector<Invariant>& invariants() {
  static const std::vector<Invariant> all = [] {
    std::vector<Invariant> out = journal_invariants();
    for (Invariant& each : payment_invariants()) out.push_back(std::move(each));
    return out;
  }();
  return all;
}

}  // namespace

Result<std::vector<Finding>> find_broken_payments(Database& database) {
  return find_violations(database, invariants());
}

}  // namespace tiketi::sql
