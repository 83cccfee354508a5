#pragma once
// Noun: what an access token says.

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>
#include <tiketi/identity/user.hpp>

#include <string>

namespace tiketi {

/// The payload of a JSON Web Token (RFC 7519): {userId, email, role, sid, iat, exp}. E-mail and role are those of the
/// time when it was issued: who decides by them asks `Accounts::authenticate` for what they are now.
struct Claims {
  UserId user_id;
  std::string email;
  Role role = Role::user;
  SessionId session_id;
  Timestamp issued_at;   ///< whole seconds
  Timestamp expires_at;  ///< whole seconds, exclusive
  std::string key_id;    ///< which key signed it; filled in by the signer
  friend bool operator==(const Claims&, const Claims&) = default;
};

}  // namespace tiketi
