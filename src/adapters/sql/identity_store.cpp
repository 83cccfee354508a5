// Accounts and sessions in any SQL database.

#include "adapters/sql/identity_picture.hpp"
#include "adapters/sql/identity_rows.hpp"
#include "adapters/sql/identity_verify.hpp"
#include "adapters/sql/run.hpp"
#include "adapters/sql/stores.hpp"

#include <tiketi/identity/rules.hpp>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

Result<std::vector<Result<void>>> try_commit(Connection& connection, std::span<const IdentityChange> changes) {
  IdentityPicture picture;
  if (auto done = picture.read(connection, changes); !done) return done.error();
  std::vector<Result<void>> answers;
  answers.reserve(changes.size());
  for (const IdentityChange& change : changes) {
    const auto verdict = identity::check_guard(picture, change);
    answers.push_back(verdict ? Result<void>() : verdict.error());
    if (verdict && *verdict == identity::Verdict::apply) picture.apply(change);
  }
  if (auto done = picture.write(connection); !done) return done.error();
  return answers;
}

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(rest);
}

// A text is looked for as it is: no character of it is a wildcard. Case matters but for ASCII letters.
struct SearchText {
  std::string row;
  std::string set;
};
SearchText matching() {
  const std::string in_sqlite =
      " WHERE $1 = '' OR instr(email, $1) > 0 OR instr(lower(name), $1) > 0 OR instr(phone, $1) > 0";
  const std::string in_postgres =
      " WHERE $1::text = '' OR strpos(email, $1::text) > 0 OR strpos(lower(name COLLATE \"C\"), $1::text) > 0 "
      "OR strpos(phone, $1::text) > 0";
  return {in_sqlite, in_postgres};
}

const Statement& count_users() {
  static const Statement statement("SELECT count(*) FROM users" + matching().row,
                                   "SELECT count(*) FROM users" + matching().set, false);
  return statement;
}

const Statement& page_of_users() {
  static const std::string order = " ORDER BY id DESC LIMIT $2 OFFSET $3";
  static const Statement statement(select(user_columns, "users") + matching().row + order,
                                   select(user_columns, "users") + matching().set + order, false);
  return statement;
}

class SqlIdentityStore final : public IdentityStore {
 public:
  explicit SqlIdentityStore(Database& database) : database_(database) {}

  Result<std::vector<Result<void>>> commit(std::span<const IdentityChange> changes) override {
    if (changes.empty()) return std::vector<Result<void>>();
    return transact(database_, [changes](Connection& connection) { return try_commit(connection, changes); });
  }

  Result<std::vector<std::optional<User>>> users(std::span<const UserId> ids) override {
    static const Statement statement = bulk_select("users", {{"id", Type::uuid}}, user_columns);
    std::unordered_map<UserId, User> found;
    std::vector<Uuid> keys;
    for (const UserId id : ids) keys.push_back(id.uuid);
    if (auto done = read_users(statement, std::move(keys), found, &User::id); !done) return done.error();
    return in_order(ids, found);
  }

  Result<std::vector<std::optional<User>>> users_with_email(std::span<const std::string> emails) override {
    static const Statement statement = bulk_select("users", {{"email", Type::text}}, user_columns);
    std::unordered_map<std::string, User> found;
    std::vector<std::string_view> keys(emails.begin(), emails.end());
    if (auto done = read_users(statement, std::move(keys), found, &User::email); !done) return done.error();
    return in_order(emails, found);
  }

  Result<std::vector<Standing>> standings(std::span<const UserOfSession> callers) override;

  Result<std::optional<User>> user_with_subject(std::string_view subject) override {
    static const Statement statement(select(user_columns, "users WHERE subject = $1 AND subject <> ''"));
    return first<User>({&statement, {std::vector<std::string_view>{subject}}, {}}, user_of);
  }

  Result<std::optional<Session>> session_with_token(std::string_view token_hash) override {
    static const Statement statement(
        select(session_columns, "sessions WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1)"));
    return first<Session>({&statement, {std::vector<std::string_view>{token_hash}}, {}}, session_of);
  }

  Result<std::optional<Session>> session(SessionId id) override {
    static const Statement statement(select(session_columns, "sessions WHERE id = $1"));
    return first<Session>({&statement, {std::vector<Uuid>{id.uuid}}, {}}, session_of);
  }

  Result<std::vector<Session>> live_sessions(UserId user, Timestamp now) override {
    static const Statement statement(select(
        session_columns, "sessions WHERE user_id = $1 AND revoked_at = 0 AND expires_at > $2 ORDER BY rotated_at, id"));
    return collect<Session>({&statement, {std::vector<Uuid>{user.uuid}, std::vector<std::int64_t>{now.ms}}, {}},
                            session_of);
  }

  Result<std::optional<Guesses>> guesses(std::string_view email_hash) override {
    static const Statement statement(select(guesses_columns, "log_in_guesses WHERE email_hash = $1"));
    return first<Guesses>({&statement, {one(email_hash)}, {}}, guesses_of);
  }

  Result<void> put(std::int64_t expected_version, const Guesses& guesses) override;

  Result<UserPage> list(const UserSearch& search) override;
  Result<std::size_t> prune_sessions(Timestamp now, std::size_t limit) override;
  Result<std::size_t> prune_guesses(Timestamp now, std::size_t limit) override;
  Result<std::vector<Finding>> verify() override { return find_broken_accounts(database_); }

 private:
  Result<void> read(std::span<const Step> steps) {
    const auto connection = database_.reader();
    if (!connection) return connection.error();
    auto done = (*connection)->run(steps);
    if (!done) (*connection)->rollback();
    return done;
  }

  template <class Noun, class FromRow>
  Result<std::vector<Noun>> collect(Step step, FromRow from_row) {
    std::vector<Noun> out;
    step.on_row = [&](const Row& row) { out.push_back(from_row(row)); };
    if (auto done = read({&step, 1}); !done) return done.error();
    return out;
  }

  template <class Noun, class FromRow>
  Result<std::optional<Noun>> first(Step step, FromRow from_row) {
    auto found = collect<Noun>(std::move(step), from_row);
    if (!found) return found.error();
    return found->empty() ? std::optional<Noun>() : std::optional<Noun>(std::move(found->front()));
  }

  template <class Key, class Found, class Member>
  Result<void> read_users(const Statement& statement, std::vector<Key> keys, Found& found, Member key_of) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    if (keys.empty()) return {};
    const Step step{&statement, {std::move(keys)}, [&](const Row& row) {
                      User user = user_of(row);
                      auto key = user.*key_of;
                      found.emplace(std::move(key), std::move(user));
                    }};
    return read({&step, 1});
  }

  template <class Keys, class Found>
  static std::vector<std::optional<User>> in_order(const Keys& keys, const Found& found) {
    std::vector<std::optional<User>> out;
    for (const auto& key : keys) {
      const auto user = found.find(key);
      out.push_back(user == found.end() ? std::nullopt : std::optional<User>(user->second));
    }
    return out;
  }

  Database& database_;
};

Result<std::vector<Standing>> SqlIdentityStore::standings(std::span<const UserOfSession> callers) {
  static const Statement select_users = bulk_select("users", {{"id", Type::uuid}}, "id, email, role, disabled");
  static const Statement select_sessions =
      bulk_select("sessions", {{"id", Type::uuid}, {"user_id", Type::uuid}}, "id, user_id, revoked_at, expires_at");
  if (callers.empty()) return std::vector<Standing>();
  std::unordered_multimap<UserId, std::size_t> by_user;
  std::unordered_multimap<SessionId, std::size_t> by_session;
  std::vector<Uuid> users, sessions, owners;
  for (std::size_t i = 0; i < callers.size(); ++i) {
    if (!by_user.contains(callers[i].user_id)) users.push_back(callers[i].user_id.uuid);
    by_user.emplace(callers[i].user_id, i);
    by_session.emplace(callers[i].session_id, i);
    sessions.push_back(callers[i].session_id.uuid);
    owners.push_back(callers[i].user_id.uuid);
  }
  std::vector<Standing> out(callers.size());
  const std::vector<Step> steps{{&select_users,
                                 {std::move(users)},
                                 [&](const Row& row) {
                                   const auto [begin, end] = by_user.equal_range(UserId{row.uuid(0)});
                                   for (auto each = begin; each != end; ++each) {
                                     Standing& standing = out[each->second];
                                     standing.has_user = true;
                                     standing.email = row.text(1);
                                     standing.role = static_cast<Role>(row.integer(2));
                                     standing.disabled = row.integer(3) != 0;
                                   }
                                 }},
                                {&select_sessions, {std::move(sessions), owners}, [&](const Row& row) {
                                   const auto [begin, end] = by_session.equal_range(SessionId{row.uuid(0)});
                                   for (auto each = begin; each != end; ++each) {
                                     if (callers[each->second].user_id != UserId{row.uuid(1)}) continue;
                                     Standing& standing = out[each->second];
                                     standing.has_session = true;
                                     standing.revoked = row.integer(2) != 0;
                                     standing.session_expires_at = {row.integer(3)};
                                   }
                                 }}};
  if (auto done = read(steps); !done) return done.error();
  return out;
}

Result<UserPage> SqlIdentityStore::list(const UserSearch& search) {
  const std::string text = identity::in_small_letters(search.text);
  const std::vector<std::string_view> texts{text};
  UserPage page;
  const std::vector<Step> steps{
      {&begin_read(), {}, {}},
      {&read_all(), {}, {}},
      {&count_users(), {texts}, [&](const Row& row) { page.total = row.integer(0); }},
      {&page_of_users(),
       {texts, std::vector<std::int64_t>{search.limit}, std::vector<std::int64_t>{search.offset}},
       [&](const Row& row) { page.users.push_back(user_of(row)); }},
      {&sql::commit(), {}, {}}};
  if (auto done = read(steps); !done) return done.error();
  return page;
}

Result<std::size_t> SqlIdentityStore::prune_sessions(Timestamp now, std::size_t limit) {
  static const std::string expired = "SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
  static const Statement select_expired(expired, expired + " FOR UPDATE SKIP LOCKED", false);
  static const Statement remove_tokens = bulk_delete("refresh_tokens", {{"session_id", Type::uuid}});
  static const Statement remove_sessions = bulk_delete("sessions", {{"id", Type::uuid}});
  return transact(database_, [&](Connection& connection) -> Result<std::size_t> {
    std::vector<Uuid> ids;
    const std::vector<Step> finding{
        {&begin_write(), {}, {}},
        {&select_expired,
         {std::vector<std::int64_t>{now.ms}, std::vector<std::int64_t>{static_cast<std::int64_t>(limit)}},
         [&](const Row& row) { ids.push_back(row.uuid(0)); }}};
    if (auto done = connection.run(finding); !done) return done.error();
    if (ids.empty()) {
      connection.rollback();
      return std::size_t{0};
    }
    const std::vector<Step> removing{
        {&remove_tokens, {ids}, {}}, {&remove_sessions, {ids}, {}}, {&sql::commit(), {}, {}}};
    if (auto done = connection.run(removing); !done) return done.error();
    return ids.size();
  });
}

Result<void> SqlIdentityStore::put(std::int64_t expected_version, const Guesses& guesses) {
  static const std::string stored = "SELECT version FROM log_in_guesses WHERE email_hash = $1";
  static const Statement lock_version(stored, stored + " FOR UPDATE", false);
  const auto done = transact(database_, [&](Connection& connection) -> Result<bool> {
    std::int64_t version = 0;
    const std::vector<Step> reading{
        {&begin_write(), {}, {}},
        {&lock_version, {one(guesses.email_hash)}, [&](const Row& row) { version = row.integer(0); }}};
    if (auto ran = connection.run(reading); !ran) return ran.error();
    if (version != expected_version) {
      connection.rollback();
      return false;
    }
    const std::vector<Step> writing{version == 0 ? insert_guesses(guesses) : update_guesses(guesses),
                                    {&sql::commit(), {}, {}}};
    if (auto ran = connection.run(writing); !ran) return ran.error();
    return true;
  });
  if (!done) return done.error();
  return *done ? Result<void>() : identity::guesses_conflict();
}

Result<std::size_t> SqlIdentityStore::prune_guesses(Timestamp now, std::size_t limit) {
  static const Statement erase(
      "DELETE FROM log_in_guesses WHERE email_hash IN "
      "(SELECT email_hash FROM log_in_guesses WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2) RETURNING 1");
  return remove_rows(database_, erase, {one(now.ms), one_limit(limit)});
}

}  // namespace

std::unique_ptr<IdentityStore> make_identity_store(Database& database) {
  return std::make_unique<SqlIdentityStore>(database);
}

}  // namespace tiketi::sql
