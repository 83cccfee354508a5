// The event bus in memory: by prefix of the topic, in order, until the subscription ends.

#include <tiketi/adapters/memory.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

Message message(std::int64_t sequence, std::string topic, std::string key = "k") {
  return {sequence, std::move(topic), std::move(key), "{}", {1000}};
}

/// A handler that keeps what it is told.
auto keep(std::vector<Message>& told) {
  return [&told](const Message& each) { told.push_back(each); };
}

TEST(MemoryEventBus, TellsSubscribersOfThePrefix) {
  const auto bus = memory::make_event_bus();
  std::vector<Message> all;
  std::vector<Message> held;
  const auto first = bus->subscribe("", keep(all));
  const auto second = bus->subscribe("reservation.held", keep(held));
  const std::vector messages = {message(1, "reservation.held"), message(2, "reservation.confirmed"),
                                message(3, "reservation.held.late"), message(4, "event.cancelled")};
  ASSERT_TRUE(bus->publish(messages));
  EXPECT_EQ(all, messages);
  EXPECT_EQ(held, (std::vector{messages[0], messages[2]}));
}

TEST(MemoryEventBus, PublishingToNobodyIsFine) {
  const auto bus = memory::make_event_bus();
  EXPECT_TRUE(bus->publish(std::vector{message(1, "reservation.held")}));
  EXPECT_TRUE(bus->publish({}));
}

TEST(MemoryEventBus, AnEndedSubscriptionIsNotTold) {
  const auto bus = memory::make_event_bus();
  std::vector<Message> gone;
  std::vector<Message> stays;
  auto subscription = bus->subscribe("", keep(gone));
  const auto other = bus->subscribe("", keep(stays));
  const std::vector messages = {message(1, "a")};
  ASSERT_TRUE(bus->publish(messages));
  subscription = nullptr;
  ASSERT_TRUE(bus->publish(messages));
  EXPECT_EQ(gone.size(), 1U);
  EXPECT_EQ(stays.size(), 2U);
}

TEST(MemoryEventBus, ASubscriptionMayOutliveTheBus) {
  auto bus = memory::make_event_bus();
  std::vector<Message> told;
  auto subscription = bus->subscribe("", keep(told));
  bus = nullptr;
  subscription = nullptr;
  EXPECT_TRUE(told.empty());
}

TEST(MemoryEventBus, PublishersFromSeveralThreadsKeepTheirOrder) {
  constexpr int threads = 4;
  constexpr int count = 500;
  const auto bus = memory::make_event_bus();
  std::vector<Message> told;
  const auto subscription = bus->subscribe("", keep(told));
  {
    std::vector<std::jthread> publishers;
    for (int thread = 0; thread < threads; ++thread)
      publishers.emplace_back([&bus, thread] {
        for (int i = 1; i <= count; ++i)
          static_cast<void>(bus->publish(std::vector{message(i, "a", std::to_string(thread))}));
      });
  }
  ASSERT_EQ(told.size(), std::size_t{threads} * count);
  std::map<std::string, std::int64_t> last;
  for (const Message& each : told) EXPECT_EQ(each.sequence, ++last[each.key]);
}

TEST(MemoryEventBus, SubscribersMayComeAndGoWhileOthersPublish) {
  const auto bus = memory::make_event_bus();
  std::atomic<bool> done = false;
  std::atomic<int> after_the_end = 0;
  std::jthread publisher([&] {
    while (!done) static_cast<void>(bus->publish(std::vector{message(1, "a")}));
  });
  for (int i = 0; i < 200; ++i) {
    std::atomic<bool> ended = false;
    auto subscription = bus->subscribe("a", [&](const Message&) {
      if (ended) ++after_the_end;
    });
    subscription = nullptr;
    ended = true;
  }
  done = true;
  publisher.join();
  EXPECT_EQ(after_the_end, 0);
}

}  // namespace
}  // namespace tiketi::test
