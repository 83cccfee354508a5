#include "adapters/sql/box_office_rows.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>

namespace tiketi::sql {

namespace {

Currency currency_of(std::string_view text) { return Currency::parse(text).value_or(Currency{}); }

using Type = Field::Type;

}  // namespace

EventInventory inventory_of(const Row& row) {
  return {EventId{row.uuid(0)}, currency_of(row.text(1)),
          row.integer(2) != 0,  row.integer(3),
          row.integer(4),       {row.integer(5), row.integer(6), row.integer(7), row.integer(8)}};
}

TicketStock stock_of(const Row& row) {
  return {TicketTypeId{row.uuid(0)},
          EventId{row.uuid(1)},
          std::string(row.text(2)),
          row.integer(3),
          row.integer(4),
          row.integer(5),
          row.integer(6)};
}

Reservation reservation_of(const Row& row) {
  Reservation out;
  out.id = ReservationId{row.uuid(0)};
  const std::string_view number = row.text(1);
  std::copy_n(number.begin(), std::min(number.size(), out.number.characters.size()), out.number.characters.begin());
  out.event_id = EventId{row.uuid(2)};
  out.user_id = UserId{row.uuid(3)};
  out.status = static_cast<ReservationStatus>(row.integer(4));
  out.version = row.integer(5);
  out.total = {row.integer(6), currency_of(row.text(7))};
  out.quantity = row.integer(8);
  out.created_at = {row.integer(9)};
  out.updated_at = {row.integer(10)};
  out.expires_at = {row.integer(11)};
  out.payment_reference = row.text(12);
  return out;
}

Result<void> read_lines(Connection& connection, std::span<Reservation* const> reservations) {
  if (reservations.empty()) return {};
  static const Statement select =
      bulk_select("reservation_items", {{"reservation_id", Type::uuid}},
                  "reservation_id, line_number, seat_id, ticket_type_id, quantity, unit_price_minor, label");
  boost::unordered_flat_map<Uuid, Reservation*, std::hash<Uuid>> by_id;
  std::vector<Uuid> ids;
  for (Reservation* reservation : reservations) {
    by_id.emplace(reservation->id.uuid, reservation);
    ids.push_back(reservation->id.uuid);
  }
  const Step step{&select, {std::move(ids)}, [&](const Row& row) {
                    // Lines of one reservation may come in any order.
                    auto& lines = by_id.find(row.uuid(0))->second->lines;
                    const auto index = static_cast<std::size_t>(row.integer(1));
                    if (lines.size() <= index) lines.resize(index + 1);
                    lines[index] = {SeatId{row.uuid(2)}, TicketTypeId{row.uuid(3)}, row.integer(4), row.integer(5),
                                    std::string(row.text(6))};
                  }};
  return connection.run({&step, 1});
}

Result<std::vector<std::optional<Reservation>>> read_reservations(Connection& connection,
                                                                  std::span<const ReservationId> ids) {
  static const Statement select = bulk_select("reservations", {{"id", Type::uuid}}, reservation_columns);
  std::vector<std::optional<Reservation>> out(ids.size());
  std::vector<Uuid> distinct = uuids_of(ids);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  auto found = query_reservations(connection, select, {std::move(distinct)});
  if (found.has_error()) return found.error();
  boost::unordered_flat_map<Uuid, const Reservation*, std::hash<Uuid>> by_id;
  for (const Reservation& reservation : *found) by_id.emplace(reservation.id.uuid, &reservation);
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (const auto at = by_id.find(ids[i].uuid); at != by_id.end()) out[i] = *at->second;
  return out;
}

Result<std::vector<Reservation>> query_reservations(Connection& connection, const Statement& statement,
                                                    std::vector<Column> columns) {
  std::vector<Reservation> out;
  const Step step{&statement, std::move(columns), [&](const Row& row) { out.push_back(reservation_of(row)); }};
  if (auto done = connection.run({&step, 1}); done.has_error()) return done.error();
  std::vector<Reservation*> pointers;
  for (Reservation& reservation : out) pointers.push_back(&reservation);
  if (auto lines = read_lines(connection, pointers); lines.has_error()) return lines.error();
  return out;
}

}  // namespace tiketi::sql
