// The batcher: single calls from many threads become batches, in order, bounded, none lost.

#include <tiketi/base/batcher.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

using IntBatcher = Batcher<int, Result<int>>;

/// Work that doubles numbers, notes its batches, and waits at a gate that the test opens.
class Work {
 public:
  explicit Work(bool open = true) : open_(open) {}

  std::vector<Result<int>> operator()(std::span<const int> commands) {
    std::unique_lock lock(mutex_);
    batches_.emplace_back(commands.begin(), commands.end());
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    std::vector<Result<int>> answers;
    for (const int command : commands) {
      if (command < 0) answers.emplace_back(Error{Errc::invalid_argument, "negative"});
      else answers.emplace_back(command * 2);
    }
    return answers;
  }

  void open_gate() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  void wait_for_batch() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !batches_.empty(); });
  }

  std::vector<std::vector<int>> batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_;
  std::vector<std::vector<int>> batches_;
};

/// Answers as they come in, by the order of their commands.
class Answers {
 public:
  explicit Answers(std::size_t count) : answers_(count) {}

  IntBatcher::Done at(std::size_t index) {
    return [this, index](const Result<int>& answer) {
      const std::lock_guard lock(mutex_);
      EXPECT_FALSE(answers_[index].has_value()) << "answered twice";
      answers_[index] = answer;
    };
  }

  std::optional<Result<int>> operator[](std::size_t index) {
    const std::lock_guard lock(mutex_);
    return answers_[index];
  }

 private:
  std::mutex mutex_;
  std::vector<std::optional<Result<int>>> answers_;
};

std::vector<std::size_t> sizes(const std::vector<std::vector<int>>& batches) {
  std::vector<std::size_t> out;
  for (const auto& batch : batches) out.push_back(batch.size());
  return out;
}

TEST(Batcher, ALoneCallIsServedAtOnceInABatchOfItsOwn) {
  Work work;
  IntBatcher batcher(std::ref(work));
  EXPECT_EQ(batcher.call(21).value(), 42);  // would wait for ever if batches had to fill
  EXPECT_EQ(sizes(work.batches()), std::vector<std::size_t>{1});
}

TEST(Batcher, ErrorsAreAnswersToo) {
  Work work;
  IntBatcher batcher(std::ref(work));
  const Result<int> answer = batcher.call(-1);
  ASSERT_TRUE(answer.has_error());
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
}

TEST(Batcher, WhatQueuesDuringABatchBecomesTheNextOne) {
  constexpr std::size_t threads = 64;
  Work work(false);
  IntBatcher batcher(std::ref(work));
  std::vector<std::jthread> callers;
  std::atomic<int> right = 0;
  const auto call = [&](int i) {
    if (batcher.call(i).value() == 2 * i) ++right;
  };
  callers.emplace_back(call, 0);
  work.wait_for_batch();
  for (int i = 1; i < static_cast<int>(threads); ++i) callers.emplace_back(call, i);
  while (batcher.queued() < threads - 1) std::this_thread::yield();
  work.open_gate();
  callers.clear();
  EXPECT_EQ(right, 64);
  EXPECT_EQ(sizes(work.batches()), (std::vector<std::size_t>{1, threads - 1}));
}

TEST(Batcher, ManyThreadsEachGetTheAnswerToTheirOwnCall) {
  constexpr int threads = 64;
  constexpr int calls = 200;
  Work work;
  IntBatcher batcher(std::ref(work), {.max_batch = 16, .max_queue = 1000});
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> callers;
    for (int thread = 0; thread < threads; ++thread)
      callers.emplace_back([&, thread] {
        for (int i = 0; i < calls; ++i) {
          const int command = thread * calls + i;
          if (batcher.call(command).value() != 2 * command) ++wrong;
        }
      });
  }
  EXPECT_EQ(wrong, 0);
  std::size_t told = 0;
  for (const std::size_t size : sizes(work.batches())) {
    EXPECT_LE(size, 16U);
    told += size;
  }
  EXPECT_EQ(told, std::size_t{threads} * calls);
}

TEST(Batcher, CommandsKeepTheirOrderAndABatchItsBound) {
  constexpr int count = 25;
  Work work(false);
  Answers answers(count);
  IntBatcher batcher(std::ref(work), {.max_batch = 10, .max_queue = 100});
  ASSERT_TRUE(batcher.submit(0, answers.at(0)));
  work.wait_for_batch();
  for (int i = 1; i < count; ++i) ASSERT_TRUE(batcher.submit(i, answers.at(static_cast<std::size_t>(i))));
  work.open_gate();
  batcher.stop();
  EXPECT_EQ(sizes(work.batches()), (std::vector<std::size_t>{1, 10, 10, 4}));
  std::vector<int> told;
  for (const auto& batch : work.batches()) told.insert(told.end(), batch.begin(), batch.end());
  std::vector<int> expected(count);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(told, expected);
  for (int i = 0; i < count; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].value().value(), 2 * i);
}

TEST(Batcher, AFullQueueRefusesAtOnceAndLosesNothing) {
  Work work(false);
  Answers answers(5);
  IntBatcher batcher(std::ref(work), {.max_batch = 10, .max_queue = 2});
  ASSERT_TRUE(batcher.submit(0, answers.at(0)));
  work.wait_for_batch();
  ASSERT_TRUE(batcher.submit(1, answers.at(1)));
  ASSERT_TRUE(batcher.submit(2, answers.at(2)));
  const Result<void> refused = batcher.submit(3, answers.at(3));
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::overloaded);
  EXPECT_EQ(batcher.call(4).error().code, Errc::overloaded);
  work.open_gate();
  while (batcher.queued() > 0) std::this_thread::yield();
  EXPECT_TRUE(batcher.call(5).has_value()) << "there is room again";
  batcher.stop();
  for (const std::size_t accepted : {0U, 1U, 2U}) EXPECT_TRUE(answers[accepted].has_value());
  EXPECT_FALSE(answers[3].has_value()) << "a refused command was done";
}

TEST(Batcher, StopAnswersAllThatWaitsAndThenRefuses) {
  Work work(false);
  Answers answers(6);
  IntBatcher batcher(std::ref(work));
  ASSERT_TRUE(batcher.submit(0, answers.at(0)));
  work.wait_for_batch();
  for (int i = 1; i < 5; ++i) ASSERT_TRUE(batcher.submit(i, answers.at(static_cast<std::size_t>(i))));
  {
    std::jthread stopper([&] { batcher.stop(); });
    std::jthread opener([&] { work.open_gate(); });
  }
  for (std::size_t i = 0; i < 5; ++i) EXPECT_TRUE(answers[i].has_value()) << i;
  EXPECT_EQ(batcher.call(6).error().code, Errc::stopped);
  EXPECT_EQ(batcher.submit(5, answers.at(5)).error().code, Errc::stopped);
  EXPECT_FALSE(answers[5].has_value());
  batcher.stop();  // again, without harm
}

TEST(Batcher, DestructionAnswersAllThatWaits) {
  constexpr std::size_t count = 1000;
  Work work;
  Answers answers(count);
  {
    IntBatcher batcher(std::ref(work));
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(batcher.submit(static_cast<int>(i), answers.at(i)));
  }
  for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(answers[i].has_value()) << i;
}

TEST(Batcher, CallersThatComeWhileItStopsAreAnsweredOrRefused) {
  for (int round = 0; round < 50; ++round) {
    Work work;
    IntBatcher batcher(std::ref(work));
    std::atomic<int> wrong = 0;
    std::vector<std::jthread> callers;
    for (int thread = 0; thread < 4; ++thread)
      callers.emplace_back([&] {
        for (int i = 0; i < 100; ++i) {
          const Result<int> answer = batcher.call(i);
          const bool right = answer ? *answer == 2 * i : answer.error().code == Errc::stopped;
          if (!right) ++wrong;
        }
      });
    batcher.stop();
    callers.clear();
    ASSERT_EQ(wrong, 0);
  }
}

TEST(Batcher, ACallbackThatThrowsHarmsNobodyElse) {
  Work work;
  IntBatcher batcher(std::ref(work));
  ASSERT_TRUE(batcher.submit(1, [](Result<int>) { throw std::runtime_error("broken"); }));
  EXPECT_EQ(batcher.call(2).value(), 4);
}

}  // namespace
}  // namespace tiketi::test
