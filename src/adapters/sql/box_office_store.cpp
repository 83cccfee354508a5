// The box office's books in any SQL database.

#include "adapters/sql/box_office_commit.hpp"
#include "adapters/sql/box_office_rows.hpp"
#include "adapters/sql/box_office_verify.hpp"
#include "adapters/sql/stores.hpp"

#include <tiketi/box_office/rules.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <limits>

namespace tiketi::sql {

namespace {

using Type = Field::Type;

template <class Key, class Value>
using Map = boost::unordered_flat_map<Key, Value, std::hash<Key>>;

/// For each id in turn what was found of it, or nothing.
template <class StrongId, class Value>
std::vector<std::optional<Value>> in_order(std::span<const StrongId> ids, const Map<StrongId, Value>& found) {
  std::vector<std::optional<Value>> out(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (const auto at = found.find(ids[i]); at != found.end()) out[i] = at->second;
  return out;
}

template <class StrongId>
std::vector<Uuid> distinct_uuids(std::span<const StrongId> ids) {
  std::vector<Uuid> out = uuids_of(ids);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Seat seat_of(const Row& row) {
  Seat seat;
  seat.id = SeatId{row.uuid(0)};
  seat.event_id = EventId{row.uuid(1)};
  seat.section = row.text(2);
  seat.row = static_cast<std::int32_t>(row.integer(3));
  seat.number = static_cast<std::int32_t>(row.integer(4));
  seat.price_minor = row.integer(5);
  seat.x = static_cast<std::int32_t>(row.integer(6));
  seat.y = static_cast<std::int32_t>(row.integer(7));
  seat.state = {static_cast<PlaceStatus>(row.integer(8)), static_cast<std::int32_t>(row.integer(9)),
                ReservationId{row.uuid(10)}, Timestamp{row.integer(11)}};
  return seat;
}

class SqlBoxOfficeStore final : public BoxOfficeStore {
 public:
  explicit SqlBoxOfficeStore(Database& database) : database_(database) {}

  Result<std::vector<Outcome>> commit(std::span<const Change> changes) override {
    return commit_changes(database_, changes);
  }

  Result<ReserveAnswer> ask(const ReserveQuestion& question) override;
  Result<std::vector<std::optional<Reservation>>> reservations(std::span<const ReservationId> ids) override;
  Result<std::optional<Reservation>> reservation_numbered(const ReservationNumber& number) override;
  Result<std::vector<Reservation>> reservations_of(UserId user, ReservationId before, std::size_t limit) override;
  Result<std::vector<Reservation>> expired(Timestamp now, std::size_t limit) override;
  Result<void> load(const NewInventory& inventory) override;
  Result<void> close(EventId event) override;
  Result<std::vector<EventId>> sold_out() override;
  Result<SeatMap> seat_map(EventId event) override;
  Result<std::vector<TicketStock>> stock_of(EventId event) override;
  Result<std::vector<Message>> outbox(std::size_t limit) override;
  Result<std::int64_t> outbox_size() override;
  Result<void> remove_from_outbox(std::span<const std::int64_t> sequences) override;
  Result<std::size_t> prune_idempotency(Timestamp before, std::size_t limit) override;
  Result<std::vector<Finding>> verify() override { return find_broken_invariants(database_); }

 private:
  Result<void> read(const Step& step) { return read(std::span(&step, 1)); }
  Result<void> read(std::span<const Step> steps) {
    auto connection = database_.reader();
    if (connection.has_error()) return connection.error();
    return (*connection)->run(steps);
  }
  Result<void> write(const Step& step) { return write(std::span(&step, 1)); }
  Result<void> write(std::span<const Step> steps) {
    auto connection = database_.writer();
    if (connection.has_error()) return connection.error();
    auto done = (*connection)->run(steps);
    if (done.has_error()) (*connection)->rollback();
    return done;
  }
  Result<std::vector<Reservation>> query(const Statement& statement, std::vector<Column> columns) {
    auto connection = database_.reader();
    if (connection.has_error()) return connection.error();
    return query_reservations(**connection, statement, std::move(columns));
  }

  Database& database_;
};

std::vector<std::int64_t> one(std::int64_t value) { return {value}; }
std::vector<std::int64_t> one(std::size_t value) {
  return {static_cast<std::int64_t>(std::min<std::size_t>(value, std::numeric_limits<std::int32_t>::max()))};
}

Result<ReserveAnswer> SqlBoxOfficeStore::ask(const ReserveQuestion& question) {
  static const Statement select_seats =
      bulk_select("seats", {{"id", Type::uuid}},
                  "id, event_id, section, row_number, seat_number, price_minor, x, y, status, version, "
                  "reservation_id, held_until");
  static const Statement select_stock = bulk_select("ticket_stock", {{"id", Type::uuid}}, stock_columns);
  static const Statement select_keys = bulk_select("idempotency_keys", {{"user_id", Type::uuid}, {"key", Type::text}},
                                                   "user_id, key, fingerprint, reservation_id, created_at");
  static const Statement select_inventories = bulk_select("inventories", {{"event_id", Type::uuid}}, inventory_columns);

  Map<SeatId, Seat> seats;
  Map<TicketTypeId, TicketStock> stock;
  Map<EventId, EventInventory> inventories;
  std::vector<IdempotencyRecord> records;
  std::vector<Step> steps;
  if (!question.seats.empty())
    steps.push_back({&select_seats, {distinct_uuids(std::span(question.seats))}, [&](const Row& row) {
                       seats.emplace(SeatId{row.uuid(0)}, seat_of(row));
                     }});
  if (!question.ticket_types.empty())
    steps.push_back({&select_stock, {distinct_uuids(std::span(question.ticket_types))}, [&](const Row& row) {
                       stock.emplace(TicketTypeId{row.uuid(0)}, sql::stock_of(row));
                     }});
  if (!question.events.empty())
    steps.push_back({&select_inventories, {distinct_uuids(std::span(question.events))}, [&](const Row& row) {
                       inventories.emplace(EventId{row.uuid(0)}, inventory_of(row));
                     }});
  if (!question.keys.empty()) {
    std::vector<Uuid> users;
    std::vector<std::string_view> keys;
    for (const IdempotencyKey& key : question.keys) {
      users.push_back(key.user_id.uuid);
      keys.push_back(key.key);
    }
    steps.push_back({&select_keys, {std::move(users), std::move(keys)}, [&](const Row& row) {
                       records.push_back({UserId{row.uuid(0)}, std::string(row.text(1)),
                                          static_cast<std::uint64_t>(row.integer(2)), ReservationId{row.uuid(3)},
                                          Timestamp{row.integer(4)}});
                     }});
  }
  if (auto done = read(steps); done.has_error()) return done.error();

  ReserveAnswer answer;
  answer.seats = in_order(std::span(question.seats), seats);
  answer.stock = in_order(std::span(question.ticket_types), stock);
  answer.inventories = in_order(std::span(question.events), inventories);
  answer.records.resize(question.keys.size());
  for (std::size_t i = 0; i < question.keys.size(); ++i) {
    const IdempotencyKey& key = question.keys[i];
    const auto at = std::find_if(records.begin(), records.end(), [&](const IdempotencyRecord& record) {
      return record.user_id == key.user_id && record.key == key.key;
    });
    if (at != records.end()) answer.records[i] = *at;
  }
  return answer;
}

Result<std::vector<std::optional<Reservation>>> SqlBoxOfficeStore::reservations(std::span<const ReservationId> ids) {
  auto connection = database_.reader();
  if (connection.has_error()) return connection.error();
  return read_reservations(**connection, ids);
}

Result<std::optional<Reservation>> SqlBoxOfficeStore::reservation_numbered(const ReservationNumber& number) {
  static const Statement select("SELECT " + std::string(reservation_columns) + " FROM reservations WHERE number = $1");
  auto found = query(select, {std::vector<std::string_view>{number.text()}});
  if (found.has_error()) return found.error();
  if (found->empty()) return std::optional<Reservation>{};
  return std::optional(std::move(found->front()));
}

Result<std::vector<Reservation>> SqlBoxOfficeStore::reservations_of(UserId user, ReservationId before,
                                                                    std::size_t limit) {
  static const Statement select("SELECT " + std::string(reservation_columns) +
                                " FROM reservations WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
  constexpr Uuid last{~0ULL, ~0ULL};
  return query(select,
               {std::vector<Uuid>{user.uuid}, std::vector<Uuid>{before.is_nil() ? last : before.uuid}, one(limit)});
}

Result<std::vector<Reservation>> SqlBoxOfficeStore::expired(Timestamp now, std::size_t limit) {
  static const Statement select(
      "SELECT " + std::string(reservation_columns) +
      " FROM reservations WHERE status = 0 AND expires_at <= $1 ORDER BY expires_at LIMIT $2");
  return query(select, {one(now.ms), one(limit)});
}

void add_seats(std::vector<Step>& steps, const NewInventory& inventory) {
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
  if (inventory.seats.empty()) return;
  std::vector<Uuid> ids, events, owners;
  std::vector<std::string_view> sections;
  std::vector<std::int64_t> rows, numbers, prices, xs, ys, statuses, versions, until;
  for (const Seat& seat : inventory.seats) {
    ids.push_back(seat.id.uuid);
    events.push_back(inventory.event_id.uuid);
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

void add_stock(std::vector<Step>& steps, const NewInventory& inventory) {
  static const Statement insert = bulk_insert("ticket_stock", {{"id", Type::uuid},
                                                               {"event_id", Type::uuid},
                                                               {"name", Type::text},
                                                               {"price_minor"},
                                                               {"total"},
                                                               {"held"},
                                                               {"sold"}});
  if (inventory.stock.empty()) return;
  std::vector<Uuid> ids, events;
  std::vector<std::string_view> names;
  std::vector<std::int64_t> prices, totals, held, sold;
  for (const TicketStock& stock : inventory.stock) {
    ids.push_back(stock.id.uuid);
    events.push_back(inventory.event_id.uuid);
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

Result<void> SqlBoxOfficeStore::load(const NewInventory& inventory) {
  if (auto sound = box_office::check(inventory); sound.has_error()) return sound;
  static const Statement insert = bulk_insert("inventories", {{"event_id", Type::uuid},
                                                              {"currency", Type::text},
                                                              {"closed"},
                                                              {"total"},
                                                              {"available"},
                                                              {"first_seat_id", Type::uuid},
                                                              {"last_seat_id", Type::uuid}});
  std::int64_t total = 0;
  for (const Seat& seat : inventory.seats) total += seat.state.status != PlaceStatus::blocked;
  for (const TicketStock& stock : inventory.stock) total += stock.total;
  const bool seated = !inventory.seats.empty();
  std::vector<Step> steps;
  steps.push_back({&begin_write(), {}, {}});
  steps.push_back({&insert,
                   {std::vector<Uuid>{inventory.event_id.uuid},
                    std::vector<std::string_view>{inventory.currency.text()}, one(std::int64_t{0}), one(total),
                    one(total), std::vector<Uuid>{seated ? inventory.seats.front().id.uuid : Uuid{}},
                    std::vector<Uuid>{seated ? inventory.seats.back().id.uuid : Uuid{}}},
                   {}});
  add_seats(steps, inventory);
  add_stock(steps, inventory);
  steps.push_back({&sql::commit(), {}, {}});
  auto done = write(steps);
  if (done.has_error() && done.error().code == Errc::storage_constraint && done.error().detail("kind") == "unique")
    return Error{Errc::already_exists, "the event's places were put up for sale before", {{"field", "event"}}};
  return done;
}

Result<void> SqlBoxOfficeStore::close(EventId event) {
  static const Statement update("UPDATE inventories SET closed = 1 WHERE event_id = $1 RETURNING event_id");
  bool found = false;
  const Step step{&update, {std::vector<Uuid>{event.uuid}}, [&](const Row&) { found = true; }};
  if (auto done = write(step); done.has_error()) return done;
  if (!found) return Error{Errc::event_not_found, "the event has nothing for sale"};
  return {};
}

Result<std::vector<EventId>> SqlBoxOfficeStore::sold_out() {
  static const Statement select("SELECT event_id FROM inventories WHERE available = 0 AND total > 0");
  std::vector<EventId> out;
  const Step step{&select, {}, [&](const Row& row) { out.push_back(EventId{row.uuid(0)}); }};
  if (auto done = read(step); done.has_error()) return done.error();
  return out;
}

/// Collects the rows of a seat map, which come by seat id.
struct MapBuilder {
  std::vector<std::string> sections;
  std::vector<SeatPlace> places;
  std::vector<SeatLive> live;
  std::int64_t version = 0;

  void add(const Row& row) {
    const std::string_view section = row.text(1);
    if (sections.empty() || sections.back() != section) sections.emplace_back(section);
    places.push_back({SeatId{row.uuid(0)}, static_cast<std::uint32_t>(sections.size() - 1),
                      static_cast<std::int32_t>(row.integer(2)), static_cast<std::int32_t>(row.integer(3)),
                      static_cast<std::int32_t>(row.integer(4)), static_cast<std::int32_t>(row.integer(5)),
                      row.integer(6)});
    live.push_back({static_cast<PlaceStatus>(row.integer(7)), static_cast<std::int32_t>(row.integer(8)),
                    Timestamp{row.integer(9)}});
    version += live.back().version;
  }
};

Result<SeatMap> SqlBoxOfficeStore::seat_map(EventId event) {
  static const Statement select_range(
      "SELECT currency, first_seat_id, last_seat_id, total FROM inventories WHERE event_id = $1");
  static const Statement select_seats(
      "SELECT id, section, row_number, seat_number, x, y, price_minor, status, version, held_until FROM seats "
      "WHERE id BETWEEN $1 AND $2 AND event_id = $3 ORDER BY id");
  SeatMap map;
  map.event_id = event;
  bool found = false;
  Uuid first, last;
  const Step range{&select_range, {std::vector<Uuid>{event.uuid}}, [&](const Row& row) {
                     found = true;
                     map.currency = Currency::parse(row.text(0)).value_or(Currency{});
                     first = row.uuid(1);
                     last = row.uuid(2);
                   }};
  if (auto done = read(range); done.has_error()) return done.error();
  if (!found) return Error{Errc::event_not_found, "the event has nothing for sale"};
  MapBuilder builder;
  if (!first.is_nil()) {
    const Step seats{&select_seats,
                     {std::vector<Uuid>{first}, std::vector<Uuid>{last}, std::vector<Uuid>{event.uuid}},
                     [&](const Row& row) { builder.add(row); }};
    if (auto done = read(seats); done.has_error()) return done.error();
  }
  map.sections = std::make_shared<const std::vector<std::string>>(std::move(builder.sections));
  map.places = std::make_shared<const std::vector<SeatPlace>>(std::move(builder.places));
  map.live = std::move(builder.live);
  map.version = builder.version;
  return map;
}

Result<std::vector<TicketStock>> SqlBoxOfficeStore::stock_of(EventId event) {
  static const Statement select("SELECT " + std::string(stock_columns) +
                                " FROM ticket_stock WHERE event_id = $1 ORDER BY price_minor DESC, name");
  std::vector<TicketStock> out;
  const Step step{&select, {std::vector<Uuid>{event.uuid}}, [&](const Row& row) { out.push_back(sql::stock_of(row)); }};
  if (auto done = read(step); done.has_error()) return done.error();
  return out;
}

Result<std::vector<Message>> SqlBoxOfficeStore::outbox(std::size_t limit) {
  static const Statement select(
      "SELECT sequence, topic, key, payload, created_at FROM outbox ORDER BY sequence LIMIT $1");
  std::vector<Message> out;
  const Step step{&select, {one(limit)}, [&](const Row& row) {
                    out.push_back({row.integer(0), std::string(row.text(1)), ReservationId{row.uuid(2)}.text(),
                                   std::string(row.text(3)), Timestamp{row.integer(4)}});
                  }};
  if (auto done = read(step); done.has_error()) return done.error();
  return out;
}

Result<std::int64_t> SqlBoxOfficeStore::outbox_size() {
  static const Statement select("SELECT count(*) FROM outbox");
  std::int64_t size = 0;
  const Step step{&select, {}, [&](const Row& row) { size = row.integer(0); }};
  if (auto done = read(step); done.has_error()) return done.error();
  return size;
}

Result<void> SqlBoxOfficeStore::remove_from_outbox(std::span<const std::int64_t> sequences) {
  static const Statement erase = bulk_delete("outbox", {{"sequence"}});
  if (sequences.empty()) return {};
  const std::vector<Step> steps{{&begin_write(), {}, {}},
                                {&erase, {std::vector<std::int64_t>(sequences.begin(), sequences.end())}, {}},
                                {&sql::commit(), {}, {}}};
  return write(steps);
}

Result<std::size_t> SqlBoxOfficeStore::prune_idempotency(Timestamp before, std::size_t limit) {
  static const Statement erase(
      "DELETE FROM idempotency_keys WHERE (user_id, key) IN "
      "(SELECT user_id, key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2) RETURNING 1");
  std::size_t removed = 0;
  const Step step{&erase, {one(before.ms), one(limit)}, [&](const Row&) { ++removed; }};
  if (auto done = write(step); done.has_error()) return done.error();
  return removed;
}

}  // namespace

std::unique_ptr<BoxOfficeStore> make_box_office_store(Database& database) {
  return std::make_unique<SqlBoxOfficeStore>(database);
}

}  // namespace tiketi::sql
