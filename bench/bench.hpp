#pragma once
// What every measurement is given, and how two sides are timed in turn.

#include "report.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::bench {

/// One run: its settings, and the rows measured so far.
struct Run {
  std::filesystem::path directory;  ///< where files go
  std::filesystem::path program;    ///< ourselves
  std::string filter;
  bool quick = false;  ///< small and short: to see that it works, not how fast
  std::vector<Row> rows;

  bool wants(std::string_view name) const { return name.find(filter) != std::string_view::npos; }
  double seconds() const { return quick ? 0.3 : 6; }    ///< for one row, both sides together
  std::string new_file(const std::string& name) const;  ///< what an earlier run has left there is removed
  void add(Row row);                                    ///< and tells of it
};

/// A result is worth nothing if the work was not done.
inline void require(bool right, const std::string& what) {
  if (!right) throw std::runtime_error("the measured work went wrong: " + what);
}

/// What one side has done so far, in all of its turns.
struct Side {
  std::int64_t count = 0;
  double seconds = 0;
  std::vector<double> turns = {};  ///< the seconds of each

  double rate() const { return static_cast<double>(count) / seconds; }

  /// Of the turn in the middle: one that somebody else got in the way of does not count.
  double median_ms() const {
    std::vector<double> sorted = turns;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle * 1000;
  }

  template <class Work>
  void time(std::int64_t done, Work&& work) {
    const auto start = std::chrono::steady_clock::now();
    std::forward<Work>(work)();
    turns.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    seconds += turns.back();
    count += done;
  }
};

/// Ours and the limit's. They take turns in short pieces, so that noise hits both.
struct Contest {
  Side ours;
  Side limit;
  double seconds() const { return ours.seconds + limit.seconds; }
};

// The measurements. Each adds the rows that are wanted.
void reserve_in_memory(Run& run);
void reserve_in_sqlite(Run& run);
void reserve_by_single_calls(Run& run);
void reserve_in_postgres(Run& run);
void pay_in_sqlite(Run& run);
void seat_maps(Run& run);
void waiting_rooms(Run& run);
void scale(Run& run);

/// For a process of its own: sells an event of a big file, and prints the peak of its resident memory in kB.
int sell_and_tell_memory(const std::string& path, const std::string& event);

/// For a process of its own: so many enter a waiting room over a file, and it prints by how many MB its resident memory
/// has grown.
int gather_and_tell_memory(const std::string& path, const std::string& count);

}  // namespace tiketi::bench
