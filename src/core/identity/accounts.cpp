// Registration, log-in, refresh, and who a token's bearer is.

#include "core/identity/accounts_body.hpp"

namespace tiketi {

using namespace identity;

Result<void> require_admin(const Caller& caller) {
  if (caller.role == Role::admin) return {};
  return Error{Errc::not_permitted, "only an admin may do this"};
}

Accounts::Accounts(IdentityStore& store, PasswordHasher& passwords, TokenSigner& signer, RefreshTokens& refresh_tokens,
                   Clock& clock, Ids& ids, AccountsPolicy policy)
    : body_(new Body{store,
                     passwords,
                     signer,
                     refresh_tokens,
                     clock,
                     ids,
                     policy,
                     {store, policy.standing_ms, policy.remembered_sessions}}) {}

Accounts::~Accounts() = default;

Result<LoggedIn> Accounts::register_user(const NewAccount& account) {
  Body& body = *body_;
  const Timestamp now = body.clock.now();
  auto user = new_user(account, body.ids.next<UserId>(), Role::user, now);
  if (!user) return user.error();
  if (auto ok = check_password(account.password); !ok) return ok.error();
  // Before the work of hashing; the commit is what decides.
  const auto known = body.find(user->email);
  if (!known) return known.error();
  if (*known) return Error{Errc::already_exists, "another account has that email", {{"field", "email"}}};
  auto hash = body.passwords.hash(account.password);
  if (!hash) return hash.error();
  user->password_hash = std::move(*hash);
  IdentityChange change{0, std::move(*user), {}};
  std::string refresh_token = body.refresh_tokens.make();
  const auto session = body.add_session(change, refresh_token, now);
  if (!session) return session.error();
  if (auto done = body.commit(change); !done) return done.error();
  return body.logged_in(std::move(change.user), *session, std::move(refresh_token), now);
}

Result<LoggedIn> Accounts::log_in(std::string_view email, std::string_view password) {
  Body& body = *body_;
  const auto address = normalised_email(email);
  // Nobody can have registered with these.
  if (!address || password.size() > max_password_bytes) return credentials_refused();
  std::string refresh_token;
  Session session;
  Timestamp at;
  auto change = body.with_password([&] { return body.find_to_log_in(*address); }, password,
                                   [&](User user, std::string new_hash, Timestamp now) -> Result<IdentityChange> {
                                     IdentityChange out{user.version, {}, {}};
                                     out.user = after_right_password(std::move(user), std::move(new_hash), now);
                                     refresh_token = body.refresh_tokens.make();
                                     auto added = body.add_session(out, refresh_token, now);
                                     if (!added) return added.error();
                                     session = std::move(*added);
                                     at = now;
                                     return out;
                                   });
  if (!change) return change.error();
  for (const PutSession& each : change->sessions)
    if (each.expected_version != 0) body.standings.forget(each.session.id);
  return body.logged_in(std::move(change->user), session, std::move(refresh_token), at);
}

Result<void> Accounts::log_out(const Caller& caller) {
  Body& body = *body_;
  for (int attempt = 1; attempt <= max_identity_attempts; ++attempt) {
    const auto session = body.store.session(caller.session_id);
    if (!session) return session.error();
    const bool is_over = !*session || (*session)->user_id != caller.user_id || (*session)->revoked_at != Timestamp{};
    if (is_over) return {};
    auto user = body.find(caller.user_id);
    if (!user) return user.error();
    if (!*user) return {};
    IdentityChange change{(*user)->version, std::move(**user), {}};
    change.sessions.push_back({(*session)->version, revoked(**session, body.clock.now())});
    const auto done = body.commit(change);
    if (done || done.error().code == Errc::outcome_unknown) body.standings.forget(caller.session_id);
    if (done || !Body::is_conflict(done.error())) return done;
  }
  return too_many_races();
}

Result<LoggedIn> Accounts::refresh(std::string_view refresh_token) {
  Body& body = *body_;
  if (refresh_token.empty() || refresh_token.size() > max_refresh_token_bytes) return token_invalid();
  const std::string hash = body.refresh_tokens.hash(refresh_token);
  for (int attempt = 1; attempt <= max_identity_attempts; ++attempt) {
    auto session = body.store.session_with_token(hash);
    if (!session) return session.error();
    if (!*session) return token_invalid();
    auto user = body.find((*session)->user_id);
    if (!user) return user.error();
    if (!*user || (*user)->disabled) return account_gone();
    const Timestamp now = body.clock.now();
    const Refresh decision = decide_refresh(**session, hash, now, body.policy);
    if (decision == Refresh::refuse) return token_invalid();
    std::string next_token = body.refresh_tokens.make();
    const std::string next_hash = body.refresh_tokens.hash(next_token);
    IdentityChange change{(*user)->version, std::move(**user), {}};
    change.sessions.push_back({(*session)->version, decision == Refresh::reused ? revoked(**session, now)
                                                    : decision == Refresh::reissue
                                                        ? reissued(**session, next_hash, now, body.policy)
                                                        : rotated(**session, next_hash, now, body.policy)});
    const auto done = body.commit(change);
    if (!done && Body::is_conflict(done.error())) continue;
    if (decision == Refresh::reused) {
      body.standings.forget((*session)->id);
      if (!done) return done.error();
      return Error{Errc::refresh_reused, "the refresh token was used before; log in again"};
    }
    if (!done) return done.error();
    return body.logged_in(std::move(change.user), change.sessions.front().session, std::move(next_token), now);
  }
  return too_many_races();
}

Result<Caller> Accounts::authenticate(std::string_view access_token) {
  if (access_token.empty()) return Error{Errc::not_authenticated, "this needs a log-in"};
  const Timestamp now = body_->clock.now();
  const auto claims = body_->signer.verify(access_token, now);
  if (!claims) return claims.error();
  const UserOfSession caller{claims->user_id, claims->session_id};
  if (auto remembered = body_->standings.recall(caller, now)) return Body::caller(*claims, std::move(*remembered), now);
  auto standing = body_->standings.look_up(caller, now);
  if (!standing) return standing.error();
  return Body::caller(*claims, std::move(*standing), now);
}

std::optional<Result<Caller>> Accounts::authenticate_from_memory(std::string_view access_token) {
  if (access_token.empty()) return Error{Errc::not_authenticated, "this needs a log-in"};
  const Timestamp now = body_->clock.now();
  const auto known = body_->signer.recall(access_token, now);
  if (!known) return std::nullopt;
  const Result<Claims>& claims = *known;
  if (!claims) return claims.error();
  auto remembered = body_->standings.recall({claims->user_id, claims->session_id}, now);
  if (!remembered) return std::nullopt;
  return Body::caller(*claims, std::move(*remembered), now);
}

std::string Accounts::jwks() { return body_->signer.jwks(); }

const AccountsPolicy& Accounts::policy() const noexcept { return body_->policy; }

}  // namespace tiketi
