#pragma once
// The guards of changes to accounts. Every store uses these, so that all of them decide alike.

#include <tiketi/base/result.hpp>
#include <tiketi/identity/store.hpp>

#include <string_view>
#include <vector>

namespace tiketi::identity {

/// What is stored at the time of a change, as far as its guards ask.
class Stored {
 public:
  virtual ~Stored() = default;
  virtual const User* user(UserId id) const = 0;                          ///< null: there is none
  virtual UserId user_with_email(std::string_view email) const = 0;       ///< nil: there is none
  virtual UserId user_with_subject(std::string_view subject) const = 0;   ///< nil: there is none
  virtual const Session* session(SessionId id) const = 0;                 ///< null: there is none
  virtual SessionId session_with_token(std::string_view hash) const = 0;  ///< has or once had it; nil: none

  // Asked only if a change wants it guarded.
  virtual std::vector<SessionId> live_sessions(UserId user, Timestamp at) const = 0;
  virtual bool has_admin_besides(UserId user) const = 0;  ///< an active one
};

/// What to do with a change.
enum class Verdict : std::uint8_t { apply, applied_before };

/// Or the error that `IdentityStore::commit` answers with.
Result<Verdict> check_guard(const Stored& stored, const IdentityChange& change);

/// What `IdentityStore::put` answers with when others were quicker.
Error guesses_conflict();

}  // namespace tiketi::identity
