#include "core/catalog/layout_geometry.hpp"

#include <tiketi/catalog/rules.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tiketi::catalog {
namespace {

constexpr std::int32_t aisle = 90;  // centimetres between sections that are placed by default

/// The largest y that a section's cells reach.
double far_edge(const LayoutSection& section, const SectionGeometry& geometry) {
  const SectionAxes axes(geometry);
  double edge = geometry.y;
  for (const double row : {-0.5, section.rows - 0.5})
    for (const double seat : {-0.5, section.seats_per_row - 0.5}) edge = std::max(edge, axes.at(row, seat).y);
  return edge;
}

std::int32_t width(const LayoutSection& section) { return (section.seats_per_row - 1) * SectionGeometry{}.seat_pitch; }

std::int32_t rounded(double centimetres) { return static_cast<std::int32_t>(std::lround(centimetres)); }

std::vector<PlacedSeat> sorted_by_position(std::vector<PlacedSeat> placed) {
  std::sort(placed.begin(), placed.end(),
            [](const PlacedSeat& a, const PlacedSeat& b) { return a.position < b.position; });
  return placed;
}

void generate_section(const LayoutSection& section, std::uint32_t index, const SectionGeometry& geometry,
                      std::vector<GeneratedSeat>& out) {
  const PositionMarks marks = mark_positions(section);
  const SectionAxes axes(geometry);
  const std::vector<PlacedSeat> placed = sorted_by_position(section.placed);
  auto next_placed = placed.begin();
  for (std::int32_t row = 0; row < section.rows; ++row) {
    for (std::int32_t seat = 0; seat < section.seats_per_row; ++seat) {
      const SeatPosition position{section.start_row + row, seat + 1};
      const std::uint8_t mark = marks[position];
      if ((mark & PositionMarks::gap) != 0) continue;
      const MapPoint point = axes.at(row, seat);
      GeneratedSeat made{.section = index,
                         .position = position,
                         .price_minor = section.price_minor,
                         .x = rounded(point.x),
                         .y = rounded(point.y),
                         .blocked = (mark & PositionMarks::blocked) != 0};
      if ((mark & PositionMarks::placed) != 0) {
        made.x = next_placed->x;
        made.y = next_placed->y;
        ++next_placed;
      }
      out.push_back(made);
    }
  }
}

}  // namespace

SectionAxes::SectionAxes(const SectionGeometry& geometry) noexcept
    : origin_{static_cast<double>(geometry.x), static_cast<double>(geometry.y)} {
  const double angle = geometry.angle_degrees * std::numbers::pi / 180;
  along_ = {geometry.seat_pitch * std::cos(angle), geometry.seat_pitch * std::sin(angle)};
  // y grows downwards on the map, so a quarter turn to the right leads from x to y.
  behind_ = {-geometry.row_pitch * std::sin(angle), geometry.row_pitch * std::cos(angle)};
}

PositionMarks::PositionMarks(const LayoutSection& section)
    : rows_(section.rows),
      seats_per_row_(section.seats_per_row),
      start_row_(section.start_row),
      marks_(static_cast<std::size_t>(section.rows) * static_cast<std::size_t>(section.seats_per_row)) {}

bool PositionMarks::contains(SeatPosition position) const noexcept {
  return position.row >= start_row_ && position.row - start_row_ < rows_ && position.number >= 1 &&
         position.number <= seats_per_row_;
}

std::size_t PositionMarks::index(SeatPosition position) const noexcept {
  return static_cast<std::size_t>(position.row - start_row_) * static_cast<std::size_t>(seats_per_row_) +
         static_cast<std::size_t>(position.number - 1);
}

PositionMarks mark_positions(const LayoutSection& section) {
  PositionMarks marks(section);
  for (const SeatPosition position : section.gaps) marks[position] |= PositionMarks::gap;
  for (const SeatPosition position : section.blocked) marks[position] |= PositionMarks::blocked;
  for (const PlacedSeat& seat : section.placed) marks[seat.position] |= PositionMarks::placed;
  return marks;
}

std::vector<SectionGeometry> place_sections(const SeatLayout& layout) {
  double front = 0;
  std::int32_t widest = 0;
  for (const LayoutSection& section : layout.sections) {
    if (section.geometry) front = std::max(front, far_edge(section, *section.geometry) + aisle);
    else widest = std::max(widest, width(section));
  }
  std::vector<SectionGeometry> out;
  out.reserve(layout.sections.size());
  std::int32_t y = rounded(front);
  for (const LayoutSection& section : layout.sections) {
    if (section.geometry) {
      out.push_back(*section.geometry);
      continue;
    }
    const SectionGeometry made{.x = (widest - width(section)) / 2, .y = y};
    y += section.rows * made.row_pitch + aisle;
    out.push_back(made);
  }
  return out;
}

std::int64_t count_seats(const SeatLayout& layout) noexcept {
  std::int64_t seats = 0;
  for (const LayoutSection& section : layout.sections)
    seats += std::int64_t{section.rows} * section.seats_per_row - static_cast<std::int64_t>(section.gaps.size());
  return seats;
}

std::vector<GeneratedSeat> generate_seats(const SeatLayout& layout) {
  const std::vector<SectionGeometry> places = place_sections(layout);
  std::vector<GeneratedSeat> out;
  out.reserve(static_cast<std::size_t>(count_seats(layout)));
  for (std::size_t i = 0; i < layout.sections.size(); ++i)
    generate_section(layout.sections[i], static_cast<std::uint32_t>(i), places[i], out);
  return out;
}

std::string seat_label(std::string_view section, std::int32_t row, std::int32_t number) {
  return std::string(section) + '-' + std::to_string(row) + '-' + std::to_string(number);
}

}  // namespace tiketi::catalog
