#pragma once
// What this process remembers of sessions and their users, so that a request costs no read of the store.

#include <tiketi/base/bounded_cache.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>
#include <tiketi/identity/store.hpp>

#include <cstdint>
#include <mutex>
#include <optional>

namespace tiketi::identity {

/// Thread-safe. What is remembered is at most `keep_ms` old; what was forgotten is never remembered from a read that
/// began before.
class Standings {
 public:
  Standings(IdentityStore& store, std::int64_t keep_ms, std::size_t capacity)
      : store_(store), keep_ms_(keep_ms), cache_(capacity) {}

  std::optional<Standing> recall(const UserOfSession& caller, Timestamp now) {
    auto found = cache_.find(caller.session_id);
    // A clock that was set back must not prolong anything.
    if (!found || found->user_id != caller.user_id || now < found->read_at || now >= found->read_at.plus_ms(keep_ms_))
      return std::nullopt;
    return std::move(found->standing);
  }

  Result<Standing> look_up(const UserOfSession& caller, Timestamp now) {
    const std::uint64_t before = forgotten();
    auto read = store_.standings({&caller, 1});
    if (!read) return read.error();
    Standing standing = std::move(read->front());
    const std::lock_guard lock(changes_);
    if (forgotten_ == before) cache_.put(caller.session_id, {caller.user_id, standing, now});
    return standing;
  }

  // To be called after the change was committed.
  void forget(SessionId id) {
    const std::lock_guard lock(changes_);
    ++forgotten_;
    cache_.erase(id);
  }
  void forget(UserId id) {
    const std::lock_guard lock(changes_);
    ++forgotten_;
    cache_.erase_if([id](SessionId, const Remembered& each) { return each.user_id == id; });
  }

 private:
  std::uint64_t forgotten() {
    const std::lock_guard lock(changes_);
    return forgotten_;
  }

  struct Remembered {
    UserId user_id;
    Standing standing;
    Timestamp read_at;
  };

  IdentityStore& store_;
  const std::int64_t keep_ms_;
  std::mutex changes_;  // what is forgotten while it is being put must not stay
  std::uint64_t forgotten_ = 0;
  BoundedCache<SessionId, Remembered> cache_;
};

}  // namespace tiketi::identity
