#pragma once
// The tables of accounts: their columns, how rows become nouns, and how nouns become rows.

#include "adapters/sql/connection.hpp"

#include <tiketi/identity/store.hpp>

#include <span>
#include <string_view>
#include <utility>

namespace tiketi::sql {

inline constexpr std::string_view user_columns =
    "id, email, name, phone, role, provider, subject, password_hash, profile_image, disabled, failed_logins, "
    "locked_until, created_at, updated_at, version";
inline constexpr std::string_view session_columns =
    "id, user_id, token_hash, previous_hash, created_at, rotated_at, expires_at, revoked_at, version";

inline constexpr std::string_view guesses_columns = "email_hash, failed_logins, locked_until, forget_at, version";

User user_of(const Row& row);
Session session_of(const Row& row);
Guesses guesses_of(const Row& row);

// Statements that store rows, new ones and changed ones. Their texts are those of the nouns, which must outlive the
// step.
Step insert_users(std::span<const User* const> users);
Step update_users(std::span<const User* const> users);
Step insert_sessions(std::span<const Session* const> sessions);
Step update_sessions(std::span<const Session* const> sessions);
/// The tokens that sessions have had.
Step insert_tokens(std::span<const Session* const> sessions);
Step insert_guesses(const Guesses& guesses);
Step update_guesses(const Guesses& guesses);

}  // namespace tiketi::sql
