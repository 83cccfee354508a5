#pragma once
// Noun: somebody who has an account.

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>

#include <cstdint>
#include <string>

namespace tiketi {

/// What somebody may do. The numbers are stored.
enum class Role : std::uint8_t { user = 0, admin = 1 };
std::string_view name(Role role) noexcept;

/// How an account was made. The numbers are stored.
enum class SignInProvider : std::uint8_t { local = 0, google = 1 };

/// Invariants: the e-mail is normalised (`identity::normalised_email`) and nobody else's; so is the subject, unless it
/// is empty; a local account has a password, one of Google's a subject. An account is never removed, only disabled:
/// reservations and payments name it for as long as they are kept.
struct User {
  UserId id;
  std::string email;
  std::string name;
  std::string phone;  ///< empty: none
  Role role = Role::user;
  SignInProvider provider = SignInProvider::local;
  std::string subject;        ///< Google's name for the account (`sub`); empty: not linked
  std::string password_hash;  ///< empty: no log-in by password. Only stores and the service see it
  std::string profile_image;  ///< a URL; empty: none
  bool disabled = false;
  std::int32_t failed_logins = 0;  ///< in a row
  Timestamp locked_until;          ///< exclusive; 0: not locked
  Timestamp created_at;
  Timestamp updated_at;
  std::int64_t version = 1;  ///< plus one at each change
  friend bool operator==(const User&, const User&) = default;

  constexpr bool is_active_admin() const noexcept { return role == Role::admin && !disabled; }
};

}  // namespace tiketi
