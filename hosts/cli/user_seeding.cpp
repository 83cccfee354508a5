#include "user_seeding.hpp"

#include "format.hpp"
#include "load/stage.hpp"

#include <tiketi/adapters/crypto.hpp>

#include <algorithm>
#include <future>
#include <thread>

namespace tiketi::cli {
namespace {

constexpr std::int64_t users_at_a_time = 1'000;

NewAccount account(std::int64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 7) digits.insert(0, 7 - digits.size(), '0');
  return {"load-" + digits + "@example.com", {}, "Load " + digits, {}};
}

/// Makes those that are missing; the ids of all, in order.
Result<std::vector<UserId>> make_accounts(Services& services, const std::vector<NewAccount>& accounts,
                                          const std::string& hash, SeededUsers& seeded) {
  std::vector<UserId> ids(accounts.size());
  std::vector<std::string> emails;
  std::vector<std::size_t> present;
  const auto answers = services.accounts().bulk_register(accounts, hash);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].has_value()) {
      ids[i] = answers[i]->id;
    } else if (answers[i].error().code == Errc::already_exists) {
      emails.push_back(accounts[i].email);
      present.push_back(i);
    } else {
      return answers[i].error();
    }
  }
  seeded.present = static_cast<std::int64_t>(present.size());
  seeded.created = static_cast<std::int64_t>(accounts.size() - present.size());
  if (present.empty()) return ids;
  const auto found = services.stores().identity().users_with_email(emails);
  if (found.has_error()) return found.error();
  for (std::size_t i = 0; i < present.size(); ++i)
    if ((*found)[i]) ids[present[i]] = (*found)[i]->id;
  return ids;
}

/// The users first … last.
Result<SeededUsers> seed_some(Services& services, std::int64_t first, std::int64_t last, const std::string& hash) {
  SeededUsers seeded;
  std::vector<NewAccount> accounts;
  for (std::int64_t number = first; number <= last; ++number) accounts.push_back(account(number));
  const auto ids = make_accounts(services, accounts, hash, seeded);
  if (ids.has_error()) return ids.error();
  for (const Result<LoggedIn>& each : services.accounts().bulk_log_in(*ids)) {
    if (each.has_error()) return each.error();
    seeded.lines += each->user.id.text() + ' ' + each->user.email + ' ' + each->tokens.access_token + '\n';
  }
  return seeded;
}

}  // namespace

Result<SeededUsers> seed_users(Services& services, std::int64_t users, Progress& progress) {
  const auto hash = crypto::make_password_hasher()->hash(load::registered_password);
  if (hash.has_error()) return hash.error();
  // Signing is what takes time, and what every core can do at once.
  const std::int64_t side_by_side = std::max(1U, std::thread::hardware_concurrency());
  SeededUsers all;
  for (std::int64_t first = 1; first <= users;) {
    std::vector<std::future<Result<SeededUsers>>> parts;
    for (std::int64_t i = 0; i < side_by_side && first <= users; ++i, first += users_at_a_time) {
      const std::int64_t last = std::min(first + users_at_a_time - 1, users);
      parts.push_back(std::async(std::launch::async,
                                 [&services, &hash, first, last] { return seed_some(services, first, last, *hash); }));
    }
    for (auto& each : parts) {
      auto part = each.get();
      if (part.has_error()) return part.error();
      all.created += part->created;
      all.present += part->present;
      all.lines += part->lines;
    }
    const std::int64_t done = all.created + all.present;
    progress.show(done, users, with_commas(done) + " users");
  }
  return all;
}

}  // namespace tiketi::cli
