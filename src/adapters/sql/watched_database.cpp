#include "adapters/sql/watched_database.hpp"

#include <chrono>
#include <utility>

namespace tiketi::sql {

namespace {

using SteadyClock = std::chrono::steady_clock;

class WatchedConnection final : public Connection {
 public:
  WatchedConnection(Lease lease, bool writes, const QueryWatcher& watcher)
      : lease_(std::move(lease)), writes_(writes), watcher_(watcher) {}

  Result<void> run(std::span<const Step> steps) override {
    return timed([&] { return lease_->run(steps); });
  }
  Result<void> execute(const std::string& text) override {
    return timed([&] { return lease_->execute(text); });
  }
  void rollback() noexcept override { lease_->rollback(); }

 private:
  template <class Query>
  Result<void> timed(Query query) {
    const auto before = SteadyClock::now();
    Result<void> done = query();
    watcher_({.writes = writes_,
              .failed = done.has_error(),
              .time = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - before)});
    return done;
  }

  Lease lease_;
  const bool writes_;
  const QueryWatcher& watcher_;
};

}  // namespace

Result<Lease> WatchedDatabase::watched(Result<Lease> lease, bool writes) const {
  if (lease.has_error() || !watcher_) return lease;
  auto watched = std::make_unique<WatchedConnection>(std::move(*lease), writes, watcher_);
  return Lease(watched.release(), [](Connection* connection) { delete connection; });
}

}  // namespace tiketi::sql
