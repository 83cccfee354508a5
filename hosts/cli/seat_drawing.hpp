#pragma once
// An event's seat map, drawn with a character a seat.

#include <tiketi/box_office/seat_map.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace tiketi::cli {

/// How many seats are in each PlaceStatus.
using StatusCounts = std::array<std::int64_t, 4>;

/// Of one section (an index into the map's sections), or of all.
StatusCounts count_statuses(const SeatMap& map, Timestamp now, std::int64_t section = -1);

/// Rows as lines, a character a seat; sections one under the other. `section`: as above.
std::string draw_seats(const SeatMap& map, Timestamp now, bool colour, std::int64_t section = -1);

/// A line a section, with a bar for how much of it is taken.
std::string draw_sections(const SeatMap& map, Timestamp now, bool colour);

std::string draw_legend(const StatusCounts& counts, bool colour);

}  // namespace tiketi::cli
