#pragma once
// Pure decisions about accounts and sessions.

#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>
#include <tiketi/identity/session.hpp>
#include <tiketi/identity/user.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi {

/// What an operator may set. Times are in milliseconds.
struct AccountsPolicy {
  std::int64_t access_token_ms = 7 * day_ms;    ///< not longer than a refresh token
  std::int64_t refresh_token_ms = 30 * day_ms;  ///< counted anew at each refresh
  std::int32_t failed_logins = 5;               ///< so many in a row lock the account …
  std::int64_t lockout_ms = 15 * minute_ms;     ///< … for so long
  /// For so long after its use, a refresh token that comes again counts as another tab, or as a client that has lost
  /// the answer, not as stolen: the session goes on with a fresh token, which replaces the one that the first use
  /// brought. 0: never.
  std::int64_t reuse_grace_ms = 10 * second_ms;
  std::int64_t standing_ms = 5 * second_ms;  ///< how old what this process remembers of an account may be
  std::size_t remembered_sessions = 100'000;
  std::size_t sessions_per_user = 50;  ///< the one that has been quiet the longest ends for a new one
  std::int64_t rotations = 10'000;     ///< then its user has to log in again
};

/// What a client tells of itself.
struct NewAccount {
  std::string email;
  std::string password;
  std::string name;
  std::string phone;  ///< empty: none
};

/// What is to be changed; nothing: stays as it is.
struct ProfileChange {
  std::optional<std::string> name;
  std::optional<std::string> phone;
  std::optional<std::string> profile_image;
};

namespace identity {

inline constexpr std::size_t max_email_bytes = 254;      // RFC 5321
inline constexpr std::size_t max_local_part_bytes = 64;  // RFC 5321
inline constexpr std::size_t min_password_characters = 6;
inline constexpr std::size_t max_password_bytes = 128;
inline constexpr std::size_t max_name_bytes = 200;
inline constexpr std::size_t max_phone_bytes = 32;
inline constexpr std::size_t max_profile_image_bytes = 2'000;

inline constexpr std::int64_t max_accounts_policy_ms = 36'500 * day_ms;
/// So long failed log-ins for an e-mail that has no account are remembered at least.
inline constexpr std::int64_t guesses_kept_ms = day_ms;

/// invalid_argument; details: field.
Result<void> check(const AccountsPolicy& policy);

/// ASCII letters in small; everything else stays.
std::string in_small_letters(std::string_view text);

/// Without spaces around it, in small letters. invalid_argument unless it is an address that mail can be sent to
/// without quoting (RFC 5322, dot-atom) and whose domain has two labels or more. ASCII only.
Result<std::string> normalised_email(std::string_view text);

/// UTF-8 without control characters, within the bounds above. invalid_argument; details: field.
Result<void> check_password(std::string_view password);

/// A new account of somebody who will log in by password, without its hash. invalid_argument; details: field.
Result<User> new_user(const NewAccount& account, UserId id, Role role, Timestamp now);

/// The user with the change applied; the version is the next one. invalid_argument; details: field.
Result<User> with_profile(User user, const ProfileChange& change, Timestamp now);

/// account_locked while too many log-ins have failed; details: until (ISO 8601).
Result<void> check_unlocked(const User& user, Timestamp now);

/// After a wrong password; the last one that is allowed locks. Failures from before a lock that is over don't count.
User after_failed_login(User user, Timestamp now, const AccountsPolicy& policy);

/// After the right one, which is stored anew if `new_hash` is not empty. The same user, version and all, if there is
/// nothing to change.
User after_right_password(User user, std::string new_hash, Timestamp now);

Session new_session(SessionId id, UserId user, std::string token_hash, Timestamp now, const AccountsPolicy& policy);

/// Never again. The same session if it was revoked before.
Session revoked(Session session, Timestamp now);

/// What to do with a refresh token of that hash, which the session has or once had.
enum class Refresh : std::uint8_t {
  rotate,   ///< it is good: replace it
  reissue,  ///< replaced a moment ago, by the same client it seems: replace its successor
  refuse,   ///< the session is over
  reused,   ///< replaced before: it was stolen, or its successor was. Nobody may use the session any more
};
Refresh decide_refresh(const Session& session, std::string_view token_hash, Timestamp now,
                       const AccountsPolicy& policy) noexcept;

/// The session with its next token.
Session rotated(Session session, std::string token_hash, Timestamp now, const AccountsPolicy& policy);

/// The session with another token instead of the one that is good now. The grace of the one before stays as it is.
Session reissued(Session session, std::string token_hash, Timestamp now, const AccountsPolicy& policy);

}  // namespace identity

}  // namespace tiketi
