#pragma once
// Turns single calls from many threads into batches.
//
// One worker takes what has queued while the last batch was being done, up to `max_batch`; it never waits
// for a batch to fill. A lone caller is served at once, a crowd shares one transaction.

#include <tiketi/base/result.hpp>

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace tiketi {

struct BatcherLimits {
  std::size_t max_batch = 256;
  std::size_t max_queue = 10'000;  ///< calls beyond that are refused with `overloaded`
};

/// `Answer` is a Result. `work` answers a batch in order, one answer per command, on the worker's thread. It
/// is told commands in the order in which they were submitted.
template <class Command, class Answer>
class Batcher {
 public:
  using Work = std::function<std::vector<Answer>(std::span<const Command>)>;
  using Done = std::function<void(Answer)>;

  explicit Batcher(Work work, BatcherLimits limits = {})
      : work_(std::move(work)), limits_(limits), worker_([this] { run(); }) {}
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;
  ~Batcher() { stop(); }

  /// Waits for the answer. overloaded if the queue is full, stopped after `stop`. Any thread but the worker's.
  Answer call(Command command) {
    // Shared with the worker, which may still be notifying when the caller is back already.
    thread_local const auto waiter = std::make_shared<Waiter>();
    const auto refused = submit(std::move(command), [mine = waiter](Answer answer) { mine->wake(std::move(answer)); });
    if (refused.has_error()) return refused.error();
    return waiter->wait();
  }

  /// Does not wait: `done` is called with the answer on the worker's thread, and must not block. What it throws is
  /// dropped. The errors of `call`; after an error `done` is never called.
  Result<void> submit(Command command, Done done) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return Error{Errc::stopped, "the service is shutting down"};
      if (commands_.size() >= limits_.max_queue)
        return Error{Errc::overloaded, "too many requests are waiting; try again in a moment"};
      commands_.push_back(std::move(command));
      dones_.push_back(std::move(done));
    }
    work_to_do_.notify_one();
    return {};
  }

  /// Refuses new calls, answers all that are queued, and ends the worker. May be called repeatedly.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_to_do_.notify_one();
    const std::lock_guard joining(join_mutex_);
    if (worker_.joinable()) worker_.join();
  }

  std::size_t queued() const {
    const std::lock_guard lock(mutex_);
    return commands_.size();
  }

 private:
  struct Waiter {
    std::mutex mutex;
    std::condition_variable answered;
    std::vector<Answer> answer;  // empty or one: an Answer need not be default constructible

    void wake(Answer given) {
      {
        const std::lock_guard lock(mutex);
        answer.push_back(std::move(given));
      }
      answered.notify_one();  // not under the lock, which the woken caller would have to wait for
    }
    Answer wait() {
      std::unique_lock lock(mutex);
      answered.wait(lock, [this] { return !answer.empty(); });
      Answer out = std::move(answer.front());
      answer.clear();
      return out;
    }
  };

  void run() {
    std::vector<Command> commands;
    std::vector<Done> dones;
    while (take(commands, dones)) {
      std::vector<Answer> answers = work_(commands);
      assert(answers.size() == commands.size());
      for (std::size_t i = 0; i < dones.size(); ++i) tell(dones[i], std::move(answers[i]));
      commands.clear();
      dones.clear();
    }
  }

  /// One caller's broken promise not to throw is no reason to leave the others unanswered.
  static void tell(const Done& done, Answer answer) noexcept {
    try {
      done(std::move(answer));
    } catch (...) {
    }
  }

  bool take(std::vector<Command>& commands, std::vector<Done>& dones) {
    std::unique_lock lock(mutex_);
    work_to_do_.wait(lock, [this] { return stopping_ || !commands_.empty(); });
    if (commands_.size() <= limits_.max_batch) {
      commands.swap(commands_);
      dones.swap(dones_);
    } else {
      const auto count = static_cast<std::ptrdiff_t>(limits_.max_batch);
      std::move(commands_.begin(), commands_.begin() + count, std::back_inserter(commands));
      std::move(dones_.begin(), dones_.begin() + count, std::back_inserter(dones));
      commands_.erase(commands_.begin(), commands_.begin() + count);
      dones_.erase(dones_.begin(), dones_.begin() + count);
    }
    return !commands.empty();
  }

  Work work_;
  BatcherLimits limits_;
  mutable std::mutex mutex_;
  std::mutex join_mutex_;
  std::condition_variable work_to_do_;
  std::vector<Command> commands_;
  std::vector<Done> dones_;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace tiketi
