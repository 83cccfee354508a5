#include <tiketi/adapters/system.hpp>

#include <sys/random.h>

#include <cstdlib>
#include <mutex>

namespace tiketi {
namespace {

/// From the system's own generator: a copy of this process (fork) must not go on with our sequence.
Uuid random_bits() {
  Uuid out;
  if (getentropy(&out, sizeof out) != 0) std::abort();  // only if the system has no random numbers at all
  return out;
}

/// The next higher UUIDv7. A carry out of the random bits goes on into the millisecond.
Uuid successor(Uuid id) {
  constexpr std::uint64_t low_random = 0x3fff'ffff'ffff'ffffULL;
  constexpr std::uint64_t variant = ~low_random;
  if ((id.low & low_random) != low_random) return {id.high, id.low + 1};
  const std::uint64_t without_version = (id.high >> 16 << 12 | (id.high & 0x0fffU)) + 1;
  return {without_version >> 12 << 16 | (id.high & 0xf000U) | (without_version & 0x0fffU), id.low & variant};
}

class RandomIds final : public Ids {
 public:
  explicit RandomIds(Clock& clock) : clock_(clock) {}

  void fill(std::span<Uuid> out) override {
    const std::lock_guard lock(mutex_);
    // Asked under the lock: a caller that was overtaken here would find the clock behind `last_`.
    const std::int64_t now = clock_.now().ms;
    bool fresh = now > uuid_v7_ms(last_);
    for (Uuid& id : out) {
      last_ = fresh ? make_uuid_v7(now, random_bits()) : successor(last_);
      id = last_;
      fresh = false;
    }
  }

 private:
  Clock& clock_;
  std::mutex mutex_;
  Uuid last_ = make_uuid_v7(0, random_bits());
};

}  // namespace

std::unique_ptr<Ids> make_random_ids(Clock& clock) { return std::make_unique<RandomIds>(clock); }

}  // namespace tiketi
