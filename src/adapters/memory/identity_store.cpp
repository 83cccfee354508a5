#include "adapters/memory/identity_store.hpp"

#include <tiketi/identity/guards.hpp>
#include <tiketi/identity/rules.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace tiketi::memory {
namespace {

/// A session with the hashes of all refresh tokens that it has had.
struct StoredSession {
  Session session;
  std::vector<std::string> hashes;
};

/// Everything that is stored.
struct Accounts final : identity::Stored {
  std::map<UserId, User, std::greater<>> users;  // newest first
  std::unordered_map<std::string, UserId> by_email;
  std::unordered_map<std::string, UserId> by_subject;
  std::unordered_map<SessionId, StoredSession> sessions;
  std::unordered_map<UserId, std::set<SessionId>> sessions_of;
  std::unordered_map<std::string, SessionId> by_token;
  std::set<std::pair<Timestamp, SessionId>> by_expiry;
  std::unordered_map<std::string, Guesses> guesses;

  template <class Table, class Key>
  static auto found_in(const Table& table, const Key& key) {
    const auto found = table.find(key);
    return found == table.end() ? nullptr : &found->second;
  }

  const User* user(UserId id) const override { return found_in(users, id); }
  UserId user_with_email(std::string_view email) const override {
    const UserId* id = found_in(by_email, std::string(email));
    return id == nullptr ? UserId() : *id;
  }
  UserId user_with_subject(std::string_view subject) const override {
    const UserId* id = found_in(by_subject, std::string(subject));
    return id == nullptr ? UserId() : *id;
  }
  const Session* session(SessionId id) const override {
    const StoredSession* found = found_in(sessions, id);
    return found == nullptr ? nullptr : &found->session;
  }
  SessionId session_with_token(std::string_view hash) const override {
    const SessionId* id = found_in(by_token, std::string(hash));
    return id == nullptr ? SessionId() : *id;
  }

  std::vector<SessionId> live_sessions(UserId user, Timestamp at) const override {
    std::vector<SessionId> out;
    if (const auto* all = found_in(sessions_of, user))
      for (const SessionId id : *all)
        if (session(id)->is_live(at)) out.push_back(id);
    return out;
  }
  bool has_admin_besides(UserId user) const override {
    return std::ranges::any_of(
        users, [user](const auto& each) { return each.first != user && each.second.is_active_admin(); });
  }

  void store(const User& user) {
    User& row = users[user.id];
    by_email.erase(row.email);
    by_subject.erase(row.subject);
    row = user;
    by_email.emplace(user.email, user.id);
    if (!user.subject.empty()) by_subject.emplace(user.subject, user.id);
  }

  void store(const Session& session) {
    StoredSession& row = sessions[session.id];
    by_expiry.erase({row.session.expires_at, session.id});
    row.session = session;
    by_expiry.emplace(session.expires_at, session.id);
    sessions_of[session.user_id].insert(session.id);
    if (by_token.emplace(session.token_hash, session.id).second) row.hashes.push_back(session.token_hash);
  }

  void remove(SessionId id) {
    const auto found = sessions.find(id);
    for (const std::string& hash : found->second.hashes) by_token.erase(hash);
    by_expiry.erase({found->second.session.expires_at, id});
    sessions_of[found->second.session.user_id].erase(id);
    sessions.erase(found);
  }

  Standing standing_of(const UserOfSession& caller) const {
    Standing out;
    if (const User* owner = user(caller.user_id)) {
      out.has_user = true;
      out.disabled = owner->disabled;
      out.role = owner->role;
      out.email = owner->email;
    }
    if (const Session* found = session(caller.session_id); found != nullptr && found->user_id == caller.user_id) {
      out.has_session = true;
      out.revoked = found->revoked_at != Timestamp{};
      out.session_expires_at = found->expires_at;
    }
    return out;
  }
};

template <class Noun>
std::optional<Noun> copy_of(const Noun* noun) {
  return noun == nullptr ? std::nullopt : std::optional<Noun>(*noun);
}

class MemoryIdentityStore final : public IdentityStore {
 public:
  Result<std::vector<Result<void>>> commit(std::span<const IdentityChange> changes) override {
    const std::unique_lock lock(mutex_);
    std::vector<Result<void>> answers;
    answers.reserve(changes.size());
    for (const IdentityChange& change : changes) {
      const auto verdict = identity::check_guard(accounts_, change);
      answers.push_back(verdict ? Result<void>() : verdict.error());
      if (!verdict || *verdict == identity::Verdict::applied_before) continue;
      if (change.user.version != change.expected_version) accounts_.store(change.user);
      for (const PutSession& each : change.sessions) accounts_.store(each.session);
    }
    return answers;
  }

  Result<std::vector<std::optional<User>>> users(std::span<const UserId> ids) override {
    const std::shared_lock lock(mutex_);
    std::vector<std::optional<User>> out;
    for (const UserId id : ids) out.push_back(copy_of(accounts_.user(id)));
    return out;
  }

  Result<std::vector<std::optional<User>>> users_with_email(std::span<const std::string> emails) override {
    const std::shared_lock lock(mutex_);
    std::vector<std::optional<User>> out;
    for (const std::string& email : emails) out.push_back(copy_of(accounts_.user(accounts_.user_with_email(email))));
    return out;
  }

  Result<std::vector<Standing>> standings(std::span<const UserOfSession> callers) override {
    const std::shared_lock lock(mutex_);
    std::vector<Standing> out;
    for (const UserOfSession& each : callers) out.push_back(accounts_.standing_of(each));
    return out;
  }

  Result<std::optional<User>> user_with_subject(std::string_view subject) override {
    const std::shared_lock lock(mutex_);
    return copy_of(accounts_.user(accounts_.user_with_subject(subject)));
  }

  Result<std::optional<Session>> session_with_token(std::string_view token_hash) override {
    const std::shared_lock lock(mutex_);
    return copy_of(accounts_.session(accounts_.session_with_token(token_hash)));
  }

  Result<std::optional<Session>> session(SessionId id) override {
    const std::shared_lock lock(mutex_);
    return copy_of(accounts_.session(id));
  }

  Result<std::vector<Session>> live_sessions(UserId user, Timestamp now) override {
    const std::shared_lock lock(mutex_);
    std::vector<Session> out;
    for (const SessionId id : accounts_.live_sessions(user, now)) out.push_back(*accounts_.session(id));
    std::ranges::sort(out, {}, [](const Session& each) { return std::pair(each.rotated_at, each.id); });
    return out;
  }

  Result<std::optional<Guesses>> guesses(std::string_view email_hash) override {
    const std::shared_lock lock(mutex_);
    return copy_of(Accounts::found_in(accounts_.guesses, std::string(email_hash)));
  }

  Result<void> put(std::int64_t expected_version, const Guesses& guesses) override {
    const std::unique_lock lock(mutex_);
    const Guesses* old = Accounts::found_in(accounts_.guesses, guesses.email_hash);
    if (expected_version != (old == nullptr ? 0 : old->version)) return identity::guesses_conflict();
    accounts_.guesses.insert_or_assign(guesses.email_hash, guesses);
    return {};
  }

  Result<UserPage> list(const UserSearch& search) override {
    const std::shared_lock lock(mutex_);
    const std::string text = identity::in_small_letters(search.text);
    const auto matches = [&](const User& user) {
      return user.email.find(text) != text.npos || identity::in_small_letters(user.name).find(text) != text.npos ||
             user.phone.find(text) != text.npos;
    };
    UserPage out;
    for (const auto& [id, user] : accounts_.users) {
      if (!matches(user)) continue;
      if (out.total >= search.offset && out.total - search.offset < search.limit) out.users.push_back(user);
      ++out.total;
    }
    return out;
  }

  Result<std::size_t> prune_sessions(Timestamp now, std::size_t limit) override {
    const std::unique_lock lock(mutex_);
    std::size_t removed = 0;
    for (; removed < limit && !accounts_.by_expiry.empty() && accounts_.by_expiry.begin()->first <= now; ++removed)
      accounts_.remove(accounts_.by_expiry.begin()->second);
    return removed;
  }

  Result<std::size_t> prune_guesses(Timestamp now, std::size_t limit) override {
    const std::unique_lock lock(mutex_);
    std::size_t removed = 0;
    for (auto each = accounts_.guesses.begin(); each != accounts_.guesses.end() && removed < limit;) {
      const bool is_old = each->second.forget_at <= now;
      each = is_old ? accounts_.guesses.erase(each) : std::next(each);
      removed += is_old;
    }
    return removed;
  }

  /// The guards are all that writes here, and they see to every invariant.
  Result<std::vector<Finding>> verify() override { return std::vector<Finding>{}; }

 private:
  std::shared_mutex mutex_;
  Accounts accounts_;
};

}  // namespace

std::unique_ptr<IdentityStore> make_identity_store() { return std::make_unique<MemoryIdentityStore>(); }

}  // namespace tiketi::memory
