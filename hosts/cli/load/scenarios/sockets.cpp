#include "load/scenarios/sockets.hpp"

#include "load/connections.hpp"
#include "load/rest.hpp"
#include "load/scenarios/holds.hpp"
#include "load/seat_news.hpp"
#include "load/usage.hpp"
#include "load/watchers.hpp"

#include <boost/json.hpp>

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <thread>

namespace tiketi::load {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::size_t holds_in(const Options& options) {
  return static_cast<std::size_t>(std::ceil(options.duration_s * 1000 / options.hold_every_ms)) + 1;
}

/// One seat after the other, at its time.
class PacedHolds final : public Scenario {
 public:
  explicit PacedHolds(std::size_t count)
      : count_(count), holds_(Errands::Of::seats, static_cast<std::int64_t>(count)) {}

  std::vector<std::string> kinds() const override { return holds_.kinds(); }

  void prepare(Stage& stage) override {
    holds_.prepare(stage);
    if (holds_.errands().usable_of_each() < count_)
      throw Broken("the sockets are to be told of " + std::to_string(count_) + " holds, but of one event only " +
                   std::to_string(holds_.errands().usable_of_each()) +
                   " seats can be held: a larger --layout, more users, or a shorter --duration");
    every_ = milliseconds(stage.options.hold_every_ms);
    interrupted_ = &stage.interrupted;
    json::value map = stage.api.read("/api/seats/events/" + event().id + "?format=compact");
    std::vector<std::string> order;
    for (const json::value& each : map.at("seats").at("id").as_array()) order.emplace_back(each.as_string());
    times_ = std::make_unique<HoldTimes>(event(), order, count_);
  }

  bool next(std::size_t connection, std::string& request, std::size_t& kind) override {
    due_ = asked_ == 0 ? steady_clock::now() : due_ + every_;
    rest_until(due_, *interrupted_);
    if (*interrupted_ || !holds_.next(connection, request, kind)) return false;
    times_->ask(asked_++, steady_clock::now());
    return true;
  }

  Verdict judge(std::size_t connection, const Response& response) override {
    return holds_.judge(connection, response);
  }
  void lost(std::size_t connection) override { holds_.lost(connection); }
  void verify(Stage& stage) override { holds_.verify(stage); }

  const EventOnSale& event() const { return holds_.errands().events().front(); }
  HoldTimes& times() { return *times_; }

 private:
  std::size_t count_;
  Holds holds_;
  milliseconds every_{0};
  const std::atomic<bool>* interrupted_ = nullptr;
  std::unique_ptr<HoldTimes> times_;
  std::size_t asked_ = 0;
  Instant due_;
};

/// All sockets, by --threads.
class Audience {
 public:
  Audience(const Stage& stage, const std::vector<User>& users, HoldTimes& times, std::size_t sockets,
           std::size_t slow) {
    const auto threads = static_cast<std::size_t>(stage.options.threads);
    const auto share = [threads](std::size_t all, std::size_t i) {
      return all * (i + 1) / threads - all * i / threads;
    };
    std::size_t first = stage.connections.size();
    for (std::size_t i = 0; i < threads; ++i) {
      const WatcherPlan plan{share(sockets, i) + share(slow, i), share(slow, i), first};
      first += plan.count;
      Part& part = parts_.emplace_back();
      part.readers = plan.count - plan.slow;
      part.news = std::make_unique<SeatNews>(times, plan.count);
      part.watchers = std::make_unique<Watchers>(stage.api.server(), users, plan,
                                                 [&news = *part.news](std::size_t socket, std::string_view packet,
                                                                      Instant at) { news.take(socket, packet, at); });
    }
  }

  /// Broken if none of them can.
  void watch(const std::string& event, const std::atomic<bool>& interrupted) {
    for (const Part& each : parts_) each.watchers->watch(event);
    for (const Part& each : parts_) each.watchers->wait(interrupted);
    if (interrupted || sum([](const Part& each) { return each.watchers->watching(); }) > 0) return;
    std::string why = "no socket can watch";
    for (const std::string& each : parts_.front().watchers->notes()) why += "; " + each;
    throw Broken(why);
  }

  /// Until each socket was told of so many holds, or nothing comes for a while.
  void wait_for(std::int64_t holds, const std::atomic<bool>& interrupted) const {
    constexpr milliseconds patience{3000}, nap{10};
    std::int64_t told = -1;
    Instant progress = steady_clock::now();
    while (!interrupted && steady_clock::now() - progress < patience) {
      const std::int64_t now = sum([](const Part& each) { return each.news->told(); });
      if (now >= holds * (readers() - lost())) return;
      if (now != std::exchange(told, now)) progress = steady_clock::now();
      std::this_thread::sleep_for(nap);
    }
  }

  void stop() {
    for (const Part& each : parts_) each.watchers->stop();
  }

  std::int64_t readers() const {
    return sum([](const Part& each) { return each.readers; });
  }
  std::int64_t lost() const {
    return sum([](const Part& each) { return each.watchers->lost(); });
  }

  // After `stop`:
  void tell(std::int64_t holds, Report& report) const;

 private:
  struct Part {
    std::size_t readers = 0;
    std::unique_ptr<SeatNews> news;  // outlives the watchers, whose thread tells it
    std::unique_ptr<Watchers> watchers;
  };

  template <class Number>
  std::int64_t sum(Number number) const {
    std::int64_t out = 0;
    for (const Part& each : parts_) out += static_cast<std::int64_t>(number(each));
    return out;
  }

  /// How many sockets that were there until the end are so.
  template <class Property>
  std::int64_t count(Property property) const {
    return sum([&](const Part& part) {
      std::int64_t out = 0;
      for (std::size_t i = 0; i < part.readers; ++i)
        if (!part.watchers->is_lost(i) && property(part.news->of(i))) ++out;
      return out;
    });
  }

  std::vector<Part> parts_;
};

KindStats as_kind(const Histogram& times_ns) {
  KindStats out;
  out.done = out.done_in_time = out.answers_in_time = times_ns.count();
  out.latencies_ns = times_ns;
  return out;
}

void Audience::tell(std::int64_t holds, Report& report) const {
  using Socket = SeatNews::Socket;
  const auto missed_a_hold = [holds](const Socket& each) { return each.together.count < holds; };
  const auto missed_single_news = [](const Socket& each) { return each.never_singly > 0; };
  const std::int64_t joins_lost = count(
      [](const Socket& each) { return !each.has_room_info && each.singly.count == 0 && each.together.count == 0; });

  report.facts["sockets"] = readers();
  report.facts["sockets lost"] = lost();
  report.facts["slow readers closed by the server"] = sum([](const Part& each) { return each.watchers->slow_lost(); });
  report.facts["joins lost"] = joins_lost;
  report.facts["sockets without a room-info"] = count([](const Socket& each) { return !each.has_room_info; });
  report.facts["sockets that missed a hold"] = count(missed_a_hold);
  report.facts["holds"] = holds;
  report.facts["messages"] = sum([](const Part& each) { return each.watchers->events(); });

  for (const Part& each : parts_) {
    for (std::string& note : each.watchers->notes()) report.wrong.push_back(std::move(note));
    report.stats.kinds[1].add(as_kind(each.news->after_request_ns()));
    report.stats.kinds[2].add(as_kind(each.news->after_first_ns()));
  }
  if (report.interrupted) return;  // not all that was to come may have come
  const auto expect_none = [&](std::int64_t sockets, const std::string& what) {
    if (sockets > 0) report.wrong.push_back(std::to_string(sockets) + " sockets " + what);
  };
  expect_none(lost(), "were lost");
  expect_none(joins_lost, "asked to join in vain");
  expect_none(count(missed_single_news), "were told of holds of which none came by seat-locked");
  expect_none(count(missed_a_hold), "were not told of every hold by seats-changed");
}

void tell_memory(const Usage& before, const Usage& with_all, const Usage& at_the_end, std::size_t sockets,
                 Report& report) {
  report.facts["server bytes before"] = before.rss_bytes;
  report.facts["server bytes with all sockets"] = with_all.rss_bytes;
  report.facts["server bytes at the end"] = at_the_end.rss_bytes;
  report.facts["server bytes of a socket"] =
      (with_all.rss_bytes - before.rss_bytes) / static_cast<std::int64_t>(sockets);
}

}  // namespace

void tell_sockets_of_holds(const Api& api, const std::atomic<bool>& interrupted, const Tell& tell, Report& report) {
  const Options& options = report.options;
  const auto server = [&] { return options.server_pid > 0 ? usage_of(options.server_pid) : Usage{}; };
  const auto slow = static_cast<std::size_t>(options.slow_readers);
  Connections connections(api.server(), 1, 1);
  Stage stage(options, api, connections, interrupted);
  tell("making ready");
  PacedHolds holds(holds_in(options));
  holds.prepare(stage);
  const Usage before = server();
  Audience audience(stage, stage.users(), holds.times(), report.connections, slow);
  tell("connecting");
  audience.watch(holds.event().id, interrupted);
  const Usage with_all = server(), driver_with_all = usage_of(getpid());

  tell("measuring");
  const Part part = connections.run(holds, nanoseconds_of(options.duration_s), interrupted);
  const std::int64_t held = part.stats.kinds.front().done;
  audience.wait_for(held, interrupted);
  const Usage at_the_end = server();
  report.driver_cpu_s = usage_of(getpid()).cpu_s - driver_with_all.cpu_s;
  report.server_cpu_s = at_the_end.cpu_s - with_all.cpu_s;
  report.seconds = part.seconds;
  report.elapsed_s = part.elapsed_s;
  audience.stop();
  report.interrupted = interrupted;

  tell("reading back");
  holds.verify(stage);
  report.kinds = {"hold", "told", "told-after-first"};
  report.stats = part.stats;
  report.stats.kinds.resize(report.kinds.size());
  report.facts = std::move(stage.facts);
  report.wrong = std::move(stage.wrong);
  audience.tell(held, report);
  if (options.server_pid > 0) tell_memory(before, with_all, at_the_end, report.connections + slow, report);
}

}  // namespace tiketi::load
