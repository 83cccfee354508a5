#include "core/identity/accounts_body.hpp"

#include <algorithm>

namespace tiketi {

using namespace identity;

Result<void> Accounts::Body::commit(const IdentityChange& change) {
  constexpr int max_commits = 3;
  bool unknown = false;
  for (int attempt = 1;; ++attempt) {
    auto answers = store.commit({&change, 1});
    if (answers) return std::move(answers->front());
    unknown = unknown || answers.error().code == Errc::outcome_unknown;
    if (!unknown) return answers.error();
    // A later failure does not make the first commit's outcome known.
    if (attempt == max_commits)
      return Error{Errc::outcome_unknown, "the connection broke while storing; ask what became of it",
                   answers.error().details};
  }
}

Result<std::optional<User>> Accounts::Body::find(UserId id) {
  auto found = store.users({&id, 1});
  if (!found) return found.error();
  return std::move(found->front());
}

Result<std::optional<User>> Accounts::Body::find(const std::string& email) {
  auto found = store.users_with_email({&email, 1});
  if (!found) return found.error();
  return std::move(found->front());
}

Result<User> Accounts::Body::find_to_log_in(const std::string& email) {
  auto found = find(email);
  if (!found) return found.error();
  // Also for an account that does not need them, so that the time does not tell whether there is one.
  const auto guesses = store.guesses(refresh_tokens.hash(email));
  if (!guesses) return guesses.error();
  if (*found && !(*found)->password_hash.empty()) return std::move(**found);
  User nobody;
  nobody.email = email;
  nobody.version = 0;
  if (!*guesses) return nobody;
  nobody.failed_logins = (*guesses)->failed_logins;
  nobody.locked_until = (*guesses)->locked_until;
  nobody.version = (*guesses)->version;
  return nobody;
}

Result<void> Accounts::Body::count_guess(std::int64_t expected_version, const User& nobody, Timestamp now) {
  const Timestamp forget_at = std::max(now.plus_ms(guesses_kept_ms), nobody.locked_until);
  return store.put(expected_version, {refresh_tokens.hash(nobody.email), nobody.failed_logins, nobody.locked_until,
                                      forget_at, nobody.version});
}

Result<IdentityChange> Accounts::Body::ending_sessions(const User& user, SessionId kept, Timestamp now) {
  auto live = store.live_sessions(user.id, now);
  if (!live) return live.error();
  IdentityChange change{user.version, user, {}, now};
  for (Session& each : *live) {
    const std::int64_t version = each.version;
    change.sessions.push_back({version, each.id == kept ? std::move(each) : revoked(std::move(each), now)});
  }
  return change;
}

Result<User> Accounts::Body::change_user(UserId id,
                                         const std::function<Result<IdentityChange>(User, Timestamp)>& decide) {
  for (int attempt = 1; attempt <= max_identity_attempts; ++attempt) {
    auto user = find(id);
    if (!user) return user.error();
    if (!*user) return no_user();
    auto change = decide(std::move(**user), clock.now());
    if (!change) return change.error();
    const auto done = commit(*change);
    if (done || done.error().code == Errc::outcome_unknown) standings.forget(id);
    if (done) return shown(std::move(change->user));
    if (!is_conflict(done.error())) return done.error();
  }
  return too_many_races();
}

Result<PasswordCheck> Accounts::Body::matching_nothing(std::string_view password) {
  if (auto hashed = passwords.hash(password); !hashed) return hashed.error();
  return PasswordCheck{};
}

Result<IdentityChange> Accounts::Body::with_password(const FindUser& find_user, std::string_view password,
                                                     const RightPassword& decide) {
  std::optional<std::string> checked_hash;
  PasswordCheck check;
  std::string new_hash;
  for (int attempt = 1; attempt <= max_identity_attempts; ++attempt) {
    auto found = find_user();
    if (!found) return found.error();
    User user = std::move(*found);
    const bool is_nobody = user.password_hash.empty();
    if (auto open = check_unlocked(user, clock.now()); !open) return open.error();
    if (checked_hash != user.password_hash) {
      auto result = is_nobody ? matching_nothing(password) : passwords.verify(password, user.password_hash);
      if (!result) return result.error();
      check = *result;
      checked_hash = user.password_hash;
      if (check.matches && check.needs_rehash && new_hash.empty()) {
        auto hashed = passwords.hash(password);
        if (!hashed) return hashed.error();
        new_hash = std::move(*hashed);
      }
      continue;  // hashing took its time: go by what is stored now
    }
    const Timestamp now = clock.now();
    if (check.matches && user.disabled) return account_gone();
    const std::int64_t version = user.version;
    auto change = check.matches ? decide(std::move(user), check.needs_rehash ? new_hash : std::string(), now)
                                : IdentityChange{version, after_failed_login(std::move(user), now, policy), {}};
    if (!change) return change.error();
    const auto done = is_nobody ? count_guess(version, change->user, now) : commit(*change);
    if (done && check.matches) return change;
    if (done) return credentials_refused();
    if (!is_conflict(done.error())) return done.error();
  }
  return too_many_races();
}

Result<Session> Accounts::Body::add_session(IdentityChange& change, const std::string& refresh_token, Timestamp now) {
  const UserId user = change.user.id;
  if (change.expected_version != 0) {
    auto live = store.live_sessions(user, now);
    if (!live) return live.error();
    for (std::size_t i = 0; i + policy.sessions_per_user <= live->size(); ++i)
      change.sessions.push_back({(*live)[i].version, revoked((*live)[i], now)});
  }
  Session session = new_session(ids.next<SessionId>(), user, refresh_tokens.hash(refresh_token), now, policy);
  change.sessions.push_back({0, session});
  return session;
}

Result<LoggedIn> Accounts::Body::logged_in(User user, const Session& session, std::string refresh_token,
                                           Timestamp now) {
  Claims claims;
  claims.user_id = user.id;
  claims.email = user.email;
  claims.role = user.role;
  claims.session_id = session.id;
  claims.issued_at = {now.ms / second_ms * second_ms};
  claims.expires_at = {now.plus_ms(policy.access_token_ms).ms / second_ms * second_ms};
  auto access_token = signer.sign(claims);
  if (!access_token) return access_token.error();
  LoggedIn out;
  out.user = shown(std::move(user));
  out.session_id = session.id;
  out.tokens = {std::move(*access_token), claims.expires_at, std::move(refresh_token), session.expires_at};
  return out;
}

Result<Caller> Accounts::Body::caller(const Claims& claims, Standing standing, Timestamp now) {
  if (!standing.has_user || standing.disabled) return account_gone();
  if (!standing.has_session || standing.revoked || now >= standing.session_expires_at) return token_invalid();
  return Caller{claims.user_id, claims.session_id, std::move(standing.email), standing.role};
}

}  // namespace tiketi
