#include <tiketi/payment/rules.hpp>

#include <algorithm>

namespace tiketi::ledger {

namespace {

Error broken(std::string what) { return {Errc::invalid_argument, std::move(what), {{"field", "postings"}}}; }

}  // namespace

Result<void> check(const JournalEntry& entry) {
  if (entry.postings.size() < 2) return broken("a journal entry has at least two postings");
  std::int64_t sum = 0;
  std::vector<Account> accounts;
  for (const Posting& posting : entry.postings) {
    if (posting.amount_minor == 0) return broken("a posting's amount is not 0");
    if (posting.account.currency != entry.postings.front().account.currency)
      return broken("a journal entry has one currency");
    if (posting.account.user_id.is_nil() != (posting.account.kind != AccountKind::user_points))
      return broken("an account of points has an owner, and no other has");
    const auto next = checked_add(sum, posting.amount_minor);
    if (!next) return broken("the sum of a journal entry does not fit in 64 bits");
    sum = *next;
    accounts.push_back(posting.account);
  }
  std::sort(accounts.begin(), accounts.end());
  if (std::adjacent_find(accounts.begin(), accounts.end()) != accounts.end())
    return broken("a journal entry names an account once");
  if (sum != 0) return broken("a journal entry sums to zero, not " + std::to_string(sum));
  return {};
}

}  // namespace tiketi::ledger
