#include "load/bench_http.hpp"

#include "load/scenarios/idle.hpp"
#include "load/scenarios/sockets.hpp"
#include "load/stage.hpp"
#include "load/usage.hpp"
#include "load/watchers.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>

namespace tiketi::load {
namespace {

using Instant = std::chrono::steady_clock;

/// Looks at the server's memory once a second.
class MemoryWatch {
 public:
  explicit MemoryWatch(pid_t pid) {
    if (pid > 0) thread_ = std::jthread([this, pid](const std::stop_token& stop) { watch(stop, pid); });
  }

  std::vector<MemorySample> stop() {
    if (thread_.joinable()) {
      thread_.request_stop();
      thread_.join();
    }
    return std::move(samples_);
  }

 private:
  void watch(const std::stop_token& stop, pid_t pid) {
    const Instant::time_point start = Instant::now();
    std::unique_lock lock(mutex_);
    do {
      const double at = std::chrono::duration<double>(Instant::now() - start).count();
      samples_.push_back({at, usage_of(pid).rss_bytes});
    } while (!wake_.wait_for(lock, stop, std::chrono::seconds(1), [&] { return stop.stop_requested(); }));
    samples_.push_back({std::chrono::duration<double>(Instant::now() - start).count(), usage_of(pid).rss_bytes});
  }

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<MemorySample> samples_;
  std::jthread thread_;
};

/// Runs a scenario's rounds, making ready and reading back between them.
class Rounds {
 public:
  Rounds(Scenario& scenario, Stage& stage, const Tell& tell) : scenario_(scenario), stage_(stage), tell_(tell) {}

  /// Asks for that long, not counting what is between the rounds; adds what came of it to `report`.
  void run(double seconds, Report& report) {
    using std::chrono::nanoseconds;
    const auto left = [&] {
      return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds - report.seconds));
    };
    while (left() > nanoseconds(0) && !stage_.interrupted) {
      const bool is_new = make_ready();
      const Usage driver_before = usage_of(getpid()), server_before = server_usage();
      const std::int64_t messages_before = messages_to_watchers();
      const Part part = stage_.connections.run(scenario_, left(), stage_.interrupted);
      report.messages_to_watchers += messages_to_watchers() - messages_before;
      report.driver_cpu_s += usage_of(getpid()).cpu_s - driver_before.cpu_s;
      report.server_cpu_s += server_usage().cpu_s - server_before.cpu_s;
      report.stats.add(part.stats);
      report.seconds += part.seconds;
      report.elapsed_s += part.elapsed_s;
      // Of a round that was begun before, as by the warm-up, all may have been asked already.
      if (is_new && part.ran_out && part.stats.answers() == 0) throw Broken(nothing_answered(part));
      if (part.ran_out) read_back();
    }
  }

  void read_back() {
    if (!ready_) return;
    tell_("reading back");
    scenario_.verify(stage_);
    ready_ = false;
  }

 private:
  /// Whether there was anything to make ready: a round goes on until all is asked for.
  bool make_ready() {
    if (ready_) return false;
    tell_("making ready");
    scenario_.prepare(stage_);
    ready_ = true;
    tell_("measuring");
    return true;
  }

  Usage server_usage() const { return stage_.options.server_pid > 0 ? usage_of(stage_.options.server_pid) : Usage{}; }

  std::int64_t messages_to_watchers() const { return stage_.watchers() == nullptr ? 0 : stage_.watchers()->events(); }

  static std::string nothing_answered(const Part& part) {
    return part.stats.wrongs.empty() ? "the scenario had nothing to ask" : part.stats.wrongs.front();
  }

  Scenario& scenario_;
  Stage& stage_;
  const Tell& tell_;
  bool ready_ = false;
};

const ScenarioInfo* find_info(std::string_view name) {
  const auto& all = scenario_infos();
  const auto found = std::ranges::find(all, name, &ScenarioInfo::name);
  return found == all.end() ? nullptr : &*found;
}

Report run(const Options& options, const ScenarioInfo& info, const std::atomic<bool>& interrupted, const Tell& tell) {
  const Api api(resolve(options.url));
  Report report;
  report.options = options;
  report.connections = static_cast<std::size_t>(options.connections > 0 ? options.connections : info.connections);
  allow_connections(report.connections + static_cast<std::size_t>(options.watchers + options.slow_readers));
  if (info.name == "idle") {
    keep_idle_connections(api, interrupted, report);
    return report;
  }
  if (info.name == "sockets") {
    tell_sockets_of_holds(api, interrupted, tell, report);
    return report;
  }
  const auto scenario = make_scenario(info.name);
  report.kinds = scenario->kinds();
  report.stats = Stats(report.kinds.size());
  Connections connections(api.server(), report.connections, static_cast<std::size_t>(options.threads));
  Stage stage(options, api, connections, interrupted);
  Rounds rounds(*scenario, stage, tell);
  Report warmup = report;
  rounds.run(options.warmup_s, warmup);
  MemoryWatch memory(options.server_pid);
  rounds.run(options.duration_s, report);
  report.memory = memory.stop();
  report.interrupted = interrupted;
  rounds.read_back();
  if (stage.watchers() != nullptr && stage.watchers()->lost() > 0)
    stage.find_wrong(std::to_string(stage.watchers()->lost()) + " of --watchers were lost");
  report.facts = std::move(stage.facts);
  report.wrong = std::move(stage.wrong);
  for (const std::string& each : warmup.stats.wrongs) report.wrong.push_back("while warming up: " + each);
  return report;
}

}  // namespace

Result<Report> bench_http(const Options& options, const std::atomic<bool>& interrupted, const Tell& tell) try {
  const ScenarioInfo* info = find_info(options.scenario);
  if (info == nullptr)
    return Error{Errc::invalid_argument, "there is no scenario " + options.scenario, {{"field", "scenario"}}};
  if (options.watchers > 0 && !info->may_be_watched)
    return Error{Errc::invalid_argument, "--watchers: not with " + options.scenario, {{"field", "watchers"}}};
  return run(options, *info, interrupted, tell);
} catch (const std::exception& broken) {
  return Error{Errc::unavailable, broken.what()};
}

}  // namespace tiketi::load
