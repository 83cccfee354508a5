#pragma once
// A clock and a source of ids that do as a test tells them.

#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/ids.hpp>

#include <atomic>

namespace tiketi::test {

/// 2026-11-20T01:00:00Z, ten in the morning in Seoul, until it is set.
class FakeClock final : public Clock {
 public:
  Timestamp now() override { return {ms_.load()}; }
  void set(Timestamp time) { ms_ = time.ms; }
  void advance(std::int64_t ms) { ms_ += ms; }

 private:
  std::atomic<std::int64_t> ms_{1795136400000};
};

/// UUIDv7 with the clock's time and a counter that starts at `seed`: the same in every run.
class CountingIds final : public Ids {
 public:
  explicit CountingIds(Clock& clock, std::uint64_t seed = 1) : clock_(clock), next_(seed) {}
  void fill(std::span<Uuid> out) override {
    const std::int64_t ms = clock_.now().ms;
    for (Uuid& id : out) id = make_uuid_v7(ms, {0, next_++});
  }

 private:
  Clock& clock_;
  std::atomic<std::uint64_t> next_;
};

}  // namespace tiketi::test
