#include "adapters/sql/identity_rows.hpp"

#include "adapters/sql/batch.hpp"
#include "adapters/sql/run.hpp"

#include <string>
#include <vector>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

const std::vector<Field>& key() {
  static const std::vector<Field> fields{{"id", Type::uuid}};
  return fields;
}

const std::vector<Field>& user_fields() {
  static const std::vector<Field> fields{{"email", Type::text},
                                         {"name", Type::text},
                                         {"phone", Type::text},
                                         {"role"},
                                         {"provider"},
                                         {"subject", Type::text},
                                         {"password_hash", Type::text},
                                         {"profile_image", Type::text},
                                         {"disabled"},
                                         {"failed_logins"},
                                         {"locked_until"},
                                         {"created_at"},
                                         {"updated_at"},
                                         {"version"}};
  return fields;
}

const std::vector<Field>& session_fields() {
  static const std::vector<Field> fields{{"user_id", Type::uuid},
                                         {"token_hash", Type::text},
                                         {"previous_hash", Type::text},
                                         {"created_at"},
                                         {"rotated_at"},
                                         {"expires_at"},
                                         {"revoked_at"},
                                         {"version"}};
  return fields;
}

const std::vector<Field>& guesses_key() {
  static const std::vector<Field> fields{{"email_hash", Type::text}};
  return fields;
}

const std::vector<Field>& guesses_fields() {
  static const std::vector<Field> fields{{"failed_logins"}, {"locked_until"}, {"forget_at"}, {"version"}};
  return fields;
}

std::vector<Column> guesses_values(const Guesses& guesses) {
  return {one(guesses.email_hash), one(guesses.failed_logins), one(guesses.locked_until.ms), one(guesses.forget_at.ms),
          one(guesses.version)};
}

std::vector<Field> joined(std::vector<Field> key, const std::vector<Field>& fields) {
  key.insert(key.end(), fields.begin(), fields.end());
  return key;
}

std::vector<Column> user_values(std::span<const User* const> users) {
  const auto text = [&](std::string User::*member) {
    return column(users, [member](const User& user) { return std::string_view(user.*member); });
  };
  const auto time = [&](Timestamp User::*member) {
    return column(users, [member](const User& user) { return (user.*member).ms; });
  };
  return {column(users, [](const User& user) { return user.id.uuid; }),
          text(&User::email),
          text(&User::name),
          text(&User::phone),
          column(users, [](const User& user) { return static_cast<std::int64_t>(user.role); }),
          column(users, [](const User& user) { return static_cast<std::int64_t>(user.provider); }),
          text(&User::subject),
          text(&User::password_hash),
          text(&User::profile_image),
          column(users, [](const User& user) { return user.disabled; }),
          column(users, [](const User& user) { return user.failed_logins; }),
          time(&User::locked_until),
          time(&User::created_at),
          time(&User::updated_at),
          column(users, [](const User& user) { return user.version; })};
}

std::vector<Column> session_values(std::span<const Session* const> sessions) {
  const auto time = [&](Timestamp Session::*member) {
    return column(sessions, [member](const Session& session) { return (session.*member).ms; });
  };
  return {column(sessions, [](const Session& session) { return session.id.uuid; }),
          column(sessions, [](const Session& session) { return session.user_id.uuid; }),
          column(sessions, [](const Session& session) { return std::string_view(session.token_hash); }),
          column(sessions, [](const Session& session) { return std::string_view(session.previous_hash); }),
          time(&Session::created_at),
          time(&Session::rotated_at),
          time(&Session::expires_at),
          time(&Session::revoked_at),
          column(sessions, [](const Session& session) { return session.version; })};
}

}  // namespace

User user_of(const Row& row) {
  User user;
  user.id = UserId{row.uuid(0)};
  user.email = row.text(1);
  user.name = row.text(2);
  user.phone = row.text(3);
  user.role = static_cast<Role>(row.integer(4));
  user.provider = static_cast<SignInProvider>(row.integer(5));
  user.subject = row.text(6);
  user.password_hash = row.text(7);
  user.profile_image = row.text(8);
  user.disabled = row.integer(9) != 0;
  user.failed_logins = static_cast<std::int32_t>(row.integer(10));
  user.locked_until = {row.integer(11)};
  user.created_at = {row.integer(12)};
  user.updated_at = {row.integer(13)};
  user.version = row.integer(14);
  return user;
}

Session session_of(const Row& row) {
  Session session;
  session.id = SessionId{row.uuid(0)};
  session.user_id = UserId{row.uuid(1)};
  session.token_hash = row.text(2);
  session.previous_hash = row.text(3);
  session.created_at = {row.integer(4)};
  session.rotated_at = {row.integer(5)};
  session.expires_at = {row.integer(6)};
  session.revoked_at = {row.integer(7)};
  session.version = row.integer(8);
  return session;
}

Guesses guesses_of(const Row& row) {
  return {std::string(row.text(0)),
          static_cast<std::int32_t>(row.integer(1)),
          {row.integer(2)},
          {row.integer(3)},
          row.integer(4)};
}

Step insert_users(std::span<const User* const> users) {
  static const Statement statement = bulk_insert("users", joined(key(), user_fields()));
  return {&statement, user_values(users), {}};
}

Step update_users(std::span<const User* const> users) {
  static const Statement statement = bulk_update("users", key(), user_fields());
  return {&statement, user_values(users), {}};
}

Step insert_sessions(std::span<const Session* const> sessions) {
  static const Statement statement = bulk_insert("sessions", joined(key(), session_fields()));
  return {&statement, session_values(sessions), {}};
}

Step update_sessions(std::span<const Session* const> sessions) {
  static const Statement statement = bulk_update("sessions", key(), session_fields());
  return {&statement, session_values(sessions), {}};
}

Step insert_tokens(std::span<const Session* const> sessions) {
  static const Statement statement = bulk_insert("refresh_tokens", {{"hash", Type::text}, {"session_id", Type::uuid}});
  return {&statement,
          {column(sessions, [](const Session& session) { return std::string_view(session.token_hash); }),
           column(sessions, [](const Session& session) { return session.id.uuid; })},
          {}};
}

Step insert_guesses(const Guesses& guesses) {
  static const Statement statement = bulk_insert("log_in_guesses", joined(guesses_key(), guesses_fields()));
  return {&statement, guesses_values(guesses), {}};
}

Step update_guesses(const Guesses& guesses) {
  static const Statement statement = bulk_update("log_in_guesses", guesses_key(), guesses_fields());
  return {&statement, guesses_values(guesses), {}};
}

}  // namespace tiketi::sql
