#pragma once
// Layouts as text, for import and export. JSON keeps all of a layout but its id and version. CSV keeps every
// seat as it is, not how it was described: a section's geometry comes back as the positions of its seats.

#include <tiketi/base/result.hpp>
#include <tiketi/catalog/seat_layout.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tiketi::catalog {

inline constexpr std::size_t max_layout_text_bytes = 32 * 1024 * 1024;

/// JSON object {name, description, sections: [{name, rows, seatsPerRow, price, startRow, geometry: {x, y,
/// seatPitch, rowPitch, angle}, gaps: [[row, number]…], blocked: [[row, number]…], placed: [[row, number,
/// x, y]…]}]}. Unknown members are refused, so that a typing error is not silently dropped.
/// invalid_argument or limit_exceeded; details: field, and line where it is known.
Result<SeatLayout> parse_layout_json(std::string_view text);
std::string layout_to_json(const SeatLayout& layout);

/// The `sections` array alone, on one line, which is also how the SQL stores keep it. Reading it checks the form,
/// not the invariants of a layout; the errors of `parse_layout_json`.
std::string sections_to_json(const std::vector<LayoutSection>& sections);
Result<std::vector<LayoutSection>> parse_sections_json(std::string_view text);

/// CSV (RFC 4180) with a header line. Either a line per seat: section,row,number,price[,x,y][,blocked]; or
/// a line per section: section,rows,seats_per_row,price,start_row. Seats that a section's rectangle lacks
/// become gaps. The name and description of the layout are arguments, as CSV has no place for them.
/// invalid_argument or limit_exceeded; details: line, field.
Result<SeatLayout> parse_layout_csv(std::string_view text, std::string name, std::string description);
std::string layout_to_csv(const SeatLayout& layout);  ///< a line per seat

}  // namespace tiketi::catalog
