#pragma once
// The box office's tables: their columns, and how rows become nouns.

#include "adapters/sql/connection.hpp"

#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/seat.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tiketi::sql {

template <class StrongId>
std::vector<Uuid> uuids_of(std::span<const StrongId> ids) {
  std::vector<Uuid> out;
  out.reserve(ids.size());
  for (const StrongId id : ids) out.push_back(id.uuid);
  return out;
}

inline constexpr std::string_view inventory_columns =
    "event_id, currency, closed, total, available, pending, confirmed, cancelled, expired";
inline constexpr int inventory_column_count = 9;
inline constexpr std::string_view stock_columns = "id, event_id, name, price_minor, total, held, sold";
inline constexpr std::string_view reservation_columns =
    "id, number, event_id, user_id, status, version, total_minor, currency, quantity, created_at, updated_at, "
    "expires_at, payment_reference";

EventInventory inventory_of(const Row& row);
TicketStock stock_of(const Row& row);
Reservation reservation_of(const Row& row);  ///< without its lines

/// Fills in the lines of reservations.
Result<void> read_lines(Connection& connection, std::span<Reservation* const> reservations);

Result<std::vector<std::optional<Reservation>>> read_reservations(Connection& connection,
                                                                  std::span<const ReservationId> ids);

/// Runs a statement that returns reservations, in its order, and reads their lines.
Result<std::vector<Reservation>> query_reservations(Connection& connection, const Statement& statement,
                                                    std::vector<Column> columns);

}  // namespace tiketi::sql
