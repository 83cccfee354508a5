#include "http/measurements.hpp"

#include "http/preload.hpp"
#include "http/programs.hpp"
#include "raw_sqlite.hpp"

#include <tiketi/adapters/sqlite.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <optional>
#include <span>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tiketi::bench {
namespace {

constexpr int turns = 2;  // each side has so many, so that noise hits both

/// What all measurements share: the server over a database where little has happened, started when first asked for.
class Bench {
 public:
  Bench(Run& run, const HttpSettings& settings) : run_(run), settings_(settings) {}

  Run& run() { return run_; }
  const HttpSettings& settings() const { return settings_; }

  Site& site() {
    if (!site_) site_.emplace(fresh());
    return *site_;
  }

  /// A copy of the database as it was made, for a server of its own.
  std::filesystem::path copy(const std::string& name) {
    const std::filesystem::path to = run_.directory / name;
    std::filesystem::remove_all(to);
    std::filesystem::copy(made(), to, std::filesystem::copy_options::recursive);
    return to;
  }

  /// A scenario against a server of ours.
  Measured drive_site(const Site& site, const std::string& scenario, double seconds,
                      std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = site.arguments();
    arguments.insert(arguments.end(), {"--scenario", scenario, "--duration", std::to_string(seconds)});
    arguments.insert(arguments.end(), more.begin(), more.end());
    Measured out = drive(arguments);
    std::cerr << "  " << scenario << ": driver " << out.driver_cores() << " of a core, server " << out.server_cores()
              << '\n';
    return out;
  }

  /// One turn of it.
  Measured drive_site(const Site& site, const std::string& scenario) const {
    return drive_site(site, scenario, turn_seconds());
  }
  Measured drive_site(const std::string& scenario) { return drive_site(site(), scenario); }

  /// One turn against an echo.
  Measured drive_echo(const Echo& echo, std::int64_t connections) const {
    return drive({"--url", echo.url(), "--scenario", "get", "--connections", std::to_string(connections), "--duration",
                  std::to_string(turn_seconds())});
  }

  double turn_seconds() const { return settings_.seconds / turns; }

 private:
  std::filesystem::path made() {
    const std::filesystem::path path = run_.directory / "made";
    if (!std::exchange(is_made_, true)) {
      std::filesystem::remove_all(path);
      Site::make(path, settings_.users);
    }
    return path;
  }
  std::filesystem::path fresh() { return copy("fresh"); }

  Run& run_;
  const HttpSettings& settings_;
  bool is_made_ = false;
  std::optional<Site> site_;
};

void count(Side& side, double done, double seconds) {
  side.count += std::llround(done);
  side.seconds += seconds;
}

void read_beside_echo(Bench& bench, const std::string& scenario, const std::string& goal) {
  const std::string name = "http/" + scenario;
  if (!bench.run().wants(name)) return;
  Contest contest;
  double bytes = 0;
  std::optional<Echo> echo;
  for (int turn = 0; turn < turns; ++turn) {
    const Measured ours = bench.drive_site(scenario);
    bytes = ours.fact("bytes of an answer");
    if (!echo) echo.emplace(static_cast<std::size_t>(bytes));
    const Measured limit = bench.drive_echo(*echo, 64);
    count(contest.ours, ours.done(scenario), ours.seconds());
    count(contest.limit, limit.done("get"), limit.seconds());
  }
  bench.run().add(rate(name, "answers/s", contest.ours.rate(), contest.limit.rate(),
                       "bare Beast echo of the same " + std::to_string(std::llround(bytes)) + " bytes", goal));
}

/// What SQLite itself does with nobody asking over HTTP: holds written in batches of as many as there are connections.
class RawHolds {
 public:
  explicit RawHolds(Run& run) : path_(run.new_file("raw.db")), venue_(sqlite::open(path_).value(), 48'000) {}

  void turn(double seconds, Side& side) {
    RawSqlite raw(path_, RawSqlite::Mode::durable);
    const double until = side.seconds + seconds;
    while (side.seconds < until) {
      const auto holds = venue_.next_holds(16 * batch);
      side.time(static_cast<std::int64_t>(holds.size()), [&] {
        for (std::size_t i = 0; i < holds.size(); i += batch) raw.hold(std::span(holds).subspan(i, batch));
      });
    }
  }

 private:
  static constexpr std::size_t batch = 128;
  std::string path_;
  Venue venue_;
};

constexpr auto raw_limit = "raw sqlite3 loop of holds, batches of 128, no HTTP, no driver";

void write_beside_sqlite(Bench& bench, const std::string& scenario, const std::string& kind, const std::string& unit,
                         const std::string& goal, double most_p99_ms) {
  const std::string name = "http/" + scenario;
  if (!bench.run().wants(name)) return;
  Contest contest;
  RawHolds raw(bench.run());
  double p99_ms = 0;
  for (int turn = 0; turn < turns; ++turn) {
    raw.turn(bench.turn_seconds(), contest.limit);
    const Measured ours = bench.drive_site(scenario);
    count(contest.ours, ours.done(kind), ours.seconds());
    p99_ms = std::max(p99_ms, ours.p99_ms(kind));
  }
  bench.run().add(rate(name, unit, contest.ours.rate(), contest.limit.rate(), raw_limit, goal));
  bench.run().add(cost(name + "/p99", "ms", p99_ms, most_p99_ms, "what we allow ourselves",
                       "below " + std::to_string(std::llround(most_p99_ms)) + " ms"));
}

/// A turn in which all buyers came to ask for one event at least; a busy machine may need more than one turn's time.
Measured race(Bench& bench) {
  constexpr double longest_s = 20;
  for (double seconds = bench.turn_seconds(); seconds < longest_s; seconds *= 2) {
    Measured out = bench.drive_site(bench.site(), "hold-contended", seconds);
    if (out.fact("events with exactly 50 sold") > 0) return out;
  }
  throw std::runtime_error("no event was asked for by all 500 buyers");
}

void contended(Bench& bench) {
  const std::string name = "http/hold-contended";
  if (!bench.run().wants(name)) return;
  constexpr std::int64_t buyers = 500;
  constexpr std::size_t bytes_of_a_refusal = 400;
  const Echo echo(bytes_of_a_refusal);
  Contest contest;
  for (int turn = 0; turn < turns; ++turn) {
    const Measured ours = race(bench);
    const Measured limit = bench.drive_echo(echo, buyers);
    count(contest.ours, ours.answer_rate("hold") * ours.seconds(), ours.seconds());
    count(contest.limit, limit.done("get"), limit.seconds());
  }
  bench.run().add(rate(name, "answers/s", contest.ours.rate(), contest.limit.rate(),
                       "bare Beast echo of 400 bytes to as many", "10,000/s, exactly 50 sold of each event"));
}

/// Paying when there is little in the database and when there is much, in turns.
void pay_after(Bench& bench) {
  const std::string name = "http/pay-after-" + std::to_string(bench.settings().preload);
  if (!bench.run().wants(name)) return;
  const std::filesystem::path old = bench.copy("old");
  preload("sqlite:" + (old / "box.db").string(), bench.settings().preload);
  const Site old_site(old);
  Contest contest;
  const auto pay = [&](const Site& site, Side& side) {
    const Measured paid = bench.drive_site(site, "pay");
    count(side, paid.done("pay"), paid.seconds());
  };
  for (int turn = 0; turn < turns; ++turn) {  // first one, then the other begins
    if (turn % 2 == 0) pay(bench.site(), contest.limit);
    pay(old_site, contest.ours);
    if (turn % 2 == 1) pay(bench.site(), contest.limit);
  }
  bench.run().add(rate(name, "payments/s", contest.ours.rate(), contest.limit.rate(),
                       "the same in a database that is nearly empty", "1 of the limit"));
}

void hold_beside_logins(Bench& bench) {
  const std::string name = "http/hold-beside-logins";
  if (!bench.run().wants(name)) return;
  Side alone, beside, logins;
  double login_cpu_s = 0, logins_alone = 0;
  for (int turn = 0; turn < turns; ++turn) {
    const Measured only_holds = bench.drive_site("hold");
    count(alone, only_holds.done("hold"), only_holds.seconds());
    const Measured only_logins = bench.drive_site("login");
    login_cpu_s += only_logins.server_cpu_s();
    logins_alone += only_logins.done_in_all("login");
    const Measured both = bench.drive_site("login+hold");
    count(beside, both.done("hold"), both.seconds());
    count(logins, both.done("login"), both.seconds());
  }
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  const double share = std::min(0.99, logins.rate() * login_cpu_s / std::max(1.0, logins_alone) / cores);
  bench.run().add(rate(name, "holds/s", beside.rate(), alone.rate() * (1 - share),
                       "holds alone, less the " + std::to_string(std::llround(100 * share)) + " % of the cores that " +
                           std::to_string(std::llround(logins.rate())) + " log-ins/s take",
                       "1 of the limit"));
}

/// As many holds as the same server takes when nobody watches, less what telling the watchers costs.
void hold_beside_watchers(Bench& bench) {
  const std::string watchers = std::to_string(bench.settings().watchers);
  const std::string name = "http/hold-beside-" + watchers + "-watchers";
  if (!bench.run().wants(name)) return;
  constexpr std::int64_t rows = 400, seats_per_row = 120;  // that a turn seldom sells out
  const std::filesystem::path directory = bench.copy("watched");
  Site::add_layout(directory, "watched_hall", rows, seats_per_row);
  const Site site(directory);
  const std::vector<std::string> hall{"--layout", "watched_hall", "--round-size", std::to_string(rows * seats_per_row)};
  Contest contest;
  double told = 0;
  const auto hold = [&](Side& side, const std::string& number) {
    std::vector<std::string> arguments = hall;
    arguments.insert(arguments.end(), {"--watchers", number});
    const Measured held = bench.drive_site(site, "hold", bench.turn_seconds(), arguments);
    count(side, held.done("hold"), held.seconds());
    told = std::max(told, held.messages_to_watchers());
  };
  for (int turn = 0; turn < turns; ++turn) {  // first one, then the other begins
    if (turn % 2 == 0) hold(contest.limit, "0");
    hold(contest.ours, watchers);
    if (turn % 2 == 1) hold(contest.limit, "0");
  }
  bench.run().add(rate(
      name, "holds/s", contest.ours.rate(), contest.limit.rate(),
      "holds that nobody watches; here up to " + std::to_string(std::llround(told)) + " messages/s go to the watchers",
      "0.8 of the limit"));
}

/// Entering, and looking, behind a line that is long already.
void queues(Bench& bench) {
  const std::string behind = "-behind-" + std::to_string(bench.settings().waiting);
  const std::string enter = "http/queue-enter" + behind, status = "http/queue-status" + behind;
  if (!bench.run().wants(enter) && !bench.run().wants(status)) return;
  const std::filesystem::path directory = bench.copy("queue");
  const std::string event = preload_room("sqlite:" + (directory / "box.db").string(), bench.settings().waiting);
  const Site site(directory);
  constexpr std::size_t bytes_of_an_answer = 400;
  const Echo echo(bytes_of_an_answer);
  const auto measure = [&](const std::string& name, const std::string& scenario, const std::string& kind,
                           const std::string& goal) {
    if (!bench.run().wants(name)) return;
    Contest contest;
    for (int turn = 0; turn < turns; ++turn) {
      const Measured ours = bench.drive_site(site, scenario, bench.turn_seconds(), {"--event", event});
      const Measured limit = bench.drive_echo(echo, 128);
      count(contest.ours, ours.done(kind), ours.seconds());
      count(contest.limit, limit.done("get"), limit.seconds());
    }
    bench.run().add(
        rate(name, "answers/s", contest.ours.rate(), contest.limit.rate(), "bare Beast echo of 400 bytes", goal));
  };
  measure(enter, "queue-enter", "enter", "10,000/s");
  measure(status, "queue-status", "status", "20,000/s");
}

void sockets_of_watchers(Bench& bench) {
  const std::string sockets = std::to_string(bench.settings().sockets);
  const std::string name = "http/sockets/" + sockets;
  if (!bench.run().wants(name)) return;
  constexpr auto slow_readers = "100";
  constexpr double allowed_bytes = 8'192, allowed_ms = 40, allowed_p99_ms = 150, asked_ms = 100;
  const auto drive = [&](const char* slow) {  // a server of its own each time: its memory is measured too
    const Site site(bench.copy(std::string("sockets-") + slow));
    return bench.drive_site(site, "sockets", bench.settings().seconds,
                            {"--connections", sockets, "--slow-readers", slow});
  };
  const Measured undisturbed = drive("0");
  const Measured run = drive(slow_readers);
  bench.run().add(cost(name + "/memory", "bytes each", run.fact("server bytes of a socket"), allowed_bytes,
                       "what we allow ourselves", "8 KiB each"));
  const std::string beside = std::string("; ") + slow_readers + " slow readers beside them";
  bench.run().add(cost(name + "/told-of-a-hold", "ms", run.p50_ms("told"), asked_ms, "what is asked for" + beside,
                       "below 100 ms at the median"));
  bench.run().add(cost(name + "/told-after-the-first", "ms", run.p50_ms("told-after-first"), allowed_ms,
                       "what we allow ourselves" + beside, "40 ms at the median"));
  bench.run().add(cost(name + "/told-after-the-first-p99", "ms", run.p99_ms("told-after-first"), allowed_p99_ms,
                       "what we allow ourselves" + beside, "150 ms"));
  bench.run().add(cost(name + "/told-beside-slow-readers", "ms", run.p50_ms("told"), undisturbed.p50_ms("told"),
                       "the same without the slow readers", "1 of the limit: they change nothing"));
}

double median(std::vector<double> values) {
  require(!values.empty(), "the memory was not looked at");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void memory_of_a_long_run(Bench& bench) {
  const std::string name = "http/memory/mixed";
  if (!bench.run().wants(name)) return;
  const Site site(bench.copy("long"));
  const Measured run = bench.drive_site(site, "mixed", bench.settings().memory_seconds);
  const std::vector<double> mb = run.server_memory_mb();
  const auto quarter = static_cast<std::ptrdiff_t>(mb.size() / 4);
  const double early = median({mb.begin() + quarter, mb.begin() + 2 * quarter + 1});
  const double late = median({mb.end() - quarter - 1, mb.end()});
  bench.run().add(
      cost(name, "MB", late, early,
           "the same process in the second quarter of its " + std::to_string(std::llround(run.seconds())) + " s",
           "1 of the limit: flat"));
}

void memory_of_idle_connections(Bench& bench) {
  const std::string name = "http/memory/" + std::to_string(bench.settings().idle) + "-idle";
  if (!bench.run().wants(name)) return;
  const Site site(bench.copy("idle"));
  const Measured run =
      bench.drive_site(site, "idle", bench.turn_seconds(), {"--connections", std::to_string(bench.settings().idle)});
  constexpr double allowed_mb = 150;
  bench.run().add(cost(name, "MB", run.fact("server bytes with all connections") / 1e6, allowed_mb,
                       "what we allow ourselves", "150 MB"));
}

}  // namespace

void measure_http(Run& run, const HttpSettings& settings) {
  Bench bench(run, settings);
  read_beside_echo(bench, "events-list", "0.5 of the limit");
  read_beside_echo(bench, "event-detail", "0.5 of the limit");
  read_beside_echo(bench, "seat-map", "2,000/s of 4,900 seats, gzip");
  read_beside_echo(bench, "seat-map-304", "0.5 of the limit");
  write_beside_sqlite(bench, "hold", "hold", "holds/s", "8,000/s at 128 connections", 60);
  write_beside_sqlite(bench, "stock-contended", "hold", "holds/s", "8,000/s", 60);
  write_beside_sqlite(bench, "pay", "pay", "payments/s", "3,000/s", 100);
  contended(bench);
  hold_beside_logins(bench);
  hold_beside_watchers(bench);
  queues(bench);
  sockets_of_watchers(bench);
  pay_after(bench);
  memory_of_a_long_run(bench);
  memory_of_idle_connections(bench);
}

}  // namespace tiketi::bench
