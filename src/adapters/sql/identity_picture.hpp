#pragma once
// What a batch of changes to accounts touches: read, changed in memory, written back in bulk.

#include "adapters/sql/batch.hpp"

#include <tiketi/identity/guards.hpp>

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tiketi::sql {

/// The changes must outlive it.
class IdentityPicture final : public identity::Stored {
 public:
  /// Opens a transaction that no other writer of the same users passes, and reads what the changes touch.
  Result<void> read(Connection& connection, std::span<const IdentityChange> changes);

  /// Takes over a change whose guard holds.
  void apply(const IdentityChange& change);

  /// Writes what was taken over and commits.
  Result<void> write(Connection& connection) const;

  const User* user(UserId id) const override;
  UserId user_with_email(std::string_view email) const override;
  UserId user_with_subject(std::string_view subject) const override;
  const Session* session(SessionId id) const override;
  SessionId session_with_token(std::string_view hash) const override;
  std::vector<SessionId> live_sessions(UserId user, Timestamp at) const override;
  bool has_admin_besides(UserId user) const override;

 private:
  std::unordered_map<UserId, User> users_;
  std::unordered_map<std::string, UserId> emails_;
  std::unordered_map<std::string, UserId> subjects_;
  std::unordered_map<SessionId, Session> sessions_;
  std::unordered_map<std::string, SessionId> tokens_;
  Writes<UserId, User> user_writes_;
  Writes<SessionId, Session> session_writes_;
  std::vector<const Session*> new_tokens_;
};

}  // namespace tiketi::sql
