#pragma once
// Nouns: the template from which an event's seats are generated.

#include <tiketi/base/id.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tiketi {

/// A place inside a section: the row's and the seat's printed numbers.
struct SeatPosition {
  std::int32_t row = 0;
  std::int32_t number = 0;
  friend auto operator<=>(const SeatPosition&, const SeatPosition&) = default;
};

/// Where a section lies on the map, in centimetres: seat 1 of its first row is at (x, y); seats go
/// along the direction of `angle_degrees` (0 = along x), rows to the right of that direction.
struct SectionGeometry {
  std::int32_t x = 0;
  std::int32_t y = 0;
  std::int32_t seat_pitch = 55;
  std::int32_t row_pitch = 90;
  std::int32_t angle_degrees = 0;
  friend bool operator==(const SectionGeometry&, const SectionGeometry&) = default;
};

/// A seat that lies elsewhere than the section's geometry says.
struct PlacedSeat {
  SeatPosition position;
  std::int32_t x = 0;
  std::int32_t y = 0;
  friend bool operator==(const PlacedSeat&, const PlacedSeat&) = default;
};

struct LayoutSection {
  std::string name;
  std::int32_t rows = 0;
  std::int32_t seats_per_row = 0;
  std::int32_t start_row = 1;  ///< the printed number of the first row
  std::int64_t price_minor = 0;
  std::optional<SectionGeometry> geometry;  ///< without one, sections are laid out one behind the other
  std::vector<SeatPosition> gaps;           ///< positions where there is no seat
  std::vector<SeatPosition> blocked;        ///< house seats: they exist but are not sold
  std::vector<PlacedSeat> placed;
  friend bool operator==(const LayoutSection&, const LayoutSection&) = default;
};

/// Invariants (`catalog::check`): at least one section and one seat, at most `max_layout_seats`;
/// section names unique; no two sections of one geometry overlap; gaps, blocked and placed lie inside.
struct SeatLayout {
  SeatLayoutId id;
  std::string name;  ///< unique
  std::string description;
  std::vector<LayoutSection> sections;
  std::int64_t version = 0;
  friend bool operator==(const SeatLayout&, const SeatLayout&) = default;
};

inline constexpr std::int64_t max_layout_seats = 200'000;
inline constexpr std::size_t max_layout_sections = 2'000;
inline constexpr std::int32_t max_section_rows = 1'000;
inline constexpr std::int32_t max_seats_per_row = 2'000;
inline constexpr std::int64_t max_price_minor = 1'000'000'000'000;

/// One seat that a layout yields, in the order section, row, number.
struct GeneratedSeat {
  std::uint32_t section = 0;  ///< index into the layout's sections
  SeatPosition position;
  std::int64_t price_minor = 0;
  std::int32_t x = 0;  ///< centimetres
  std::int32_t y = 0;
  bool blocked = false;
  friend bool operator==(const GeneratedSeat&, const GeneratedSeat&) = default;
};

}  // namespace tiketi
