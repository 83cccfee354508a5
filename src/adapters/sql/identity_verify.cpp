#include "adapters/sql/identity_verify.hpp"

#include "adapters/sql/invariants.hpp"

#include <utility>

namespace tiketi::sql {
namespace {

const std::vector<Invariant>& invariants() {
  static const std::vector<Invariant> all{
      {"session-user",
       "session belongs to a user who does not exist",
       0,
       {"SELECT s.id FROM sessions s LEFT JOIN users u ON u.id = s.user_id WHERE u.id IS NULL LIMIT 100"}},
      {"session-token",
       "session's refresh token is not among those that it has had",
       0,
       {"SELECT s.id FROM sessions s LEFT JOIN refresh_tokens t ON t.hash = s.token_hash "
        "WHERE t.session_id IS NULL OR t.session_id <> s.id LIMIT 100"}},
      {"session-previous-token",
       "session's previous refresh token is not among those that it has had",
       0,
       {"SELECT s.id FROM sessions s LEFT JOIN refresh_tokens t ON t.hash = s.previous_hash "
        "WHERE s.previous_hash <> '' AND (t.session_id IS NULL OR t.session_id <> s.id) LIMIT 100"}},
      {"token-session",
       "session does not exist, but one of its refresh tokens does",
       0,
       {"SELECT t.session_id FROM refresh_tokens t LEFT JOIN sessions s ON s.id = t.session_id WHERE s.id IS NULL "
        "LIMIT 100"}},
      {"disabled-session",
       "session is live, but its user is disabled",
       0,
       {"SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.disabled = 1 AND s.revoked_at = 0 "
        "AND s.expires_at > u.updated_at LIMIT 100"}},
  };
  return all;
}

}  // namespace

Result<std::vector<Finding>> find_broken_accounts(Database& database) {
  return find_violations(database, invariants());
}

}  // namespace tiketi::sql
