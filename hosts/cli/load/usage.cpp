#include "load/usage.hpp"

#include "load/address.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace tiketi::load {

Usage usage_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return {};
  // The program's name, in brackets, may have blanks; what follows it are numbers (proc(5)).
  std::istringstream rest(line.substr(line.rfind(')') + 1));
  std::string ignored;
  for (int field = 3; field < 14; ++field) rest >> ignored;
  double user_ticks = 0, system_ticks = 0;
  rest >> user_ticks >> system_ticks;
  for (int field = 16; field < 24; ++field) rest >> ignored;
  std::int64_t pages = 0;
  rest >> pages;
  return {(user_ticks + system_ticks) / static_cast<double>(sysconf(_SC_CLK_TCK)), pages * sysconf(_SC_PAGESIZE)};
}

void allow_connections(std::size_t count) {
  constexpr std::size_t other_files = 100;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= count + other_files) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < count + other_files)
    throw Broken("the system allows this process " + std::to_string(limit.rlim_max) + " open files (ulimit -n), not " +
                 std::to_string(count) + " connections");
}

}  // namespace tiketi::load
