#include "ready_cache.hpp"

#include "server/problem.hpp"

#include <tiketi/base/error.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <list>
#include <map>
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
  bool is_stale = false;       // touched since the making began
  bool is_busy = false;        // queued, or being made
  bool was_made_once = false;  // with success: somebody may well want it again
  Steady::time_point made_at{};
  Steady::time_point due_at{};  // not to be made again before that
  std::vector<Waiting> waiting;
};

using Entries = std::list<Entry>;

std::size_t size_of(const std::optional<MadeBytes>& made) { return made && made->bytes ? made->bytes->size() : 0; }

/// Bytes that exist, in the cache or on their way to somebody.
using LiveBytes = std::atomic<std::size_t>;

/// The bytes, counted until the last one has let go of them. Who is last may come after the cache.
std::shared_ptr<const ReadyBytes> counted(std::shared_ptr<const ReadyBytes> bytes,
                                          const std::shared_ptr<LiveBytes>& live) {
  *live += bytes->size();
  const ReadyBytes* raw = bytes.get();
  return {raw, [bytes = std::move(bytes), live](const ReadyBytes*) { *live -= bytes->size(); }};
}

/// Entries in the order in which they are to be made.
class Turns {
 public:
  void add(Entries::iterator entry) {
    queue_.emplace(std::pair(std::max(entry->due_at, Steady::now()), next_number_++), entry);
  }
  std::size_t size() const { return queue_.size(); }
  Steady::time_point first_at() const {
    return queue_.empty() ? Steady::time_point::max() : queue_.begin()->first.first;
  }
  Entries::iterator take_first() {
    const auto out = queue_.begin()->second;
    queue_.erase(queue_.begin());
    return out;
  }

 private:
  std::map<std::pair<Steady::time_point, std::uint64_t>, Entries::iterator> queue_;
  std::uint64_t next_number_ = 0;  // first come, first served
};

Result<MadeBytes> make_bytes(const MakeBytes& make, const MadeBytes* previous, const std::shared_ptr<LiveBytes>& live) {
  try {
    auto made = make(previous);
    if (made && !(previous != nullptr && previous->bytes == made->bytes)) made->bytes = counted(made->bytes, live);
    return made;
  } catch (const std::exception& error) {
    return Error{Errc::unavailable, "the page could not be made", {{"cause", error.what()}}};
  }
}

Result<MadeBytes> as_before(const std::optional<MadeBytes>& previous) {
  if (previous) return *previous;
  return Error{Errc::overloaded, "too many bytes wait for slow readers"};
}

}  // namespace

/// Whatever clients ask for becomes a key, so they can make up as many as they like. Keys that have proved to stand for
/// something therefore have turns of their own, and the others' queue is short.
struct ReadyCache::Body {
  Body(Clock& the_clock, ReadyCacheOptions the_options) : clock(the_clock), options(the_options) {}

  Clock& clock;
  const ReadyCacheOptions options;
  mutable std::mutex mutex;
  std::condition_variable work_to_do;
  Entries idle;  // newest use first
  Entries busy;
  std::unordered_map<std::string, Entries::iterator> by_key;
  std::unordered_map<std::string, std::unordered_set<Entry*>> by_subject;
  Turns known;      // was_made_once
  Turns newcomers;  // the others
  bool newcomers_turn = false;
  std::size_t waiting = 0;
  std::size_t bytes = 0;  // of all that is kept
  const std::shared_ptr<LiveBytes> live = std::make_shared<LiveBytes>(0);
  bool stopping = false;
  std::thread worker;

  /// Whoever asks while it is busy waits for what comes of that.
  bool is_fresh(const Entry& entry) const {
    return entry.made && !entry.is_stale && !entry.is_busy && clock.now() < entry.made->good_until &&
           Steady::now() - entry.made_at < std::chrono::milliseconds(options.max_age_ms);
  }

  /// Null if there is none.
  Entry* find(const std::string& key) {
    const auto found = by_key.find(key);
    if (found == by_key.end()) return nullptr;
    Entry& entry = *found->second;
    if (!entry.is_busy) idle.splice(idle.begin(), idle, found->second);
    return &entry;
  }

  Entry& add(const std::string& key, const std::string& subject, const MakeBytes& make, const Refuse& refuse) {
    while (by_key.size() >= options.max_keys && !idle.empty()) drop_oldest();
    Entry& entry = idle.emplace_front();
    entry.key = key;
    entry.subject = subject;
    entry.make = make;
    entry.refuse = refuse;
    by_key.emplace(key, idle.begin());
    by_subject[subject].insert(&entry);
    return entry;
  }

  void drop_oldest() {
    Entry& entry = idle.back();
    bytes -= size_of(entry.made);
    const auto family = by_subject.find(entry.subject);
    family->second.erase(&entry);
    if (family->second.empty()) by_subject.erase(family);
    by_key.erase(entry.key);
    idle.pop_back();
  }

  /// Why a request for it can't wait, or null.
  const char* refusal(const Entry* entry) const {
    if (waiting >= options.max_waiting) return "too many requests wait for bytes in the making";
    const bool takes_a_place = !entry || (!entry->is_busy && !entry->was_made_once);
    if (takes_a_place && newcomers.size() >= options.max_new_keys) return "too many new keys wait to be made";
    return nullptr;
  }

  void enqueue(Entry& entry) {
    const auto at = by_key.find(entry.key)->second;
    if (!std::exchange(entry.is_busy, true)) busy.splice(busy.begin(), idle, at);
    (entry.was_made_once ? known : newcomers).add(at);
  }

  /// Of what is due by now, which is something. Known ones and newcomers take turns as long as there are both.
  Turns& next_turns(Steady::time_point now) {
    if (known.first_at() > now) return newcomers;
    if (newcomers.first_at() > now) return known;
    newcomers_turn = !newcomers_turn;
    return newcomers_turn ? newcomers : known;
  }

  void run() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      const auto now = Steady::now();
      if (const auto first = std::min(known.first_at(), newcomers.first_at()); first == Steady::time_point::max())
        work_to_do.wait(lock);
      else if (first > now) work_to_do.wait_until(lock, first);
      else make(*next_turns(now).take_first(), lock);
    }
  }

  /// An entry that is busy is never dropped, so it stays where it is while the lock is open.
  void make(Entry& entry, std::unique_lock<std::mutex>& lock) {
    const std::optional<MadeBytes> previous = entry.made;
    const bool is_full = *live > options.max_live_bytes;
    entry.is_stale = is_full;
    std::vector<Waiting> served = std::exchange(entry.waiting, {});
    lock.unlock();
    const auto began_at = Steady::now();
    Result<MadeBytes> made =
        is_full ? as_before(previous) : make_bytes(entry.make, previous ? &*previous : nullptr, live);
    lock.lock();
    entry.made_at = Steady::now();
    // What takes long is made less often, so that the making of one key never takes more than a third of the time.
    entry.due_at = entry.made_at + std::max<Steady::duration>(std::chrono::milliseconds(options.min_interval_ms),
                                                              2 * (entry.made_at - began_at));
    bytes -= size_of(entry.made);
    if (made.has_value()) entry.made = *made;
    else entry.made.reset();
    bytes += size_of(entry.made);
    entry.was_made_once = entry.was_made_once || made.has_value();
    entry.is_busy = false;
    idle.splice(idle.begin(), busy, by_key.find(entry.key)->second);
    while (bytes > options.max_bytes && idle.size() > 1) drop_oldest();
    if (is_fresh(entry)) std::ranges::move(std::exchange(entry.waiting, {}), std::back_inserter(served));
    waiting -= served.size();
    if (!entry.waiting.empty()) enqueue(entry);
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
  Entry* entry = body_->find(key);
  if (entry && body_->is_fresh(*entry)) {
    const std::shared_ptr<const ReadyBytes> bytes = entry->made->bytes;
    lock.unlock();
    return respond(ready(bytes));
  }
  if (const char* why = body_->refusal(entry)) {
    lock.unlock();
    return respond(problem(request, Error{Errc::overloaded, why}));
  }
  if (!entry) entry = &body_->add(key, subject, make, refuse);
  entry->waiting.push_back({&request, std::move(respond)});
  ++body_->waiting;
  if (!entry->is_busy) body_->enqueue(*entry);
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
  for (Entries* entries : {&body_->idle, &body_->busy})
    for (Entry& each : *entries) each.is_stale = true;
}

std::size_t ReadyCache::size() const {
  const std::lock_guard lock(body_->mutex);
  return body_->by_key.size();
}

}  // namespace tiketi::http
