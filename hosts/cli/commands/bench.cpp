// bench http

#include "commands/commands.hpp"
#include "format.hpp"
#include "interrupt.hpp"
#include "load/bench_http.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace tiketi::cli {
namespace {

double milliseconds(std::uint64_t ns) { return static_cast<double>(ns) / 1e6; }

std::string milliseconds_text(std::uint64_t ns) {
  const double ms = milliseconds(ns);
  return ms < 10 ? std::to_string(ms).substr(0, 4) : format_one_decimal(ms);
}

/// Per second of the measured time.
double rate(std::int64_t count, const load::Report& report) {
  return report.seconds > 0 ? static_cast<double>(count) / report.seconds : 0;
}

std::string rate_text(std::int64_t count, const load::Report& report) {
  const double value = rate(count, report);
  return value < 100 ? format_one_decimal(value) : with_commas(std::llround(value));
}

std::int64_t cpu_percent(double cpu_s, const load::Report& report) {
  return report.elapsed_s > 0 ? std::llround(100 * cpu_s / report.elapsed_s) : 0;
}

template <class Counts>
std::string listed(const Counts& counts) {
  std::string out;
  for (const auto& [what, count] : counts) {
    std::string name;
    if constexpr (std::is_integral_v<std::decay_t<decltype(what)>>) name = std::to_string(what);
    else name = what;
    out += (out.empty() ? "" : "   ") + name + ": " + with_commas(count);
  }
  return out;
}

std::string memory_text(const load::Report& report) {
  std::int64_t most = 0;
  for (const load::MemorySample& each : report.memory) most = std::max(most, each.rss_bytes);
  return format_bytes(report.memory.front().rss_bytes) + " at first, " + format_bytes(report.memory.back().rss_bytes) +
         " at the end, " + format_bytes(most) + " at most";
}

std::string report_text(const load::Report& report) {
  Rows answers{{"request", "done/s", "answers/s", "done", "refused", "wrong", "p50 ms", "p95 ms", "p99 ms", "max ms"}};
  for (std::size_t i = 0; i < report.kinds.size(); ++i) {
    const load::KindStats& kind = report.stats.kinds[i];
    const load::Histogram& times = kind.latencies_ns;
    answers.push_back({report.kinds[i], rate_text(kind.done_in_time, report), rate_text(kind.answers_in_time, report),
                       with_commas(kind.done), with_commas(kind.refused), with_commas(kind.wrong),
                       milliseconds_text(times.percentile(0.50)), milliseconds_text(times.percentile(0.95)),
                       milliseconds_text(times.percentile(0.99)), milliseconds_text(times.max())});
  }
  std::string out = report.options.scenario + " at " + report.options.url + ": " +
                    with_commas(static_cast<std::int64_t>(report.connections)) + " connections, " +
                    format_one_decimal(report.seconds) + " s\n\n" + format_table(answers) + '\n';
  Rows rest;
  rest.push_back({"status", listed(report.stats.statuses)});
  if (!report.stats.refusals.empty()) rest.push_back({"refused", listed(report.stats.refusals)});
  if (report.stats.failures > 0) rest.push_back({"not answered", with_commas(report.stats.failures)});
  if (report.stats.reconnects > 0) rest.push_back({"connected anew", with_commas(report.stats.reconnects)});
  if (!report.facts.empty()) rest.push_back({"facts", listed(report.facts)});
  if (report.options.watchers > 0)
    rest.push_back({"watchers", with_commas(report.options.watchers) + " were told " +
                                    rate_text(report.messages_to_watchers, report) + " messages a second"});
  std::string cpu = "driver " + std::to_string(cpu_percent(report.driver_cpu_s, report)) + " %";
  if (report.options.server_pid > 0)
    cpu += ", server " + std::to_string(cpu_percent(report.server_cpu_s, report)) + " % of one core";
  rest.push_back({"processor", cpu});
  if (!report.memory.empty()) rest.push_back({"memory", memory_text(report)});
  for (const std::string& each : report.stats.wrongs) rest.push_back({"WRONG", each});
  for (const std::string& each : report.wrong) rest.push_back({"WRONG", each});
  if (report.is_right()) rest.push_back({"checked", "every answer is right"});
  return out + format_table(rest);
}

boost::json::object kind_json(const load::KindStats& kind, const load::Report& report) {
  const load::Histogram& times = kind.latencies_ns;
  return {{"done", kind.done},
          {"refused", kind.refused},
          {"wrong", kind.wrong},
          {"done_per_second", rate(kind.done_in_time, report)},
          {"answers_per_second", rate(kind.answers_in_time, report)},
          {"body_bytes", kind.bytes},
          {"ms",
           {{"p50", milliseconds(times.percentile(0.50))},
            {"p95", milliseconds(times.percentile(0.95))},
            {"p99", milliseconds(times.percentile(0.99))},
            {"max", milliseconds(times.max())}}}};
}

boost::json::value report_json(const load::Report& report) {
  boost::json::object kinds, statuses, refusals, facts;
  for (std::size_t i = 0; i < report.kinds.size(); ++i)
    kinds[report.kinds[i]] = kind_json(report.stats.kinds[i], report);
  for (const auto& [status, count] : report.stats.statuses) statuses[std::to_string(status)] = count;
  for (const auto& [code, count] : report.stats.refusals) refusals[code] = count;
  for (const auto& [what, count] : report.facts) facts[what] = count;
  boost::json::array wrong, memory;
  for (const std::string& each : report.stats.wrongs) wrong.emplace_back(each);
  for (const std::string& each : report.wrong) wrong.emplace_back(each);
  for (const load::MemorySample& each : report.memory)
    memory.push_back({{"at_s", each.at_s}, {"rss_bytes", each.rss_bytes}});
  return boost::json::object{{"scenario", report.options.scenario},
                             {"url", report.options.url},
                             {"connections", report.connections},
                             {"threads", report.options.threads},
                             {"seconds", report.seconds},
                             {"elapsed_s", report.elapsed_s},
                             {"interrupted", report.interrupted},
                             {"requests", std::move(kinds)},
                             {"statuses", std::move(statuses)},
                             {"refusals", std::move(refusals)},
                             {"not_answered", report.stats.failures},
                             {"reconnects", report.stats.reconnects},
                             {"facts", std::move(facts)},
                             {"watchers",
                              {{"sockets", report.options.watchers},
                               {"messages", report.messages_to_watchers},
                               {"messages_per_second", rate(report.messages_to_watchers, report)}}},
                             {"driver_cpu_s", report.driver_cpu_s},
                             {"server_cpu_s", report.server_cpu_s},
                             {"server_memory", std::move(memory)},
                             {"right", report.is_right()},
                             {"wrong", std::move(wrong)}};
}

}  // namespace

Ended run(const BenchHttpCommand& command, Session& session) {
  const std::atomic<bool>& interrupted = stop_on_interrupt();
  const auto report = [&] {
    Progress progress(session.terminal);
    return load::bench_http(command.options, interrupted, [&](const std::string& what) { progress.show(0, 0, what); });
  }();
  if (report.has_error()) return report.error();
  if (session.json()) print_json(session.terminal, report_json(*report));
  else session.terminal.out << report_text(*report);
  if (!report->is_right()) return ExitCode::findings;
  return report->interrupted ? ExitCode::interrupted : ExitCode::ok;
}

}  // namespace tiketi::cli
