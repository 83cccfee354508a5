#pragma once
// What the functions of `Accounts` share.

#include <tiketi/identity/accounts.hpp>

#include "core/identity/refusals.hpp"
#include "core/identity/standings.hpp"

#include <functional>
#include <utility>

namespace tiketi {

// Each attempt follows somebody else's success; more would mean that something else is wrong.
inline constexpr int max_identity_attempts = 16;

struct Accounts::Body {
  IdentityStore& store;
  PasswordHasher& passwords;
  TokenSigner& signer;
  RefreshTokens& refresh_tokens;
  Clock& clock;
  Ids& ids;
  const AccountsPolicy policy;
  identity::Standings standings;

  /// The answer to the one change. A commit whose outcome is unknown is repeated.
  Result<void> commit(const IdentityChange& change);

  Result<std::optional<User>> find(UserId id);
  Result<std::optional<User>> find(const std::string& email);

  /// Whose password is to be checked. If none can be, a user without a hash, on whom the guesses at it are counted.
  Result<User> find_to_log_in(const std::string& email);
  /// Stores what `after_failed_login` made of a user without a hash. version_conflict.
  Result<void> count_guess(std::int64_t expected_version, const User& nobody, Timestamp now);

  /// A change that revokes all live sessions but the kept one, which stays as it is; the user, too.
  Result<IdentityChange> ending_sessions(const User& user, SessionId kept, Timestamp now);

  /// Reads the user, commits what `decide` makes of it, and forgets what is remembered of it; again if somebody else
  /// was quicker. user_not_found.
  Result<User> change_user(UserId id, const std::function<Result<IdentityChange>(User, Timestamp)>& decide);

  /// The work of a check.
  Result<PasswordCheck> matching_nothing(std::string_view password);

  using FindUser = std::function<Result<User>()>;
  /// From the user whose password was right, and the hash by which to replace the stored one (empty: keep it).
  using RightPassword = std::function<Result<IdentityChange>(User, std::string, Timestamp)>;
  /// Checks a password and commits what `decide` makes of a right one, or the failure. What is decided rests on what
  /// is stored when it is committed, so that guesses made side by side count like guesses in a row.
  Result<IdentityChange> with_password(const FindUser& find_user, std::string_view password,
                                       const RightPassword& decide);

  /// Adds a session with that refresh token, and ends the quietest ones of a user who has too many.
  Result<Session> add_session(IdentityChange& change, const std::string& refresh_token, Timestamp now);

  Result<LoggedIn> logged_in(User user, const Session& session, std::string refresh_token, Timestamp now);

  /// The caller, if what is known of the session allows it.
  static Result<Caller> caller(const Claims& claims, Standing standing, Timestamp now);

  /// As it may be shown.
  static User shown(User user) {
    user.password_hash.clear();
    return user;
  }

  static bool is_conflict(const Error& error) { return error.code == Errc::version_conflict; }
};

}  // namespace tiketi
