#include "adapters/sql/identity_verify.hpp"

#include <utility>

namespace tiketi::sql {
namespace {

constexpr std::size_t max_findings = 100;

/// A query whose every row is a violation, beginning with the id of what is broken.
struct Invariant {
  const char* name;
  const char* what;  ///< after the id
  Statement query;
};

const std::vector<Invariant>& invariants() {
  static const std::vector<Invariant> all{
      {"session-user",
       "session belongs to a user who does not exist",
       {"SELECT s.id FROM sessions s LEFT JOIN users u ON u.id = s.user_id WHERE u.id IS NULL LIMIT 100"}},
      {"session-token",
       "session's refresh token is not among those that it has had",
       {"SELECT s.id FROM sessions s LEFT JOIN refresh_tokens t ON t.hash = s.token_hash "
        "WHERE t.session_id IS NULL OR t.session_id <> s.id LIMIT 100"}},
      {"session-previous-token",
       "session's previous refresh token is not among those that it has had",
       {"SELECT s.id FROM sessions s LEFT JOIN refresh_tokens t ON t.hash = s.previous_hash "
        "WHERE s.previous_hash <> '' AND (t.session_id IS NULL OR t.session_id <> s.id) LIMIT 100"}},
      {"token-session",
       "session does not exist, but one of its refresh tokens does",
       {"SELECT t.session_id FROM refresh_tokens t LEFT JOIN sessions s ON s.id = t.session_id WHERE s.id IS NULL "
        "LIMIT 100"}},
      {"disabled-session",
       "session is live, but its user is disabled",
       {"SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.disabled = 1 AND s.revoked_at = 0 "
        "AND s.expires_at > u.updated_at LIMIT 100"}},
  };
  return all;
}

}  // namespace

Result<std::vector<Finding>> find_broken_accounts(Database& database) {
  std::vector<Finding> findings;
  std::vector<Step> steps{{&begin_read(), {}, {}}, {&read_all(), {}, {}}};
  for (const Invariant& invariant : invariants())
    steps.push_back({&invariant.query, {}, [&findings, &invariant](const Row& row) {
                       if (findings.size() < max_findings)
                         findings.push_back({invariant.name, SessionId{row.uuid(0)}.text() + ": " + invariant.what});
                     }});
  steps.push_back({&commit(), {}, {}});
  const auto connection = database.reader();
  if (!connection) return connection.error();
  if (auto done = (*connection)->run(steps); !done) {
    (*connection)->rollback();
    return done.error();
  }
  return findings;
}

}  // namespace tiketi::sql
