#include "adapters/sql/box_office_inventory.hpp"

#include "adapters/sql/batch.hpp"
#include "adapters/sql/box_office_rows.hpp"
#include "adapters/sql/run.hpp"

#include <tiketi/box_office/rules.hpp>

namespace tiketi::sql {

namespace {

using Type = Field::Type;

void add_seats(std::vector<Step>& steps, std::span<const Seat> places) {
  static const Statement insert = bulk_insert("seats", {{"id", Type::uuid},
                                                        {"event_id", Type::uuid},
                                                        {"section", Type::text},
                                                        {"row_number"},
                                                        {"seat_number"},
                                                        {"price_minor"},
                                                        {"x"},
                                                        {"y"},
                                                        {"status"},
                                                        {"version"},
                                                        {"reservation_id", Type::uuid},
                                                        {"held_until"}});
  if (places.empty()) return;
  std::vector<Uuid> ids, events, owners;
  std::vector<std::string_view> sections;
  std::vector<std::int64_t> rows, numbers, prices, xs, ys, statuses, versions, until;
  for (const Seat& seat : places) {
    ids.push_back(seat.id.uuid);
    events.push_back(seat.event_id.uuid);
    sections.push_back(seat.section);
    rows.push_back(seat.row);
    numbers.push_back(seat.number);
    prices.push_back(seat.price_minor);
    xs.push_back(seat.x);
    ys.push_back(seat.y);
    statuses.push_back(static_cast<std::int64_t>(seat.state.status));
    versions.push_back(seat.state.version);
    owners.push_back(seat.state.reservation_id.uuid);
    until.push_back(seat.state.held_until.ms);
  }
  steps.push_back(
      {&insert,
       {std::move(ids), std::move(events), std::move(sections), std::move(rows), std::move(numbers), std::move(prices),
        std::move(xs), std::move(ys), std::move(statuses), std::move(versions), std::move(owners), std::move(until)},
       {}});
}

void add_stock(std::vector<Step>& steps, std::span<const TicketStock> types) {
  static const Statement insert = bulk_insert("ticket_stock", {{"id", Type::uuid},
                                                               {"event_id", Type::uuid},
                                                               {"name", Type::text},
                                                               {"price_minor"},
                                                               {"total"},
                                                               {"held"},
                                                               {"sold"}});
  if (types.empty()) return;
  std::vector<Uuid> ids, events;
  std::vector<std::string_view> names;
  std::vector<std::int64_t> prices, totals, held, sold;
  for (const TicketStock& stock : types) {
    ids.push_back(stock.id.uuid);
    events.push_back(stock.event_id.uuid);
    names.push_back(stock.name);
    prices.push_back(stock.price_minor);
    totals.push_back(stock.total);
    held.push_back(stock.held);
    sold.push_back(stock.sold);
  }
  steps.push_back({&insert,
                   {std::move(ids), std::move(events), std::move(names), std::move(prices), std::move(totals),
                    std::move(held), std::move(sold)},
                   {}});
}

/// What a change is decided on, with the range of the event's seats.
struct Stored {
  InventoryFacts facts;
  Uuid first_seat;
  Uuid last_seat;
};

/// Begins the transaction, makes the event's inventory if there is none, and reads. The row is locked: whoever sells
/// the event's places waits until the change is done.
Result<Stored> read_facts(Connection& connection, const InventoryChange& change) {
  static const Statement create(
      "INSERT INTO inventories (event_id, currency, closed, total, available) VALUES ($1, $2, 0, 0, 0) "
      "ON CONFLICT DO NOTHING");
  static const std::string columns(inventory_columns);
  static const std::string select_inventory =
      "SELECT " + columns + ", first_seat_id, last_seat_id FROM inventories WHERE event_id = $1";
  static const Statement lock(select_inventory, select_inventory + " FOR UPDATE", false);
  static const Statement count_seats(
      "SELECT count(*), CAST(coalesce(sum(CASE WHEN status = 3 THEN 1 ELSE 0 END), 0) AS BIGINT), "
      "CAST(coalesce(sum(CASE WHEN status IN (1, 2) THEN 1 ELSE 0 END), 0) AS BIGINT) FROM seats WHERE id BETWEEN "
      "(SELECT first_seat_id FROM inventories WHERE event_id = $1) AND "
      "(SELECT last_seat_id FROM inventories WHERE event_id = $1) AND event_id = $1");
  static const Statement select_stock("SELECT " + std::string(stock_columns) + " FROM ticket_stock WHERE id = $1");
  Stored out;
  const Column event = one(change.event_id.uuid);
  std::vector<Step> steps;
  steps.push_back({&begin_write(), {}, {}});
  steps.push_back({&create, {event, one(change.currency.text())}, {}});
  steps.push_back({&lock, {event}, [&](const Row& row) {
                     out.facts.inventory = inventory_of(row);
                     out.first_seat = row.uuid(inventory_column_count);
                     out.last_seat = row.uuid(inventory_column_count + 1);
                   }});
  if (const auto* wanted = std::get_if<PutStock>(&change.what))
    steps.push_back(
        {&select_stock, {one(wanted->id.uuid)}, [&](const Row& row) { out.facts.stock = sql::stock_of(row); }});
  else
    steps.push_back({&count_seats, {event}, [&](const Row& row) {
                       out.facts.seats = row.integer(0);
                       out.facts.blocked_seats = row.integer(1);
                       out.facts.taken_seats = row.integer(2);
                     }});
  if (auto done = connection.run(steps); done.has_error()) return done.error();
  return out;
}

/// `wanted` must outlive the steps.
void put_stock(std::vector<Step>& steps, EventId event, const PutStock& wanted, bool is_new) {
  static const Statement insert(
      "INSERT INTO ticket_stock (id, event_id, name, price_minor, total, held, sold) VALUES ($1, $2, $3, $4, $5, 0, "
      "0)");
  static const Statement update("UPDATE ticket_stock SET name = $2, price_minor = $3, total = $4 WHERE id = $1");
  std::vector<Column> columns{one(wanted.id.uuid), one(std::string_view(wanted.name)), one(wanted.price_minor),
                              one(wanted.total)};
  if (is_new) columns.insert(columns.begin() + 1, one(event.uuid));
  steps.push_back({is_new ? &insert : &update, std::move(columns), {}});
}

void remove_seats(std::vector<Step>& steps, const InventoryChange& change, const Stored& stored) {
  static const Statement remove("DELETE FROM seats WHERE id BETWEEN $1 AND $2 AND event_id = $3");
  if (stored.first_seat.is_nil()) return;
  steps.push_back({&remove, {one(stored.first_seat), one(stored.last_seat), one(change.event_id.uuid)}, {}});
}

void put_inventory(std::vector<Step>& steps, const EventInventory& after, Uuid first_seat, Uuid last_seat) {
  static const Statement update =
      bulk_update("inventories", {{"event_id", Type::uuid}},
                  {{"closed"}, {"total"}, {"available"}, {"first_seat_id", Type::uuid}, {"last_seat_id", Type::uuid}});
  steps.push_back({&update,
                   {one(after.event_id.uuid), one(std::int64_t{after.closed}), one(after.total), one(after.available),
                    one(first_seat), one(last_seat)},
                   {}});
}

Result<std::int64_t> try_change(Connection& connection, const InventoryChange& change) {
  static const Statement remove_stock("DELETE FROM ticket_stock WHERE event_id = $1");
  const auto stored = read_facts(connection, change);
  if (stored.has_error()) return stored.error();
  if (auto admitted = box_office::admit(change, stored->facts); admitted.has_error()) return admitted.error();
  std::vector<Step> steps;
  Uuid first = stored->first_seat;
  Uuid last = stored->last_seat;
  std::int64_t seats = 0;
  if (const auto* wanted = std::get_if<PutStock>(&change.what)) {
    put_stock(steps, change.event_id, *wanted, !stored->facts.stock);
  } else if (const auto* added = std::get_if<AddSeats>(&change.what)) {
    add_seats(steps, added->seats);
    first = added->seats.front().id.uuid;
    last = added->seats.back().id.uuid;
    seats = static_cast<std::int64_t>(added->seats.size());
  } else {
    remove_seats(steps, change, *stored);
    first = last = {};
    seats = stored->facts.seats;
  }
  if (std::holds_alternative<Withdraw>(change.what)) steps.push_back({&remove_stock, {one(change.event_id.uuid)}, {}});
  put_inventory(steps, box_office::after(change, stored->facts), first, last);
  steps.push_back({&sql::commit(), {}, {}});
  if (auto done = connection.run(steps); done.has_error()) return done.error();
  return seats;
}

}  // namespace

Result<void> load_inventory(Database& database, const NewInventory& inventory) {
  if (auto sound = box_office::check(inventory); sound.has_error()) return sound;
  static const Statement insert = bulk_insert("inventories", {{"event_id", Type::uuid},
                                                              {"currency", Type::text},
                                                              {"closed"},
                                                              {"total"},
                                                              {"available"},
                                                              {"first_seat_id", Type::uuid},
                                                              {"last_seat_id", Type::uuid}});
  const std::int64_t total = box_office::count_places(inventory);
  const bool seated = !inventory.seats.empty();
  std::vector<Step> steps;
  steps.push_back({&begin_write(), {}, {}});
  steps.push_back(
      {&insert,
       {one(inventory.event_id.uuid), one(inventory.currency.text()), one(std::int64_t{0}), one(total), one(total),
        one(seated ? inventory.seats.front().id.uuid : Uuid{}), one(seated ? inventory.seats.back().id.uuid : Uuid{})},
       {}});
  add_seats(steps, inventory.seats);
  add_stock(steps, inventory.stock);
  steps.push_back({&sql::commit(), {}, {}});
  auto done = write(database, steps);
  if (done.has_value()) return done;
  if (done.error().code == Errc::storage_constraint && done.error().detail("kind") == "unique")
    return Error{Errc::already_exists, "the event's places were put up for sale before", {{"field", "event"}}};
  return done;
}

Result<std::int64_t> change_inventory(Database& database, const InventoryChange& change) {
  if (auto sound = box_office::check(change); sound.has_error()) return sound.error();
  return transact(database, [&](Connection& connection) { return try_change(connection, change); });
}

}  // namespace tiketi::sql
