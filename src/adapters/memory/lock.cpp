#include <tiketi/adapters/memory.hpp>
#include <tiketi/base/id.hpp>

#include <map>
#include <mutex>
#include <random>
#include <utility>

namespace tiketi::memory {
namespace {

constexpr std::int64_t max_ttl_ms = hour_ms;

class MemoryLock final : public Lock {
 public:
  explicit MemoryLock(Clock& clock) : clock_(clock) {}

  Result<std::optional<Lease>> try_acquire(std::string_view name, std::int64_t ttl_ms) override {
    if (name.empty()) return Error{Errc::invalid_argument, "a lock needs a name", {{"field", "name"}}};
    if (ttl_ms < 1 || ttl_ms > max_ttl_ms)
      return Error{Errc::invalid_argument, "a lock is held for 1 ms to an hour", {{"field", "ttl_ms"}}};
    const std::lock_guard guard(mutex_);
    const Timestamp now = clock_.now();
    std::erase_if(held_, [now](const auto& each) { return each.second.until <= now; });
    const auto [place, free] = held_.try_emplace(std::string(name));
    if (!free) return std::optional<Lease>();
    // One counter for all names: it grows for each of them, and no name need be remembered.
    place->second = {random_token(), now.plus_ms(ttl_ms)};
    return std::optional(Lease{place->first, place->second.owner_token, ++fencing_});
  }

  Result<bool> release(const Lease& lease) override {
    const std::lock_guard guard(mutex_);
    const auto place = held_.find(lease.name);
    if (place == held_.end() || place->second.owner_token != lease.owner_token) return false;
    const bool still_owned = clock_.now() < place->second.until;
    held_.erase(place);
    return still_owned;
  }

 private:
  struct Held {
    std::string owner_token;
    Timestamp until;
  };

  std::string random_token() {
    const auto word = [this] { return std::uint64_t{random_()} << 32 | random_(); };
    std::string token(36, '\0');
    write_uuid({word(), word()}, token.data());
    return token;
  }

  Clock& clock_;
  std::mutex mutex_;
  std::random_device random_;
  std::map<std::string, Held, std::less<>> held_;
  std::uint64_t fencing_ = 0;
};

}  // namespace

std::unique_ptr<Lock> make_lock(Clock& clock) { return std::make_unique<MemoryLock>(clock); }

}  // namespace tiketi::memory
