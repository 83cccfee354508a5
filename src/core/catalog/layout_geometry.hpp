#pragma once
// Where the sections of a layout lie, where a seat lies in its section, and which positions are special.

#include <tiketi/base/result.hpp>
#include <tiketi/catalog/seat_layout.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tiketi::catalog {

// In centimetres: so wide that no stadium reaches them, so narrow that nothing leaves 32 bits.
inline constexpr std::int32_t max_coordinate = 10'000'000;        // of a section
inline constexpr std::int32_t max_seat_coordinate = 100'000'000;  // as far as a section can lead
inline constexpr std::int32_t max_pitch = 10'000;
inline constexpr std::int32_t max_angle_degrees = 359;
inline constexpr std::int32_t max_start_row = 1'000'000;

struct MapPoint {
  double x = 0;
  double y = 0;
};

/// A section's own axes on the map.
class SectionAxes {
 public:
  explicit SectionAxes(const SectionGeometry& geometry) noexcept;

  /// `row` and `seat` count from 0; halves are the borders between seats.
  MapPoint at(double row, double seat) const noexcept {
    return {origin_.x + seat * along_.x + row * behind_.x, origin_.y + seat * along_.y + row * behind_.y};
  }

 private:
  MapPoint origin_;
  MapPoint along_;   // from one seat to the next
  MapPoint behind_;  // from one row to the next
};

/// Marks on the positions of a section's rectangle, a byte each.
class PositionMarks {
 public:
  static constexpr std::uint8_t gap = 1;
  static constexpr std::uint8_t blocked = 2;
  static constexpr std::uint8_t placed = 4;

  /// All unmarked.
  explicit PositionMarks(const LayoutSection& section);

  bool contains(SeatPosition position) const noexcept;
  std::uint8_t& operator[](SeatPosition position) noexcept { return marks_[index(position)]; }
  std::uint8_t operator[](SeatPosition position) const noexcept { return marks_[index(position)]; }

 private:
  std::size_t index(SeatPosition position) const noexcept;

  std::int32_t rows_;
  std::int32_t seats_per_row_;
  std::int32_t start_row_;
  std::vector<std::uint8_t> marks_;
};

/// With the gaps, blocked and placed seats of a section that passed `check`.
PositionMarks mark_positions(const LayoutSection& section);

/// For each section its own geometry, or a place made for it: one behind the other along y, centred,
/// and all of them behind those that have a geometry.
std::vector<SectionGeometry> place_sections(const SeatLayout& layout);

/// invalid_argument if two sections that have a geometry cover the same ground; details: field.
Result<void> check_overlap(const SeatLayout& layout);

}  // namespace tiketi::catalog
