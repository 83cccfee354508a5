#pragma once
// What processes use of the machine.

#include <sys/types.h>

#include <cstdint>

namespace tiketi::load {

struct Usage {
  double cpu_s = 0;            ///< so far, in user and kernel mode
  std::int64_t rss_bytes = 0;  ///< resident now
};

/// Of a process; zeros if it can't be told.
Usage usage_of(pid_t pid);

/// That this process may have that many connections; Broken if the system does not allow it.
void allow_connections(std::size_t count);

}  // namespace tiketi::load
