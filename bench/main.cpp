// Measures what selling costs, each figure beside its limit.

#include "arguments.hpp"
#include "bench.hpp"
#include "temporary_directory.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view help =
    "tiketi_bench: measures what selling costs, each figure beside the limit of what could be done.\n"
    "  --filter TEXT  only rows whose name contains TEXT\n"
    "  --quick        small and short: shows that it works, not how fast\n"
    "  --json FILE    also writes a list of {name, value, unit, limit, ratio}\n"
    "  --dir DIR      where to put databases; default: a new temporary directory, removed at the end\n"
    "  --help\n";

struct Arguments {
  std::string filter, json, directory;
  bool quick = false, help = false;
};

Arguments parse(const std::vector<std::string>& words) {
  Arguments out;
  tiketi::bench::read_arguments(words, [&](const std::string& name, const auto& value) {
    if (name == "--filter") out.filter = value();
    else if (name == "--json") out.json = value();
    else if (name == "--dir") out.directory = value();
    else if (name == "--quick") out.quick = true;
    else if (name == "--help") out.help = true;
    else return false;
    return true;
  });
  return out;
}

void measure(const Arguments& arguments, const std::filesystem::path& directory) {
  using namespace tiketi::bench;
  Run run{directory, std::filesystem::canonical("/proc/self/exe"), arguments.filter, arguments.quick, {}};
  const std::vector<void (*)(Run&)> measurements{
      reserve_in_memory,   reserve_in_sqlite, reserve_by_single_calls,
#ifdef TIKETI_WITH_POSTGRES
      reserve_in_postgres,
#endif
      pay_in_sqlite,       seat_maps,         waiting_rooms,           scale};
  for (const auto measurement : measurements) measurement(run);
  if (run.rows.empty()) throw std::invalid_argument("no row's name contains \"" + arguments.filter + '"');
  print_table(std::cout, run.rows);
  if (!arguments.json.empty()) write_json(arguments.json, run.rows);
}

int run_all(const std::vector<std::string>& words) {
  if (words.size() == 3 && words[0] == "--sell") return tiketi::bench::sell_and_tell_memory(words[1], words[2]);
  if (words.size() == 3 && words[0] == "--crowd") return tiketi::bench::gather_and_tell_memory(words[1], words[2]);
  const Arguments arguments = parse(words);
  if (arguments.help) {
    std::cout << help;
  } else if (arguments.directory.empty()) {
    measure(arguments, tiketi::bench::TemporaryDirectory().path());
  } else {
    std::filesystem::create_directories(arguments.directory);
    measure(arguments, arguments.directory);
  }
  return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run_all({words + 1, words + count});
  } catch (const std::exception& error) {
    std::cerr << "tiketi_bench: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
