#pragma once
// Noun: what one log-in began.

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>

#include <cstdint>
#include <string>

namespace tiketi {

/// A log-in, and the family of refresh tokens that descend from it: each is good once and brings the next. The tokens
/// themselves are stored nowhere, only their hashes (`RefreshTokens::hash`). A session that was revoked never comes
/// back.
struct Session {
  SessionId id;
  UserId user_id;
  std::string token_hash;     ///< of the refresh token that is good now
  std::string previous_hash;  ///< of the one that was used last; empty: none
  Timestamp created_at;
  Timestamp rotated_at;  ///< when that one was replaced; else when the session began
  Timestamp expires_at;  ///< exclusive; of the token that is good now
  Timestamp revoked_at;  ///< 0: it was not
  std::int64_t version = 1;
  friend bool operator==(const Session&, const Session&) = default;

  constexpr bool is_live(Timestamp now) const noexcept { return revoked_at == Timestamp{} && now < expires_at; }
};

}  // namespace tiketi
