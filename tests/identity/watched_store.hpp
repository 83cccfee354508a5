#pragma once
// A store of accounts that counts what is asked of it, and lets something else happen between two steps.

#include <tiketi/identity/store.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <utility>

namespace tiketi::test {

class WatchedStore final : public IdentityStore {
 public:
  explicit WatchedStore(IdentityStore& store) : store_(store) {}

  std::atomic<int> reads{0};
  std::atomic<int> writes{0};
  std::function<void()> before_write;  ///< once, then forgotten; not to be set while others call

  Result<std::vector<Result<void>>> commit(std::span<const IdentityChange> changes) override {
    begin_write();
    return store_.commit(changes);
  }
  Result<void> put(std::int64_t expected_version, const Guesses& guesses) override {
    begin_write();
    return store_.put(expected_version, guesses);
  }
  Result<std::vector<std::optional<User>>> users(std::span<const UserId> ids) override {
    ++reads;
    return store_.users(ids);
  }
  Result<std::vector<std::optional<User>>> users_with_email(std::span<const std::string> emails) override {
    ++reads;
    return store_.users_with_email(emails);
  }
  Result<std::vector<Standing>> standings(std::span<const UserOfSession> callers) override {
    ++reads;
    return store_.standings(callers);
  }
  Result<std::optional<User>> user_with_subject(std::string_view subject) override {
    ++reads;
    return store_.user_with_subject(subject);
  }
  Result<std::optional<Session>> session_with_token(std::string_view token_hash) override {
    ++reads;
    return store_.session_with_token(token_hash);
  }
  Result<std::optional<Session>> session(SessionId id) override {
    ++reads;
    return store_.session(id);
  }
  Result<std::vector<Session>> live_sessions(UserId user, Timestamp now) override {
    ++reads;
    return store_.live_sessions(user, now);
  }
  Result<std::optional<Guesses>> guesses(std::string_view email_hash) override {
    ++reads;
    return store_.guesses(email_hash);
  }
  Result<UserPage> list(const UserSearch& search) override {
    ++reads;
    return store_.list(search);
  }
  Result<std::size_t> prune_sessions(Timestamp now, std::size_t limit) override {
    return store_.prune_sessions(now, limit);
  }
  Result<std::size_t> prune_guesses(Timestamp now, std::size_t limit) override {
    return store_.prune_guesses(now, limit);
  }
  Result<std::vector<Finding>> verify() override { return store_.verify(); }

 private:
  void begin_write() {
    ++writes;
    if (before_write) std::exchange(before_write, nullptr)();
  }

  IdentityStore& store_;
};

}  // namespace tiketi::test
