#include "core/catalog/field_error.hpp"
#include "core/catalog/layout_geometry.hpp"

#include <tiketi/catalog/rules.hpp>

#include <string>
#include <unordered_set>

namespace tiketi::catalog {
namespace {

std::string section_field(std::size_t index, std::string_view member) {
  return "sections[" + std::to_string(index) + "]." + std::string(member);
}

std::string item_field(std::size_t section, std::string_view list, std::size_t index) {
  return section_field(section, list) + '[' + std::to_string(index) + ']';
}

Result<void> check_geometry(const SectionGeometry& geometry, const std::string& field) {
  if (auto ok = check_range(field + ".x", geometry.x, -max_coordinate, max_coordinate); !ok) return ok;
  if (auto ok = check_range(field + ".y", geometry.y, -max_coordinate, max_coordinate); !ok) return ok;
  if (auto ok = check_range(field + ".seat_pitch", geometry.seat_pitch, 1, max_pitch); !ok) return ok;
  if (auto ok = check_range(field + ".row_pitch", geometry.row_pitch, 1, max_pitch); !ok) return ok;
  return check_range(field + ".angle", geometry.angle_degrees, -max_angle_degrees, max_angle_degrees);
}

Result<void> check_section(const LayoutSection& section, std::size_t index) {
  const auto field = [index](std::string_view member) { return section_field(index, member); };
  if (auto ok = check_text(field("name"), section.name, {.max_bytes = max_name_bytes, .required = true}); !ok)
    return ok;
  if (auto ok = check_range(field("rows"), section.rows, 1, max_section_rows); !ok) return ok;
  if (auto ok = check_range(field("seats_per_row"), section.seats_per_row, 1, max_seats_per_row); !ok) return ok;
  if (auto ok = check_range(field("start_row"), section.start_row, 1, max_start_row); !ok) return ok;
  if (auto ok = check_range(field("price"), section.price_minor, 0, max_price_minor); !ok) return ok;
  return section.geometry ? check_geometry(*section.geometry, field("geometry")) : Result<void>{};
}

/// The position is in the section, has a seat, and is in its list for the first time.
Result<void> check_position(PositionMarks& marks, SeatPosition position, std::uint8_t mark, std::string field) {
  const std::string place = "row " + std::to_string(position.row) + ", number " + std::to_string(position.number);
  if (!marks.contains(position)) return refuse(std::move(field), "is outside the section: " + place);
  std::uint8_t& known = marks[position];
  if ((known & mark) != 0) return refuse(std::move(field), "is listed twice: " + place);
  if ((known & PositionMarks::gap) != 0) return refuse(std::move(field), "is a gap: " + place);
  known |= mark;
  return {};
}

Result<void> check_positions(const LayoutSection& section, std::size_t index) {
  PositionMarks marks(section);
  for (std::size_t i = 0; i < section.gaps.size(); ++i)
    if (auto ok = check_position(marks, section.gaps[i], PositionMarks::gap, item_field(index, "gaps", i)); !ok)
      return ok;
  if (std::int64_t{section.rows} * section.seats_per_row == static_cast<std::int64_t>(section.gaps.size()))
    return refuse(section_field(index, "gaps"), "leave the section without a seat");
  for (std::size_t i = 0; i < section.blocked.size(); ++i)
    if (auto ok = check_position(marks, section.blocked[i], PositionMarks::blocked, item_field(index, "blocked", i));
        !ok)
      return ok;
  for (std::size_t i = 0; i < section.placed.size(); ++i) {
    const PlacedSeat& seat = section.placed[i];
    const std::string field = item_field(index, "placed", i);
    if (auto ok = check_position(marks, seat.position, PositionMarks::placed, field); !ok) return ok;
    if (auto ok = check_range(field + ".x", seat.x, -max_seat_coordinate, max_seat_coordinate); !ok) return ok;
    if (auto ok = check_range(field + ".y", seat.y, -max_seat_coordinate, max_seat_coordinate); !ok) return ok;
  }
  return {};
}

/// Gaps count, so that a huge rectangle can't hide behind them.
Result<void> check_size(const SeatLayout& layout) {
  std::int64_t positions = 0;
  for (std::size_t i = 0; i < layout.sections.size(); ++i) {
    positions += std::int64_t{layout.sections[i].rows} * layout.sections[i].seats_per_row;
    if (positions <= max_layout_seats) continue;
    const std::string limit = std::to_string(max_layout_seats);
    Error error = refuse(section_field(i, "rows"),
                         "bring the layout to " + std::to_string(positions) + " positions; at most " + limit +
                             " are allowed, gaps included",
                         Errc::limit_exceeded);
    error.details.push_back({"limit", limit});
    return error;
  }
  return {};
}

}  // namespace

Result<void> check(const SeatLayout& layout) {
  if (auto ok = check_text("name", layout.name, {.max_bytes = max_name_bytes, .required = true}); !ok) return ok;
  const TextBounds prose{.max_bytes = max_description_bytes, .multi_line = true};
  if (auto ok = check_text("description", layout.description, prose); !ok) return ok;
  if (layout.sections.empty()) return refuse("sections", "must not be empty");
  if (layout.sections.size() > max_layout_sections)
    return exceeds("sections", static_cast<std::int64_t>(max_layout_sections), " in number");

  std::unordered_set<std::string_view> names;
  for (std::size_t i = 0; i < layout.sections.size(); ++i) {
    if (auto ok = check_section(layout.sections[i], i); !ok) return ok;
    if (!names.insert(layout.sections[i].name).second)
      return refuse(section_field(i, "name"), "is the name of another section: " + layout.sections[i].name);
  }
  if (auto ok = check_size(layout); !ok) return ok;
  for (std::size_t i = 0; i < layout.sections.size(); ++i)
    if (auto ok = check_positions(layout.sections[i], i); !ok) return ok;
  return check_overlap(layout);
}

}  // namespace tiketi::catalog
