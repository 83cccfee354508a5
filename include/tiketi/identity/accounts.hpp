#pragma once
// Service: who somebody is, and what they may do.

#include <tiketi/base/result.hpp>
#include <tiketi/identity/password_hasher.hpp>
#include <tiketi/identity/refresh_tokens.hpp>
#include <tiketi/identity/rules.hpp>
#include <tiketi/identity/store.hpp>
#include <tiketi/identity/token_signer.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/ids.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// Who calls, as of now: role and e-mail are what is stored, not what the token says.
struct Caller {
  UserId user_id;
  SessionId session_id;
  std::string email;
  Role role = Role::user;
  friend bool operator==(const Caller&, const Caller&) = default;
};

/// A new or refreshed session's tokens.
struct Tokens {
  std::string access_token;
  Timestamp access_expires_at;
  std::string refresh_token;
  Timestamp refresh_expires_at;
};

struct LoggedIn {
  User user;
  SessionId session_id;
  Tokens tokens;
};

/// Which accounts to list. Pages count from 1.
struct UserQuery {
  std::string search;  ///< in e-mail, name and phone; empty: all
  std::int32_t page = 1;
  std::int32_t limit = 20;
};
inline constexpr std::int32_t max_user_page_limit = 1000;
inline constexpr std::size_t max_user_search_bytes = 200;

/// not_permitted unless it is an admin.
Result<void> require_admin(const Caller& caller);

/// Synchronous and thread-safe. What hashes a password takes tens of milliseconds of a core: hosts call it from a
/// bounded pool. No lock or connection is held meanwhile. Users are answered without their password hash.
///
/// Besides what each function tells, each can return unavailable, and those that change something storage_full,
/// version_conflict (retrying did not help) and outcome_unknown.
class Accounts {
 public:
  /// All of them must outlive the service. `identity::check(policy)` must hold.
  Accounts(IdentityStore& store, PasswordHasher& passwords, TokenSigner& signer, RefreshTokens& refresh_tokens,
           Clock& clock, Ids& ids, AccountsPolicy policy = {});
  ~Accounts();
  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;

  /// Makes an account and logs it in. invalid_argument (details: field), already_exists (field email).
  Result<LoggedIn> register_user(const NewAccount& account);

  /// credentials_refused for an unknown e-mail, an account without a password and a wrong password alike, after the
  /// same work; account_locked (details: until), whether or not there is such an account, and then the password is not
  /// even looked at; account_gone (disabled, and the password was right). Of guesses made side by side only so many
  /// count as the policy allows.
  Result<LoggedIn> log_in(std::string_view email, std::string_view password);

  /// Ends the caller's session: neither its access tokens nor its refresh token are good any more. Repeating it
  /// changes nothing.
  Result<void> log_out(const Caller& caller);

  /// New tokens for a refresh token, which is good once. token_invalid (unknown, expired, logged out), refresh_reused
  /// (used before, and not just now, see `reuse_grace_ms`: the session is revoked), account_gone.
  Result<LoggedIn> refresh(std::string_view refresh_token);

  /// Who the bearer of an access token is. not_authenticated (no token), token_invalid (forged, expired, logged out),
  /// account_gone. A change of role, a disabled account and a log-out count at once when this process made them, and
  /// within `standing_ms` when another did. About a microsecond when the session was seen within that time and the
  /// signer remembers the token; else a read of the store.
  Result<Caller> authenticate(std::string_view access_token);

  /// The same without asking the store or checking a signature, for threads that must not wait; nothing: only
  /// `authenticate` can tell.
  std::optional<Result<Caller>> authenticate_from_memory(std::string_view access_token);

  Result<User> profile(UserId id);  ///< user_not_found

  /// user_not_found, invalid_argument (details: field).
  Result<User> update_profile(UserId id, const ProfileChange& change);

  /// Ends all sessions but the caller's. credentials_refused (which counts as a failed log-in), account_locked,
  /// invalid_argument (the new one), not_permitted (an account without a password), account_gone.
  Result<void> change_password(const Caller& caller, std::string_view current, std::string_view wanted);

  /// Gives an account a password without asking for the old one, lifts its lock and ends all its sessions: for whoever
  /// runs the house. user_not_found, invalid_argument (details: field).
  Result<User> set_password(UserId id, std::string_view wanted);

  /// user_not_found, not_permitted (it is the last admin who is not disabled).
  Result<User> set_role(UserId id, Role role);

  /// A disabled account can't log in, and its sessions end. user_not_found, not_permitted (as above).
  Result<User> set_disabled(UserId id, bool disabled);

  /// Makes an account that is an admin. If that e-mail is an admin's already, nothing changes, not even the password.
  /// invalid_argument, already_exists (somebody else's account: it is not made an admin unasked).
  Result<User> create_admin(const NewAccount& account);

  /// Makes many accounts with one password between them, whose hash (`PasswordHasher::hash`) is given: for load tests.
  /// Answers for each. invalid_argument, already_exists.
  std::vector<Result<User>> bulk_register(std::span<const NewAccount> accounts, const std::string& password_hash);

  /// Logs many users in without asking for their passwords: for load tests, whose users all have one. Answers for each.
  /// Ends no older sessions, however many there are. user_not_found, account_gone.
  std::vector<Result<LoggedIn>> bulk_log_in(std::span<const UserId> users);

  /// invalid_argument (page, limit or search out of bounds).
  Result<UserPage> list(const UserQuery& query);

  /// Removes sessions that are over and guesses that are old, at most `limit`; returns how many.
  Result<std::size_t> prune(std::size_t limit = 10'000);

  /// The public keys by which others check our access tokens (RFC 7517).
  std::string jwks();

  const AccountsPolicy& policy() const noexcept;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace tiketi
