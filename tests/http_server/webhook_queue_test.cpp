// Webhooks are answered at once and looked at later: each order once, none lost but beyond the bound (PA2, SE1).

#include "webhook_queue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace tiketi::test {
namespace {

using http::WebhookLimits;
using http::WebhookQueue;
using Orders = std::vector<std::string>;

/// Somebody who looks at orders, notes them, and can be held up.
class Looker {
 public:
  WebhookQueue::Look look() {
    return [this](const std::string& order) {
      std::unique_lock lock(mutex_);
      looked_.push_back(order);
      changed_.notify_all();
      changed_.wait(lock, [this] { return open_; });
      if (failures_ == 0) return true;
      --failures_;
      return false;
    };
  }
  void hold_up() { set(false); }
  void go_on() { set(true); }
  void fail(int times) { failures_ = times; }

  /// What was looked at, once it was so much; or after a time that only a failure takes.
  Orders wait_for(std::size_t looks) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return looked_.size() >= looks; });
    return looked_;
  }

 private:
  void set(bool open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Orders looked_;
  int failures_ = 0;
  bool open_ = true;
};

constexpr WebhookLimits quick{.max_orders = 3, .pause = std::chrono::milliseconds(1)};

TEST(WebhookQueue, LooksAtEachOrderInTurn) {
  Looker looker;
  WebhookQueue queue(looker.look());
  EXPECT_TRUE(queue.add("one"));
  EXPECT_TRUE(queue.add("two"));
  EXPECT_EQ(looker.wait_for(2), (Orders{"one", "two"}));
}

TEST(WebhookQueue, KeepsNobodyWaitingAndTakesWhatIsToldTwiceOnce) {
  Looker looker;
  WebhookQueue queue(looker.look(), quick);
  looker.hold_up();
  queue.add("slow");
  looker.wait_for(1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.add("told often"));
  EXPECT_EQ(queue.queued(), 1U);
  EXPECT_TRUE(queue.add("slow")) << "it may be newer than what the look finds";
  looker.go_on();
  EXPECT_EQ(looker.wait_for(3), (Orders{"slow", "told often", "slow"}));
}

TEST(WebhookQueue, DropsWhatIsTooMuch) {
  Looker looker;
  WebhookQueue queue(looker.look(), quick);
  looker.hold_up();
  queue.add("0");
  looker.wait_for(1);
  for (const char* order : {"1", "2", "3"}) EXPECT_TRUE(queue.add(order));
  EXPECT_FALSE(queue.add("4"));
  EXPECT_TRUE(queue.add("2")) << "it waits already";
  looker.go_on();
  EXPECT_EQ(looker.wait_for(4), (Orders{"0", "1", "2", "3"}));
  EXPECT_TRUE(queue.add("4"));
  EXPECT_EQ(looker.wait_for(5).back(), "4");
}

TEST(WebhookQueue, TriesAgainWhatCouldNotBeLookedAt) {
  Looker looker;
  looker.fail(2);
  WebhookQueue queue(looker.look(), quick);
  queue.add("one");
  EXPECT_EQ(looker.wait_for(3), (Orders{"one", "one", "one"}));
}

TEST(WebhookQueue, StopsThoughOrdersWait) {
  Looker looker;
  looker.fail(1'000'000);
  WebhookQueue queue(looker.look(), {.max_orders = 3, .pause = std::chrono::hours(1)});
  queue.add("one");
  queue.add("two");
  looker.wait_for(1);
  queue.stop();
  EXPECT_FALSE(queue.add("three"));
  EXPECT_EQ(looker.wait_for(1), Orders{"one"});
  queue.stop();
}

}  // namespace
}  // namespace tiketi::test
