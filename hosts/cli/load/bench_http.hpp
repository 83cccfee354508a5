#pragma once
// A load run from beginning to end.

#include "load/options.hpp"
#include "load/stats.hpp"

#include <tiketi/base/result.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tiketi::load {

/// The server's memory at a moment of the run.
struct MemorySample {
  double at_s = 0;
  std::int64_t rss_bytes = 0;
};

struct Report {
  Options options;
  std::size_t connections = 0;
  std::vector<std::string> kinds;
  Stats stats{0};                         ///< of the measured parts
  double seconds = 0;                     ///< of the measured parts together: the rates are by these
  double elapsed_s = 0;                   ///< the same with the wait for the last answers: processor time is by these
  double driver_cpu_s = 0;                ///< of this process, in the measured parts
  double server_cpu_s = 0;                ///< of the server, if --server-pid tells which it is
  std::int64_t messages_to_watchers = 0;  ///< that those of --watchers were told in the measured parts
  std::vector<MemorySample> memory;
  std::map<std::string, std::int64_t> facts;
  std::vector<std::string> wrong;  ///< what reading back has found
  bool interrupted = false;

  bool is_right() const { return wrong.empty() && stats.wrong() == 0 && stats.failures == 0; }
};

/// Is told what goes on: "making events ready" …
using Tell = std::function<void(const std::string&)>;

/// Runs the scenario of the options. `interrupted` ends it early, with a report of what was done. invalid_argument: an
/// unknown scenario; unavailable: there is no such server, or it does not let us make ready what the scenario takes.
Result<Report> bench_http(const Options& options, const std::atomic<bool>& interrupted, const Tell& tell);

}  // namespace tiketi::load
