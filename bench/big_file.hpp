#pragma once
// A file with as many seats as a country has, to see that selling one event does not feel the others.

#include "bench.hpp"
#include "venue.hpp"

#include <string>
#include <vector>

namespace tiketi::bench {

/// Small halls, and somewhere among them two stadiums.
struct Shape {
  std::size_t halls = 0;
  std::size_t hall_seats = 0;
  std::size_t stadium_seats = 0;

  std::size_t seats() const { return halls * hall_seats + 2 * stadium_seats; }
};

struct BigFile {
  std::string path;
  Shape shape;
  std::vector<EventId> halls;  ///< in the order of their seats' ids
  NewInventory stadium;        ///< to be sold beside a file that has nothing else
  EventId other_stadium;       ///< to be sold by a process of its own
};

BigFile build_big_file(const std::string& path, const Shape& shape);

/// Holds all seats of these events. The holds of the first `overdue` seats were over a minute ago, those of
/// all others last for a day. They were made one after the other, and their messages were told long ago.
void hold_all(const std::string& path, const std::vector<EventId>& events, std::size_t overdue);

/// Selling a stadium in it, and in a file of its own.
void sell_in_big_file(Run& run, const BigFile& big);
/// Selling the other one in a process of its own, and what memory that takes.
void memory_of_big_file(Run& run, const BigFile& big);
/// Releasing holds that are over among many that are not.
void sweep_big_file(Run& run, const BigFile& big);

}  // namespace tiketi::bench
