// Measures our HTTP server by the load driver, each figure beside its limit in the same run, all on this machine.

#include "arguments.hpp"
#include "bench.hpp"
#include "http/measurements.hpp"
#include "temporary_directory.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace tiketi::bench {
namespace {

constexpr auto help =
    "tiketi_bench_http: measures the HTTP server, each figure beside its limit in the same run.\n"
    "  --filter TEXT       only rows whose name contains TEXT\n"
    "  --quick             small and short: shows that it works, not how fast\n"
    "  --seconds N         for one row's figure, and as long for its limit; default 5\n"
    "  --memory-seconds N  for the run that shows whether memory stays flat; default 60\n"
    "  --preload N         reservations that are there before `pay-after`; default 1000000\n"
    "  --waiting N         in the line behind which customers enter; default 1000000\n"
    "  --users N           default 50000\n"
    "  --json FILE         also writes a list of {name, value, unit, limit, ratio}\n"
    "  --dir DIR           where to put databases; default: a new temporary directory, removed at the end\n"
    "  --help\n";

struct Arguments {
  HttpSettings settings;
  std::string filter, json, directory;
  bool quick = false, help = false;
};

Arguments parse(const std::vector<std::string>& words) {
  Arguments out;
  read_arguments(words, [&](const std::string& name, const auto& value) {
    if (name == "--filter") out.filter = value();
    else if (name == "--json") out.json = value();
    else if (name == "--dir") out.directory = value();
    else if (name == "--seconds") out.settings.seconds = std::stod(value());
    else if (name == "--memory-seconds") out.settings.memory_seconds = std::stod(value());
    else if (name == "--preload") out.settings.preload = std::stoll(value());
    else if (name == "--waiting") out.settings.waiting = std::stoll(value());
    else if (name == "--users") out.settings.users = std::stoll(value());
    else if (name == "--quick") out.quick = true;
    else if (name == "--help") out.help = true;
    else return false;
    return true;
  });
  if (out.quick)
    out.settings = {.seconds = 0.3,
                    .memory_seconds = 1,
                    .preload = 1'000,
                    .users = 500,
                    .idle = 500,
                    .sockets = 500,
                    .watchers = 100,
                    .waiting = 2'000};
  return out;
}

void measure(const Arguments& arguments, const std::filesystem::path& directory) {
  Run run{directory, {}, arguments.filter, arguments.quick, {}};
  measure_http(run, arguments.settings);
  if (run.rows.empty()) throw std::invalid_argument("no row's name contains \"" + arguments.filter + '"');
  print_table(std::cout, run.rows);
  if (!arguments.json.empty()) write_json(arguments.json, run.rows);
}

}  // namespace
}  // namespace tiketi::bench

int main(int count, char** words) {
  using namespace tiketi::bench;
  try {
    const Arguments arguments = parse({words + 1, words + count});
    if (arguments.help) {
      std::cout << help;
    } else if (arguments.directory.empty()) {
      measure(arguments, TemporaryDirectory().path());
    } else {
      std::filesystem::create_directories(arguments.directory);
      measure(arguments, arguments.directory);
    }
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "tiketi_bench_http: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
