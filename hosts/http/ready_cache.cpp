#include "ready_cache.hpp"

#include "server/problem.hpp"

#include <tiketi/base/error.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

using Steady = std::chrono::steady_clock;

struct Waiting {
  const Request* request;  // lives as long as `respond`
  Respond respond;
};

struct Entry {
  std::string key;
  std::string subject;
  MakeBytes make;
  Refuse refuse;
  std::optional<MadeBytes> made;
  bool is_stale = false;   // touched since the making began
  bool is_queued = false;  // to be made, or being made
  Steady::time_point made_at{};
  Steady::time_point due_at{};  // not to be made again before that
  std::vector<Waiting> waiting;
};

}  // namespace

struct ReadyCache::Body {
  Body(Clock& the_clock, ReadyCacheOptions the_options) : clock(the_clock), options(the_options) {}

  /// Newest use first; the map points into the list.
  using Entries = std::list<Entry>;

  Clock& clock;
  const ReadyCacheOptions options;
  mutable std::mutex mutex;
  std::condition_variable work_to_do;
  Entries entries;
  std::unordered_map<std::string, Entries::iterator> by_key;
  std::unordered_map<std::string, std::unordered_set<Entry*>> by_subject;
  std::vector<Entries::iterator> queue;  // few: only what is asked for right now
  std::size_t waiting = 0;
  bool stopping = false;
  std::thread worker;

  bool is_fresh(const Entry& entry) const {
    return entry.made && !entry.is_stale && clock.now() < entry.made->good_until &&
           Steady::now() - entry.made_at < std::chrono::milliseconds(options.max_age_ms);
  }

  Entries::iterator find_or_add(const std::string& key, const std::string& subject, const MakeBytes& make,
                                const Refuse& refuse) {
    if (const auto found = by_key.find(key); found != by_key.end()) {
      entries.splice(entries.begin(), entries, found->second);
      return found->second;
    }
    drop_oldest();
    Entry& entry = entries.emplace_front();
    entry.key = key;
    entry.subject = subject;
    entry.make = make;
    entry.refuse = refuse;
    by_key.emplace(key, entries.begin());
    by_subject[subject].insert(&entries.front());
    return entries.begin();
  }

  void drop_oldest() {
    for (auto each = entries.end(); by_key.size() >= options.max_keys && each != entries.begin();) {
      --each;
      if (each->is_queued) continue;
      const auto family = by_subject.find(each->subject);
      family->second.erase(&*each);
      if (family->second.empty()) by_subject.erase(family);
      by_key.erase(each->key);
      each = entries.erase(each);
    }
  }

  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      work_to_do.wait(lock, [this] { return stopping || !queue.empty(); });
      if (stopping) return;
      const auto next = std::ranges::min_element(queue, {}, [](Entries::iterator each) { return each->due_at; });
      if (const auto due = (*next)->due_at; Steady::now() < due) {
        work_to_do.wait_until(lock, due, [this] { return stopping; });
        continue;
      }
      const auto entry = *next;
      queue.erase(next);
      make(*entry, lock);
    }
  }

  /// An entry that is queued is never dropped, so it stays where it is while the lock is open.
  void make(Entry& entry, std::unique_lock<std::mutex>& lock) {
    const std::optional<MadeBytes> previous = entry.made;
    entry.is_stale = false;
    std::vector<Waiting> served = std::exchange(entry.waiting, {});
    lock.unlock();
    const auto began_at = Steady::now();
    Result<MadeBytes> made = entry.make(previous ? &*previous : nullptr);
    lock.lock();
    entry.made_at = Steady::now();
    // What takes long is made less often, so that the making of one key never takes more than a third of the time.
    entry.due_at = entry.made_at + std::max<Steady::duration>(std::chrono::milliseconds(options.min_interval_ms),
                                                              2 * (entry.made_at - began_at));
    if (made.has_value()) entry.made = *made;
    else entry.made.reset();
    if (is_fresh(entry)) std::ranges::move(std::exchange(entry.waiting, {}), std::back_inserter(served));
    waiting -= served.size();
    if (entry.waiting.empty()) entry.is_queued = false;
    else queue.push_back(by_key.find(entry.key)->second);
    const Refuse refuse = entry.refuse;
    lock.unlock();
    for (const Waiting& each : served) {
      if (made.has_value()) each.respond(ready(made->bytes));
      else each.respond(refuse ? refuse(*each.request, made.error()) : problem(*each.request, made.error()));
    }
    lock.lock();
  }
};

ReadyCache::ReadyCache(Clock& clock, ReadyCacheOptions options) : body_(std::make_unique<Body>(clock, options)) {
  body_->worker = std::thread([body = body_.get()] { body->run(); });
}

ReadyCache::~ReadyCache() {
  {
    const std::lock_guard lock(body_->mutex);
    body_->stopping = true;
  }
  body_->work_to_do.notify_all();
  body_->worker.join();
}

void ReadyCache::answer(const Request& request, Respond respond, const std::string& key, const std::string& subject,
                        const MakeBytes& make, const Refuse& refuse) {
  std::unique_lock lock(body_->mutex);
  const auto entry = body_->find_or_add(key, subject, make, refuse);
  if (body_->is_fresh(*entry)) {
    const std::shared_ptr<const ReadyBytes> bytes = entry->made->bytes;
    lock.unlock();
    return respond(ready(bytes));
  }
  if (body_->waiting >= body_->options.max_waiting) {
    lock.unlock();
    return respond(problem(request, Error{Errc::overloaded, "too many requests wait for the same bytes"}));
  }
  entry->waiting.push_back({&request, std::move(respond)});
  ++body_->waiting;
  if (!std::exchange(entry->is_queued, true)) body_->queue.push_back(entry);
  lock.unlock();
  body_->work_to_do.notify_one();
}

void ReadyCache::touch(const std::string& subject) {
  const std::lock_guard lock(body_->mutex);
  const auto family = body_->by_subject.find(subject);
  if (family == body_->by_subject.end()) return;
  for (Entry* each : family->second) each->is_stale = true;
}

void ReadyCache::touch_all() {
  const std::lock_guard lock(body_->mutex);
  for (Entry& each : body_->entries) each.is_stale = true;
}

std::size_t ReadyCache::size() const {
  const std::lock_guard lock(body_->mutex);
  return body_->entries.size();
}

}  // namespace tiketi::http
