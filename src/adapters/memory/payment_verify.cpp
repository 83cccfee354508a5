#include "adapters/memory/payment_books.hpp"

#include <tiketi/payment/rules.hpp>

#include <array>

namespace tiketi::memory {

namespace {

using Findings = std::vector<Finding>;
using Sums = std::array<std::int64_t, 6>;  // by kind of account: credits minus debits

void check_journal(const PaymentBooks& books, Findings& findings) {
  std::map<Account, std::int64_t> balances;
  for (const JournalEntry& entry : books.journal) {
    if (auto sound = ledger::check(entry); sound.has_error())
      findings.push_back({"entry-sums-to-zero", entry.id.text() + ": " + sound.error().message});
    if (books.find(entry.payment_id) == nullptr)
      findings.push_back({"entry-payment", entry.id.text() + ": tells of a payment that does not exist"});
    for (const Posting& posting : entry.postings) {
      std::int64_t& balance = balances[posting.account];
      balance = balance_after(posting.account.kind, balance, posting.amount_minor);
      if (balance < 0)
        findings.push_back(
            {"balance-not-negative", std::string(name(posting.account.kind)) + ": below 0 after " + entry.id.text()});
    }
  }
  for (const auto& [account, balance] : books.balances)
    if (balances[account] != balance)
      findings.push_back({"balance-adds-up", std::string(name(account.kind)) + " has " + std::to_string(balance) +
                                                 ", its postings make " + std::to_string(balances[account])});
  for (const auto& [user, lines] : books.point_history)
    if (lines.back().balance_after_minor != books.balance({AccountKind::user_points, krw, user}))
      findings.push_back({"point-history", user.text() + ": the last line is not the balance"});
}

/// What of a payment's refunds is booked and done.
struct Refunded {
  std::int64_t card = 0;
  std::int64_t points = 0;
  std::int64_t fees = 0;
  std::int64_t card_done = 0;
};

Refunded refunded_of(const PaymentBooks& books, PaymentId id) {
  Refunded out;
  const auto at = books.refunds_of_payment.find(id);
  if (at == books.refunds_of_payment.end()) return out;
  for (const RefundId refund_id : at->second) {
    const Refund& refund = books.refunds.at(refund_id);
    out.card += refund.card_minor();
    out.points += refund.points_minor;
    out.fees += refund.fee_minor;
    if (refund.status == RefundStatus::completed) out.card_done += refund.card_minor();
  }
  return out;
}

/// What the entries of a payment have to add up to, from its status alone.
Sums expected_sums(const Payment& payment, const Refunded& refunded) {
  Sums sums{};
  const auto sum = [&sums](AccountKind kind) -> std::int64_t& { return sums[static_cast<std::size_t>(kind)]; };
  const bool processing = payment.status == PaymentStatus::processing;
  const bool taken = payment.status == PaymentStatus::completed || payment.status == PaymentStatus::refunded ||
                     payment.status == PaymentStatus::partially_refunded;
  if (processing) sum(AccountKind::points_set_aside) = payment.points_minor;
  if (processing) sum(AccountKind::user_points) = -payment.points_minor;
  if (!taken) return sums;
  sum(AccountKind::provider_clearing) = -(payment.card_minor() - refunded.card_done);
  sum(AccountKind::refunds_payable) = refunded.card - refunded.card_done;
  sum(AccountKind::cancellation_fees) = refunded.fees;
  if (payment.paid_at.ms == 0) return sums;  // the money came too late: nothing was sold, and no points were kept
  const std::int64_t left = payment.amount.minor - refunded.card - refunded.points - refunded.fees;
  if (payment.purpose == PaymentPurpose::points) {
    sum(AccountKind::user_points) = left;
  } else {
    sum(AccountKind::user_points) = -(payment.points_minor - refunded.points);
    sum(AccountKind::revenue) = left;
  }
  return sums;
}

void check_payment(const Payment& payment, const Refunded& refunded, const Sums& sums, Findings& findings) {
  const std::string id = payment.id.text();
  const bool of_points = payment.purpose == PaymentPurpose::points;
  if (payment.points_minor < 0 || payment.card_minor() < 0 || payment.refundable_card_minor() < 0 ||
      payment.refundable_points_minor() < 0 || of_points != payment.reservation_id.is_nil() ||
      (payment.points_minor > 0 && (of_points || payment.amount.currency != krw)))
    findings.push_back({"payment-parts", id + ": its parts do not fit together"});
  if (refunded.card != payment.card_refunded_minor || refunded.points != payment.points_refunded_minor)
    findings.push_back({"payment-refunds", id + ": its refunds add up to something else"});
  if (sums != expected_sums(payment, refunded))
    findings.push_back({"payment-journal", id + ", which is " + std::string(name(payment.status)) +
                                               ": its journal entries tell something else"});
}

void check_payments(const PaymentBooks& books, Findings& findings) {
  std::map<PaymentId, Sums> sums;
  for (const JournalEntry& entry : books.journal)
    for (const Posting& posting : entry.postings)
      sums[entry.payment_id][static_cast<std::size_t>(posting.account.kind)] += posting.amount_minor;
  std::map<ReservationId, PaymentId> claims;
  for (const auto& [id, payment] : books.payments) {
    check_payment(payment, refunded_of(books, id), sums[id], findings);
    if (!payment.claims_reservation()) continue;
    if (!claims.emplace(payment.reservation_id, id).second)
      findings.push_back({"payment-claim", id.text() + ": another payment claims its reservation"});
    if (books.claimed_by(payment.reservation_id) != id)
      findings.push_back({"payment-claim", id.text() + ": does not own its reservation's claim"});
  }
  if (claims.size() != books.claims.size())
    findings.push_back({"payment-claim", "a reservation is claimed by a payment that is over"});
  for (const auto& [id, refund] : books.refunds)
    if (books.find(refund.payment_id) == nullptr)
      findings.push_back({"refund-payment", id.text() + ": of a payment that does not exist"});
}

}  // namespace

std::vector<Finding> find_broken_invariants(const PaymentBooks& books) {
  Findings findings;
  check_journal(books, findings);
  check_payments(books, findings);
  return findings;
}

}  // namespace tiketi::memory
