#pragma once
// The catalogue's tables: their columns, how rows become nouns, and how nouns become rows.

#include "adapters/sql/connection.hpp"

#include <tiketi/catalog/event.hpp>
#include <tiketi/catalog/seat_layout.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::sql {

inline constexpr std::string_view event_columns =
    "id, title, description, venue, address, artist, poster_url, event_date, sale_start, sale_end, layout_id, "
    "currency, price_minor, capacity, limit_per_reservation, limit_per_buyer, cancelled, version, created_at, "
    "updated_at";
inline constexpr std::string_view ticket_type_columns =
    "id, event_id, name, description, currency, price_minor, total_quantity";
inline constexpr std::string_view layout_columns = "id, name, description, sections, version";

Event event_of(const Row& row);
TicketType ticket_type_of(const Row& row);
/// storage_mismatch if its sections can't be read.
Result<SeatLayout> layout_of(const Row& row);

// Statements that store rows, new ones and changed ones. Their texts are those of the nouns, which must
// outlive the step.
Step insert_events(std::span<const Event* const> events);
Step update_events(std::span<const Event* const> events);
Step insert_ticket_types(std::span<const TicketType* const> types);
Step update_ticket_types(std::span<const TicketType* const> types);
/// One text of `sections` for each layout.
Step insert_layouts(std::span<const SeatLayout* const> layouts, std::span<const std::string> sections);
Step update_layouts(std::span<const SeatLayout* const> layouts, std::span<const std::string> sections);
/// Those that are there already stay as they are.
Step insert_keywords(std::span<const Keyword* const> keywords);

}  // namespace tiketi::sql
