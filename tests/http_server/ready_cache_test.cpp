// Answers that everyone asks for: made once for all who wait, anew after every change, and not kept waiting by keys
// that somebody made up (SE1).

#include "ready_cache.hpp"

#include "server/exchange.hpp"
#include "support/fakes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace tiketi::test {
namespace {

using namespace http;

/// A cache before somebody who makes a page of any key, notes in what order, and can be held up.
class Pages {
 public:
  struct Asked {
    std::shared_ptr<Exchange> exchange = std::make_shared<Exchange>();
    std::shared_ptr<std::atomic<bool>> is_answered = std::make_shared<std::atomic<bool>>(false);
  };

  explicit Pages(ReadyCacheOptions options = {.min_interval_ms = 0}) : cache_(clock_, options) {}
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() {
    go_on();
    for (const auto& each : mailboxes_) each->close();
  }

  Asked ask(const std::string& key) {
    Asked asked;
    asked.exchange->mailbox = mailboxes_.emplace_back(std::make_shared<Mailbox>([this, flag = asked.is_answered] {
      const std::lock_guard lock(mutex_);
      *flag = true;
      changed_.notify_all();
    }));
    cache_.answer(asked.exchange->request, Respond(std::make_shared<Respond::Link>(asked.exchange)), key, key,
                  [this, key](const MadeBytes*) { return make(key); });
    return asked;
  }

  /// Waits for the answer: the page, or a status.
  std::string text(const Asked& asked) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(20), [&] { return asked.is_answered->load(); })) return "never";
    lock.unlock();
    asked.exchange->mailbox->drain();  // nobody but `asked` holds the answer from now on
    const Response& response = asked.exchange->response;
    return response.ready ? std::string(response.ready->plain) : std::to_string(response.status);
  }
  std::string get(const std::string& key) { return text(ask(key)); }

  void touch(const std::string& key) { cache_.touch(key); }
  std::size_t size() const { return cache_.size(); }

  /// The makings that begin from now on don't end before `go_on`.
  void hold_up() {
    const std::lock_guard lock(mutex_);
    held_up_ = true;
  }
  void go_on() {
    const std::lock_guard lock(mutex_);
    held_up_ = false;
    changed_.notify_all();
  }
  void wait_for_making(const std::string& key) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return std::ranges::find(made_, key) != made_.end(); });
  }

  /// The keys in the order in which they were made, since the last time that this was asked.
  std::vector<std::string> take_made() {
    const std::lock_guard lock(mutex_);
    return std::exchange(made_, {});
  }

  std::atomic<int> version = 1;  ///< which every page shows

 private:
  Result<MadeBytes> make(const std::string& key) {
    const int seen = version;
    std::unique_lock lock(mutex_);
    made_.push_back(key);
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_up_; });
    if (key.starts_with("missing")) return Error{Errc::event_not_found, "there is none"};
    if (key.starts_with("broken")) throw std::runtime_error("broken");
    return MadeBytes{make_ready(key + " " + std::to_string(seen)), 0, latest_timestamp};
  }

  FakeClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_up_ = false;
  std::vector<std::string> made_;
  std::vector<std::shared_ptr<Mailbox>> mailboxes_;
  ReadyCache cache_;  // its thread uses all of the above
};

TEST(ReadyCache, MakesAPageOnceForAllWhoWait) {
  Pages pages;
  pages.hold_up();
  const auto first = pages.ask("blocker");
  pages.wait_for_making("blocker");
  std::vector<Pages::Asked> crowd;
  for (int i = 0; i < 50; ++i) crowd.push_back(pages.ask("page"));
  pages.go_on();
  for (const auto& each : crowd) EXPECT_EQ(pages.text(each), "page 1");
  EXPECT_EQ(pages.get("page"), "page 1");  // from memory
  EXPECT_EQ(pages.take_made(), (std::vector<std::string>{"blocker", "page"}));
}

// SE1: `/events?q=<anything>` makes a key of whatever a client likes.
TEST(ReadyCache, KeysThatSomebodyMadeUpDoNotKeepTheOthersWaiting) {
  Pages pages;
  EXPECT_EQ(pages.get("seat map"), "seat map 1");
  pages.hold_up();
  pages.ask("blocker");
  pages.wait_for_making("blocker");
  pages.take_made();
  std::vector<Pages::Asked> flood;
  for (int i = 0; i < 200; ++i) flood.push_back(pages.ask("missing " + std::to_string(i)));
  pages.touch("seat map");
  pages.version = 2;
  const auto asked = pages.ask("seat map");
  for (int i = 200; i < 2'000; ++i) flood.push_back(pages.ask("missing " + std::to_string(i)));
  pages.go_on();
  EXPECT_EQ(pages.text(asked), "seat map 2");
  for (const auto& each : flood) pages.text(each);
  const std::vector<std::string> made = pages.take_made();
  const auto before = std::ranges::find(made, "seat map") - made.begin();
  EXPECT_LE(before, 2) << "makings between the request and its own";
}

// Nor the other way round: what is asked for all the time leaves room for what is new.
TEST(ReadyCache, KnownKeysDoNotKeepNewOnesWaitingForEver) {
  Pages pages;
  for (int i = 0; i < 100; ++i) pages.get("known " + std::to_string(i));
  pages.hold_up();
  pages.ask("blocker");
  pages.wait_for_making("blocker");
  pages.take_made();
  for (int i = 0; i < 100; ++i) {
    pages.touch("known " + std::to_string(i));
    pages.ask("known " + std::to_string(i));
  }
  const auto asked = pages.ask("new");
  pages.go_on();
  EXPECT_EQ(pages.text(asked), "new 1");
  const std::vector<std::string> made = pages.take_made();
  EXPECT_LE(std::ranges::find(made, "new") - made.begin(), 2);
}

TEST(ReadyCache, NewKeysBeyondTheBoundAreRefusedAndOnlyThose) {
  Pages pages({.max_new_keys = 5, .min_interval_ms = 0});
  EXPECT_EQ(pages.get("known"), "known 1");
  pages.hold_up();
  pages.ask("blocker");
  pages.wait_for_making("blocker");
  std::vector<Pages::Asked> taken;
  for (int i = 0; i < 5; ++i) taken.push_back(pages.ask("new " + std::to_string(i)));
  for (int i = 5; i < 1'000; ++i) ASSERT_EQ(pages.get("new " + std::to_string(i)), "503");
  EXPECT_EQ(pages.size(), 7U);          // what was refused is not remembered
  taken.push_back(pages.ask("new 0"));  // waits for what is made anyway
  EXPECT_EQ(pages.get("known"), "known 1");
  pages.touch("known");
  const auto known = pages.ask("known");
  pages.go_on();
  EXPECT_EQ(pages.text(known), "known 1");
  for (const auto& each : taken) EXPECT_TRUE(pages.text(each).starts_with("new "));
}

TEST(ReadyCache, TheKeyUsedLongestAgoGoes) {
  Pages pages({.max_keys = 3, .min_interval_ms = 0});
  for (const std::string key : {"a", "b", "c"}) pages.get(key);
  pages.get("a");
  pages.get("d");  // b goes
  EXPECT_EQ(pages.size(), 3U);
  pages.take_made();
  for (const std::string key : {"a", "c", "d", "b"}) pages.get(key);
  EXPECT_EQ(pages.take_made(), (std::vector<std::string>{"b"}));
}

TEST(ReadyCache, WhatIsKeptIsBoundedInBytes) {
  Pages pages({.max_bytes = 10'000, .min_interval_ms = 0});
  const auto large = [](char each) { return std::string(1'000, each); };  // as long as its page
  for (char each = 'a'; each <= 'z'; ++each) pages.get(large(each));
  EXPECT_GE(pages.size(), 2U);
  EXPECT_LE(pages.size(), 10U);
  pages.take_made();
  pages.get(large('z'));
  EXPECT_TRUE(pages.take_made().empty()) << "the last one stays";
  pages.get(large('a'));
  EXPECT_EQ(pages.take_made(), std::vector{large('a')});
}

// SE1: whoever does not read keeps the version that they asked for. Many of them must not keep every version.
TEST(ReadyCache, BytesThatSlowReadersHoldAreBounded) {
  Pages pages({.max_bytes = 5'000, .max_live_bytes = 20'000, .min_interval_ms = 0});
  const std::string page(1'000, 'p');
  std::vector<Pages::Asked> slow;
  std::set<const ReadyBytes*> held;
  std::size_t bytes = 0;
  for (int i = 1; i <= 100; ++i) {
    pages.version = i;
    pages.touch(page);
    slow.push_back(pages.ask(page));
    EXPECT_TRUE(pages.text(slow.back()).starts_with(page));
    const auto& got = slow.back().exchange->response.ready;
    if (held.insert(got.get()).second) bytes += got->size();
  }
  EXPECT_GT(held.size(), 10U) << "as long as there is room, everybody gets the newest";
  EXPECT_LE(bytes, 20'000 + 2 * page.size());
  EXPECT_NE(pages.get(page), page + " 100") << "an old page, rather than none";
  EXPECT_EQ(pages.get("new"), "503");
  slow.clear();
  EXPECT_EQ(pages.get(page), page + " 100") << "the newest again, as soon as they have gone";
  EXPECT_EQ(pages.get("new"), "new 100");
}

TEST(ReadyBytes, TakeNoMoreMemoryThanTheyHave) {
  std::string text;
  while (text.size() < 1'000'000) text += "seat " + std::to_string(text.size());
  text.reserve(2'000'000);
  const std::size_t length = text.size();
  const auto made = make_ready(text);
  EXPECT_EQ(made->plain, text);
  EXPECT_LT(made->size(), length + made->gzip.size() + 1'000);
  EXPECT_EQ(make_ready_constant("constant", "text/plain")->plain, "constant");
  EXPECT_LT(make_ready_constant(text, "text/plain")->size(), made->gzip.size() + 1'000) << "without a copy";
}

// Whoever asks after a change was told gets what was made after it, also while something older is still being made.
TEST(ReadyCache, NobodyGetsBytesFromBeforeAChangeThatWasTold) {
  Pages pages;
  EXPECT_EQ(pages.get("page"), "page 1");
  pages.version = 2;
  pages.touch("page");
  pages.take_made();
  pages.hold_up();
  const auto first = pages.ask("page");
  pages.wait_for_making("page");
  const auto second = pages.ask("page");  // the old bytes are there still
  pages.version = 3;
  pages.touch("page");
  const auto third = pages.ask("page");
  pages.go_on();
  EXPECT_EQ(pages.text(first), "page 2");
  EXPECT_EQ(pages.text(second), "page 3");
  EXPECT_EQ(pages.text(third), "page 3");
}

TEST(ReadyCache, AMakerThatThrowsIsAnError) {
  Pages pages;
  EXPECT_EQ(pages.get("broken"), "503");
  EXPECT_EQ(pages.get("missing"), "404");
  EXPECT_EQ(pages.get("page"), "page 1");
}

}  // namespace
}  // namespace tiketi::test
