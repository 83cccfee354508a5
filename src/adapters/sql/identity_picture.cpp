#include "adapters/sql/identity_picture.hpp"

#include "adapters/sql/identity_rows.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

/// In order of their ids, as every writer does, so that none waits for another that waits for it.
const Statement& lock_users() {
  static const std::string columns(user_columns);
  static const Statement statement(
      "SELECT " + columns + " FROM users WHERE id = $1",
      "SELECT " + columns + " FROM users WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", true);
  return statement;
}

/// Those, and all active admins: who takes the role from one locks the others, or two who do so at once would each
/// count on the other.
const Statement& lock_users_and_admins() {
  static const std::string columns(user_columns);
  static const std::string or_admin = " OR (role = 1 AND disabled = 0)";
  static const Statement statement(
      "SELECT " + columns + " FROM users WHERE id = $1" + or_admin,
      "SELECT " + columns + " FROM users WHERE id = ANY ($1::uuid[])" + or_admin + " ORDER BY id FOR UPDATE", true);
  return statement;
}

const Statement& select_subjects() {
  static const Statement statement("SELECT subject, id FROM users WHERE subject = $1 AND subject <> ''",
                                   "SELECT subject, id FROM users WHERE subject = ANY ($1::text[]) AND subject <> ''",
                                   true);
  return statement;
}

/// The keys under which the changes look into the tables, without repetition.
struct Keys {
  std::vector<Uuid> users;
  std::vector<std::string_view> emails;
  std::vector<std::string_view> subjects;
  std::vector<Uuid> sessions;
  std::vector<std::string_view> tokens;
  std::vector<Uuid> users_with_all_sessions;
  bool all_admins = false;

  explicit Keys(std::span<const IdentityChange> changes) {
    for (const IdentityChange& change : changes) {
      const User& user = change.user;
      users.push_back(user.id.uuid);
      if (change.names_all_live_at) users_with_all_sessions.push_back(user.id.uuid);
      all_admins = all_admins || change.keeps_an_admin;
      if (user.version != change.expected_version) emails.push_back(user.email);
      if (user.version != change.expected_version && !user.subject.empty()) subjects.push_back(user.subject);
      for (const PutSession& put : change.sessions) {
        sessions.push_back(put.session.id.uuid);
        tokens.push_back(put.session.token_hash);
      }
    }
    make_distinct(users);
    make_distinct(emails);
    make_distinct(subjects);
    make_distinct(sessions);
    make_distinct(tokens);
    make_distinct(users_with_all_sessions);
  }

 private:
  template <class Key>
  static void make_distinct(std::vector<Key>& keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  }
};

template <class Table, class Key>
auto found_in(const Table& table, const Key& key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

template <class Table>
auto id_in(const Table& table, std::string_view key) {
  const auto* id = found_in(table, std::string(key));
  return id == nullptr ? typename Table::mapped_type() : *id;
}

}  // namespace

Result<void> IdentityPicture::read(Connection& connection, std::span<const IdentityChange> changes) {
  static const Statement select_emails = bulk_select("users", {{"email", Type::text}}, "email, id");
  static const Statement select_sessions = bulk_select("sessions", {{"id", Type::uuid}}, session_columns);
  static const Statement select_unrevoked =
      bulk_select("sessions", {{"user_id", Type::uuid}, {"revoked_at"}}, session_columns);
  static const Statement select_tokens = bulk_select("refresh_tokens", {{"hash", Type::text}}, "hash, session_id");

  Keys keys(changes);
  std::vector<Step> steps;
  steps.push_back({&begin_write(), {}, {}});
  steps.push_back(
      {keys.all_admins ? &lock_users_and_admins() : &lock_users(), {std::move(keys.users)}, [this](const Row& row) {
         User user = user_of(row);
         users_.insert_or_assign(user.id, std::move(user));
       }});
  if (!keys.emails.empty())
    steps.push_back({&select_emails, {std::move(keys.emails)}, [this](const Row& row) {
                       emails_.emplace(row.text(0), UserId{row.uuid(1)});
                     }});
  if (!keys.subjects.empty())
    steps.push_back({&select_subjects(), {std::move(keys.subjects)}, [this](const Row& row) {
                       subjects_.emplace(row.text(0), UserId{row.uuid(1)});
                     }});
  const auto keep_session = [this](const Row& row) {
    Session session = session_of(row);
    sessions_.insert_or_assign(session.id, std::move(session));
  };
  if (!keys.users_with_all_sessions.empty()) {
    std::vector<std::int64_t> never_revoked(keys.users_with_all_sessions.size(), 0);
    steps.push_back(
        {&select_unrevoked, {std::move(keys.users_with_all_sessions), std::move(never_revoked)}, keep_session});
  }
  if (!keys.sessions.empty()) {
    steps.push_back({&select_sessions, {std::move(keys.sessions)}, keep_session});
    steps.push_back({&select_tokens, {std::move(keys.tokens)}, [this](const Row& row) {
                       tokens_.emplace(row.text(0), SessionId{row.uuid(1)});
                     }});
  }
  return connection.run(steps);
}

void IdentityPicture::apply(const IdentityChange& change) {
  const User& user = change.user;
  if (user.version != change.expected_version) {
    const bool is_new = users_.insert_or_assign(user.id, user).second;
    emails_.emplace(user.email, user.id);
    if (!user.subject.empty()) subjects_.emplace(user.subject, user.id);
    user_writes_.put(user.id, user, is_new);
  }
  for (const PutSession& put : change.sessions) {
    const Session& session = put.session;
    const bool is_new = sessions_.insert_or_assign(session.id, session).second;
    session_writes_.put(session.id, session, is_new);
    if (tokens_.emplace(session.token_hash, session.id).second) new_tokens_.push_back(&session);
  }
}

Result<void> IdentityPicture::write(Connection& connection) const {
  std::vector<Step> steps;
  const auto add = [&steps](const auto& nouns, auto make_step) {
    if (!nouns.empty()) steps.push_back(make_step(nouns));
  };
  const auto new_users = user_writes_.select(true);
  const auto old_users = user_writes_.select(false);
  const auto new_sessions = session_writes_.select(true);
  const auto old_sessions = session_writes_.select(false);
  add(new_users, [](const auto& users) { return insert_users(users); });
  add(old_users, [](const auto& users) { return update_users(users); });
  add(new_sessions, [](const auto& sessions) { return insert_sessions(sessions); });
  add(old_sessions, [](const auto& sessions) { return update_sessions(sessions); });
  add(new_tokens_, [](const auto& sessions) { return insert_tokens(sessions); });
  if (steps.empty()) {
    connection.rollback();
    return {};
  }
  steps.push_back({&commit(), {}, {}});
  return connection.run(steps);
}

const User* IdentityPicture::user(UserId id) const { return found_in(users_, id); }
const Session* IdentityPicture::session(SessionId id) const { return found_in(sessions_, id); }
UserId IdentityPicture::user_with_email(std::string_view email) const { return id_in(emails_, email); }
UserId IdentityPicture::user_with_subject(std::string_view subject) const { return id_in(subjects_, subject); }
std::vector<SessionId> IdentityPicture::live_sessions(UserId user, Timestamp at) const {
  std::vector<SessionId> out;
  for (const auto& [id, session] : sessions_)
    if (session.user_id == user && session.is_live(at)) out.push_back(id);
  return out;
}
bool IdentityPicture::has_admin_besides(UserId user) const {
  return std::ranges::any_of(users_,
                             [user](const auto& each) { return each.first != user && each.second.is_active_admin(); });
}
SessionId IdentityPicture::session_with_token(std::string_view hash) const { return id_in(tokens_, hash); }

}  // namespace tiketi::sql
