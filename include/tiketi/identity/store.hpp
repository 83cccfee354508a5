#pragma once
// Port: where accounts and sessions are kept.

#include <tiketi/base/finding.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/identity/session.hpp>
#include <tiketi/identity/user.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

/// Stores the session as given, if the stored one has `expected_version` (0: there is none yet). The token hashes that
/// a session has had are remembered for as long as the session is kept.
struct PutSession {
  std::int64_t expected_version = 0;
  Session session;
};

/// About one user. All of it applies, or nothing:
/// - the stored user has `expected_version` (0: it is new), and its e-mail and subject are nobody else's;
/// - the user is stored as `user`. Nothing is written if that has the `expected_version`: then it is a guard only;
/// - its sessions are stored likewise;
/// - what is asked for below holds.
struct IdentityChange {
  std::int64_t expected_version = 0;
  User user;
  std::vector<PutSession> sessions;
  /// If set: every session of the user that is live then is among `sessions`, so that what ends them all misses none
  /// that began meanwhile.
  std::optional<Timestamp> names_all_live_at = std::nullopt;
  /// Afterwards there is an active admin: this user or another.
  bool keeps_an_admin = false;
};

/// Log-ins that failed for an e-mail by which nobody can log in. They count, and lock, like those of an account, or it
/// would show which e-mails have one.
struct Guesses {
  std::string email_hash;  ///< the address of who mistyped theirs is kept nowhere
  std::int32_t failed_logins = 0;
  Timestamp locked_until;  ///< exclusive; 0: not locked
  Timestamp forget_at;
  std::int64_t version = 0;
  friend bool operator==(const Guesses&, const Guesses&) = default;
};

/// What `authenticate` needs to know of a session and its user.
struct Standing {
  bool has_user = false;
  bool disabled = false;
  Role role = Role::user;
  std::string email;
  bool has_session = false;  ///< and it is that user's
  bool revoked = false;
  Timestamp session_expires_at;
  friend bool operator==(const Standing&, const Standing&) = default;
};

struct UserOfSession {
  UserId user_id;
  SessionId session_id;
};

/// Which users to list: those whose e-mail, name or phone contains the text, whatever the case of ASCII letters.
struct UserSearch {
  std::string text;  ///< empty: all
  std::int64_t offset = 0;
  std::int64_t limit = 20;
};
struct UserPage {
  std::vector<User> users;  ///< newest first
  std::int64_t total = 0;   ///< in all pages
};

/// Thread-safe. Reads see all that was committed before they began. Every function can return unavailable; those
/// that write also storage_full, and outcome_unknown if the connection broke while committing.
///
/// `commit` can safely be repeated with the same changes after outcome_unknown: one that is stored as given already is
/// answered as applied.
class IdentityStore {
 public:
  virtual ~IdentityStore() = default;

  /// Stores the changes in one transaction and answers for each on its own, in order; each sees those before it.
  /// already_exists (details: field = id, email or subject; session or token for a session), version_conflict,
  /// not_permitted (no admin would be left). An error of the whole means that nothing was stored (but for
  /// outcome_unknown).
  virtual Result<std::vector<Result<void>>> commit(std::span<const IdentityChange> changes) = 0;

  // For each key in turn; nothing where there is none.
  virtual Result<std::vector<std::optional<User>>> users(std::span<const UserId> ids) = 0;
  virtual Result<std::vector<std::optional<User>>> users_with_email(std::span<const std::string> emails) = 0;
  virtual Result<std::vector<Standing>> standings(std::span<const UserOfSession> callers) = 0;

  virtual Result<std::optional<User>> user_with_subject(std::string_view subject) = 0;

  /// The session that has, or once had, the refresh token of that hash.
  virtual Result<std::optional<Session>> session_with_token(std::string_view token_hash) = 0;
  virtual Result<std::optional<Session>> session(SessionId id) = 0;

  /// Those that are live at `now`, the one that has been quiet the longest first.
  virtual Result<std::vector<Session>> live_sessions(UserId user, Timestamp now) = 0;

  virtual Result<std::optional<Guesses>> guesses(std::string_view email_hash) = 0;

  /// Stores them if the stored ones have `expected_version` (0: there are none yet); version_conflict.
  virtual Result<void> put(std::int64_t expected_version, const Guesses& guesses) = 0;

  virtual Result<UserPage> list(const UserSearch& search) = 0;

  /// Removes at most `limit` sessions that were over at `now`, revoked or not; returns how many.
  virtual Result<std::size_t> prune_sessions(Timestamp now, std::size_t limit) = 0;

  /// Removes at most `limit` of those to forget at `now`; returns how many.
  virtual Result<std::size_t> prune_guesses(Timestamp now, std::size_t limit) = 0;

  /// Checks every invariant on all that is stored; at most 100 findings.
  virtual Result<std::vector<Finding>> verify() = 0;
};

}  // namespace tiketi
