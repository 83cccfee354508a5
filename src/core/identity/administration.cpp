// Profiles, passwords, roles, and lists of users.

#include "core/identity/accounts_body.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>

namespace tiketi {

using namespace identity;

namespace {

// So many users share a transaction; their texts are what a batch takes in memory.
constexpr std::size_t users_per_batch = 2'000;

Error email_in_use() {
  return {Errc::already_exists,
          "that e-mail has an account which is no admin; change its role instead, if it is yours",
          {{"field", "email"}}};
}

}  // namespace

Result<User> Accounts::profile(UserId id) {
  auto user = body_->find(id);
  if (!user) return user.error();
  if (!*user) return no_user();
  return Body::shown(std::move(**user));
}

Result<User> Accounts::update_profile(UserId id, const ProfileChange& change) {
  return body_->change_user(id, [&](User user, Timestamp now) -> Result<IdentityChange> {
    const std::int64_t version = user.version;
    auto changed = with_profile(std::move(user), change, now);
    if (!changed) return changed.error();
    return IdentityChange{version, std::move(*changed), {}};
  });
}

Result<void> Accounts::change_password(const Caller& caller, std::string_view current, std::string_view wanted) {
  Body& body = *body_;
  if (auto ok = check_password(wanted); !ok) return ok;
  if (current.size() > max_password_bytes) return credentials_refused();
  const auto user = body.find(caller.user_id);
  if (!user) return user.error();
  if (!*user || (*user)->disabled) return account_gone();
  if ((*user)->password_hash.empty())
    return Error{Errc::not_permitted, "the account has no password: it logs in by another provider"};
  const auto find_caller = [&]() -> Result<User> {
    auto found = body.find(caller.user_id);
    if (!found) return found.error();
    return *found ? Result<User>(std::move(**found)) : account_gone();
  };
  std::string new_hash;
  const auto change = body.with_password(find_caller, current, [&](User owner, const std::string&, Timestamp now) {
    if (new_hash.empty()) {
      auto hash = body.passwords.hash(wanted);
      if (!hash) return Result<IdentityChange>(hash.error());
      new_hash = std::move(*hash);
    }
    auto out = body.ending_sessions(owner, caller.session_id, now);
    if (out) out->user = after_right_password(std::move(owner), new_hash, now);
    return out;
  });
  if (change || change.error().code == Errc::outcome_unknown) body.standings.forget(caller.user_id);
  return change ? Result<void>() : change.error();
}

Result<User> Accounts::set_password(UserId id, std::string_view wanted) {
  Body& body = *body_;
  if (auto ok = check_password(wanted); !ok) return ok.error();
  std::string new_hash;
  return body.change_user(id, [&](User user, Timestamp now) -> Result<IdentityChange> {
    if (new_hash.empty()) {
      auto hash = body.passwords.hash(wanted);
      if (!hash) return hash.error();
      new_hash = std::move(*hash);
    }
    auto change = body.ending_sessions(user, {}, now);
    if (change) change->user = after_right_password(std::move(user), new_hash, now);
    return change;
  });
}

Result<User> Accounts::set_role(UserId id, Role role) {
  return body_->change_user(id, [role](User user, Timestamp now) -> Result<IdentityChange> {
    IdentityChange change{user.version, std::move(user), {}};
    if (change.user.role == role) return change;
    change.keeps_an_admin = change.user.is_active_admin();
    change.user.role = role;
    change.user.updated_at = now;
    ++change.user.version;
    return change;
  });
}

Result<User> Accounts::set_disabled(UserId id, bool disabled) {
  return body_->change_user(id, [&](User user, Timestamp now) -> Result<IdentityChange> {
    auto change = disabled ? body_->ending_sessions(user, {}, now) : IdentityChange{user.version, user, {}};
    if (!change || change->user.disabled == disabled) return change;
    change->keeps_an_admin = disabled && user.is_active_admin();
    change->user.disabled = disabled;
    change->user.updated_at = now;
    ++change->user.version;
    return change;
  });
}

Result<User> Accounts::create_admin(const NewAccount& account) {
  Body& body = *body_;
  auto admin = new_user(account, body.ids.next<UserId>(), Role::admin, body.clock.now());
  if (!admin) return admin.error();
  if (auto ok = check_password(account.password); !ok) return ok.error();
  IdentityChange change{0, std::move(*admin), {}};
  // Twice, for the case that another process makes the same admin at the same time.
  for (int attempt = 1;; ++attempt) {
    auto known = body.find(change.user.email);
    if (!known) return known.error();
    if (*known && (*known)->role != Role::admin) return email_in_use();
    if (*known) return Body::shown(std::move(**known));
    if (change.user.password_hash.empty()) {
      auto hash = body.passwords.hash(account.password);
      if (!hash) return hash.error();
      change.user.password_hash = std::move(*hash);
    }
    const auto done = body.commit(change);
    if (done) return Body::shown(std::move(change.user));
    if (done.error().code != Errc::already_exists || attempt == 2) return done.error();
  }
}

std::vector<Result<User>> Accounts::bulk_register(std::span<const NewAccount> accounts,
                                                  const std::string& password_hash) {
  Body& body = *body_;
  const Timestamp now = body.clock.now();
  std::vector<Uuid> ids(accounts.size());
  body.ids.fill(ids);
  std::vector<Result<User>> out;
  out.reserve(accounts.size());
  for (std::size_t first = 0; first < accounts.size(); first += users_per_batch) {
    const std::size_t end = std::min(first + users_per_batch, accounts.size());
    std::vector<IdentityChange> changes;
    std::vector<std::size_t> indexes;  // of the changes in `out`
    for (std::size_t i = first; i < end; ++i) {
      out.push_back(password_hash.empty() ? refuse("passwordHash", "must not be empty")
                                          : new_user(accounts[i], UserId{ids[i]}, Role::user, now));
      if (!out.back()) continue;
      indexes.push_back(i);
      changes.push_back({0, *out.back(), {}});
      changes.back().user.password_hash = password_hash;
    }
    const auto answers = body.store.commit(changes);
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (!answers) out[indexes[i]] = answers.error();
      else if (!(*answers)[i]) out[indexes[i]] = (*answers)[i].error();
    }
  }
  return out;
}

std::vector<Result<LoggedIn>> Accounts::bulk_log_in(std::span<const UserId> users) {
  Body& body = *body_;
  std::vector<Result<LoggedIn>> out;
  out.reserve(users.size());
  for (std::size_t first = 0; first < users.size(); first += users_per_batch) {
    const std::span<const UserId> some = users.subspan(first, std::min(users_per_batch, users.size() - first));
    auto found = body.store.users(some);
    const Timestamp now = body.clock.now();
    std::vector<IdentityChange> changes;
    std::vector<std::string> refresh_tokens;
    std::vector<std::size_t> indexes;  // of the changes in `out`
    for (std::size_t i = 0; i < some.size(); ++i) {
      const std::optional<User> user = found ? std::move((*found)[i]) : std::nullopt;
      if (!found) out.push_back(found.error());
      else if (!user) out.push_back(no_user());
      else out.push_back(account_gone());
      if (!user || user->disabled) continue;
      indexes.push_back(out.size() - 1);
      refresh_tokens.push_back(body.refresh_tokens.make());
      const std::string hash = body.refresh_tokens.hash(refresh_tokens.back());
      changes.push_back(
          {user->version, *user, {{0, new_session(body.ids.next<SessionId>(), user->id, hash, now, body.policy)}}});
    }
    const auto answers = body.store.commit(changes);
    for (std::size_t i = 0; i < changes.size(); ++i) {
      Result<LoggedIn>& answer = out[indexes[i]];
      if (!answers) answer = answers.error();
      else if (!(*answers)[i]) answer = (*answers)[i].error();
      else
        answer = body.logged_in(std::move(changes[i].user), changes[i].sessions.front().session,
                                std::move(refresh_tokens[i]), now);
    }
  }
  return out;
}

Result<UserPage> Accounts::list(const UserQuery& query) {
  if (query.page < 1) return refuse("page", "must be at least 1");
  if (query.limit < 1 || query.limit > max_user_page_limit)
    return refuse("limit", "must be 1 to " + std::to_string(max_user_page_limit));
  if (!is_clean_text(query.search, max_user_search_bytes))
    return refuse("search", "must be UTF-8 of at most 200 bytes, without control characters");
  auto page = body_->store.list({query.search, (std::int64_t{query.page} - 1) * query.limit, query.limit});
  if (page)
    for (User& each : page->users) each.password_hash.clear();
  return page;
}

Result<std::size_t> Accounts::prune(std::size_t limit) {
  const Timestamp now = body_->clock.now();
  const auto sessions = body_->store.prune_sessions(now, limit);
  if (!sessions) return sessions.error();
  const auto guesses = body_->store.prune_guesses(now, limit - *sessions);
  if (!guesses) return guesses.error();
  return *sessions + *guesses;
}

}  // namespace tiketi
