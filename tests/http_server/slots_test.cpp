// What is under way at once is bounded, and refused before it begins (SE1, PA7).

#include "slots.hpp"
#include "support/threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

namespace tiketi::test {
namespace {

using http::Slots;

TEST(Slots, AreTakenUntilThereAreNoMore) {
  Slots slots(2);
  const Slots::Slot first = slots.take();
  std::optional<Slots::Slot> second = slots.take();
  EXPECT_TRUE(first && *second);
  EXPECT_FALSE(slots.take());
  EXPECT_EQ(slots.taken(), 2U);
  second.reset();
  EXPECT_TRUE(slots.take()) << "it was given back";
}

TEST(Slots, AreTakenAsLongAsSomebodyHasACopy) {
  Slots slots(1);
  Slots::Slot slot = slots.take();
  std::function<void()> callback = [slot] {};
  slot.reset();
  EXPECT_FALSE(slots.take()) << "the next step has it still";
  callback = {};
  EXPECT_TRUE(slots.take());
}

TEST(Slots, MayBeGivenBackLater) {
  Slots::Slot slot;
  {
    Slots slots(1);
    slot = slots.take();
  }
  slot.reset();
}

TEST(Slots, AreNotGivenToTwo) {
  constexpr std::size_t most = 3;
  Slots slots(most);
  std::atomic<int> under_way = 0;
  std::atomic<bool> too_many = false;
  run_threads(8, [&](std::size_t) {
    for (int i = 0; i < 2'000; ++i) {
      const Slots::Slot slot = slots.take();
      if (!slot) continue;
      if (++under_way > static_cast<int>(most)) too_many = true;
      --under_way;
    }
  });
  EXPECT_FALSE(too_many);
  EXPECT_EQ(slots.taken(), 0U);
}

}  // namespace
}  // namespace tiketi::test
