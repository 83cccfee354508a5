#include "core/identity/accounts_body.hpp"

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

Result<IdentityChange> Accounts::Body::with_password(const FindUser& find_user, std::string_view password,
                                                     const RightPassword& decide) {
  std::string checked_hash;
  PasswordCheck check;
  std::string new_hash;
  for (int attempt = 1; attempt <= max_identity_attempts; ++attempt) {
    auto found = find_user();
    if (!found) return found.error();
    if (!*found || (*found)->password_hash.empty()) {
      // The work of a check, so that the time does not tell whether there is such an account.
      if (auto hashed = passwords.hash(password); !hashed) return hashed.error();
      return credentials_refused();
    }
    User user = std::move(**found);
    if (auto open = check_unlocked(user, clock.now()); !open) return open.error();
    if (checked_hash != user.password_hash) {
      auto result = passwords.verify(password, user.password_hash);
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
    const auto done = commit(*change);
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
