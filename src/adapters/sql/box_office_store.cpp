// The box office's books in any SQL database.

#include "adapters/sql/box_office_commit.hpp"
#include "adapters/sql/box_office_inventory.hpp"
#include "adapters/sql/box_office_rows.hpp"
#include "adapters/sql/box_office_verify.hpp"
#include "adapters/sql/run.hpp"
#include "adapters/sql/stores.hpp"

#include <tiketi/box_office/rules.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <array>
#include <numeric>

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
  Result<std::vector<Reservation>> reservations_of_event(EventId event, ReservationId after,
                                                         std::size_t limit) override;
  Result<ReservationPage> reservations_page(const ReservationFilter& filter, std::int64_t offset,
                                            std::size_t limit) override;
  Result<ReservationTotals> reservation_totals(Timestamp since) override;
  Result<std::vector<Reservation>> expired(Timestamp now, std::size_t limit) override;
  Result<void> load(const NewInventory& inventory) override { return load_inventory(database_, inventory); }
  Result<void> close(EventId event) override;
  Result<std::int64_t> change_inventory(const InventoryChange& change) override {
    return sql::change_inventory(database_, change);
  }
  Result<std::vector<EventId>> sold_out() override;
  Result<SeatMap> seat_map(EventId event) override;
  Result<std::vector<TicketStock>> stock_of(EventId event) override;
  Result<std::vector<Message>> outbox(std::size_t limit) override;
  Result<std::int64_t> outbox_size() override;
  Result<void> remove_from_outbox(std::span<const std::int64_t> sequences) override;
  Result<std::size_t> prune_idempotency(Timestamp before, std::size_t limit) override;
  Result<std::vector<Finding>> verify() override { return find_broken_invariants(database_); }

 private:
  Result<std::vector<Reservation>> query(const Statement& statement, std::vector<Column> columns) {
    auto connection = database_.reader();
    if (connection.has_error()) return connection.error();
    return query_reservations(**connection, statement, std::move(columns));
  }

  Database& database_;
};

/// A nil parameter would be NULL, which nothing is greater than.
Uuid at_least_one(Uuid id) { return id.is_nil() ? Uuid{0, 1} : id; }

/// How many reservations there are of each status: of one event, or of all.
Result<std::array<std::int64_t, 4>> count_reservations(Connection& connection, std::optional<EventId> event) {
  static const Statement of_event("SELECT pending, confirmed, cancelled, expired FROM inventories WHERE event_id = $1");
  static const Statement of_all(
      "SELECT CAST(coalesce(sum(pending), 0) AS BIGINT), CAST(coalesce(sum(confirmed), 0) AS BIGINT), "
      "CAST(coalesce(sum(cancelled), 0) AS BIGINT), CAST(coalesce(sum(expired), 0) AS BIGINT) FROM inventories");
  std::array<std::int64_t, 4> out{};
  const auto take = [&](const Row& row) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = row.integer(static_cast<int>(i));
  };
  std::vector<Step> steps;
  if (event) {
    steps.push_back({&of_event, {std::vector<Uuid>{event->uuid}}, take});
  } else {
    steps = {{&begin_read(), {}, {}}, {&read_all(), {}, {}}, {&of_all, {}, take}, {&commit(), {}, {}}};
  }
  auto done = connection.run(steps);
  if (done.has_value()) return out;
  connection.rollback();
  return done.error();
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
  if (auto done = read(database_, steps); done.has_error()) return done.error();

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
  return query(select, {std::vector<Uuid>{user.uuid}, std::vector<Uuid>{before.is_nil() ? last : before.uuid},
                        one_limit(limit)});
}

Result<std::vector<Reservation>> SqlBoxOfficeStore::reservations_of_event(EventId event, ReservationId after,
                                                                          std::size_t limit) {
  static const Statement select(
      "SELECT " + std::string(reservation_columns) +
      " FROM reservations WHERE event_id = $1 AND id > $2 AND status IN (0, 1) ORDER BY id LIMIT $3");
  return query(select, {std::vector<Uuid>{event.uuid}, std::vector<Uuid>{at_least_one(after.uuid)}, one_limit(limit)});
}

Result<ReservationPage> SqlBoxOfficeStore::reservations_page(const ReservationFilter& filter, std::int64_t offset,
                                                             std::size_t limit) {
  static const auto page = [](const std::string& condition) {
    return Statement("SELECT " + std::string(reservation_columns) + " FROM reservations " + condition);
  };
  static const Statement of_all = page("ORDER BY id DESC LIMIT $1 OFFSET $2");
  static const Statement of_status = page("WHERE status = $1 ORDER BY id DESC LIMIT $2 OFFSET $3");
  static const Statement of_event = page("WHERE event_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3");
  static const Statement of_both = page("WHERE event_id = $1 AND status = $2 ORDER BY id DESC LIMIT $3 OFFSET $4");
  auto connection = database_.reader();
  if (connection.has_error()) return connection.error();
  auto counts = count_reservations(**connection, filter.event_id);
  if (counts.has_error()) return counts.error();
  ReservationPage out;
  out.total = filter.status ? (*counts)[static_cast<std::size_t>(*filter.status)]
                            : std::accumulate(counts->begin(), counts->end(), std::int64_t{0});
  offset = std::max<std::int64_t>(offset, 0);
  if (offset >= out.total) return out;
  // Not more than there are: who looks for one more passes over everything.
  limit = std::min(limit, static_cast<std::size_t>(out.total - offset));
  std::vector<Column> columns;
  if (filter.event_id) columns.push_back(std::vector<Uuid>{filter.event_id->uuid});
  if (filter.status) columns.push_back(one(static_cast<std::int64_t>(*filter.status)));
  columns.push_back(one_limit(limit));
  columns.push_back(one(offset));
  const Statement& select =
      filter.event_id ? (filter.status ? of_both : of_event) : (filter.status ? of_status : of_all);
  auto rows = query_reservations(**connection, select, std::move(columns));
  if (rows.has_error()) return rows.error();
  out.reservations = std::move(*rows);
  return out;
}

Result<ReservationTotals> SqlBoxOfficeStore::reservation_totals(Timestamp since) {
  static const Statement select("SELECT count(*) FROM reservations WHERE id >= $1");
  auto connection = database_.reader();
  if (connection.has_error()) return connection.error();
  auto counts = count_reservations(**connection, std::nullopt);
  if (counts.has_error()) return counts.error();
  ReservationTotals out{*counts};
  // The first id that can be made at that time.
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(since.ms, 0));
  const Step step{
      &select, {std::vector<Uuid>{at_least_one({ms << 16, 0})}}, [&](const Row& row) { out.since = row.integer(0); }};
  if (auto done = (*connection)->run({&step, 1}); done.has_error()) return done.error();
  return out;
}

Result<std::vector<Reservation>> SqlBoxOfficeStore::expired(Timestamp now, std::size_t limit) {
  static const Statement select(
      "SELECT " + std::string(reservation_columns) +
      " FROM reservations WHERE status = 0 AND expires_at <= $1 ORDER BY expires_at LIMIT $2");
  return query(select, {one(now.ms), one_limit(limit)});
}

Result<void> SqlBoxOfficeStore::close(EventId event) {
  static const Statement update("UPDATE inventories SET closed = 1 WHERE event_id = $1 RETURNING event_id");
  bool found = false;
  const Step step{&update, {std::vector<Uuid>{event.uuid}}, [&](const Row&) { found = true; }};
  if (auto done = write(database_, step); done.has_error()) return done;
  if (!found) return Error{Errc::event_not_found, "the event has nothing for sale"};
  return {};
}

Result<std::vector<EventId>> SqlBoxOfficeStore::sold_out() {
  static const Statement select("SELECT event_id FROM inventories WHERE available = 0 AND total > 0");
  std::vector<EventId> out;
  const Step step{&select, {}, [&](const Row& row) { out.push_back(EventId{row.uuid(0)}); }};
  if (auto done = read(database_, step); done.has_error()) return done.error();
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
  if (auto done = read(database_, range); done.has_error()) return done.error();
  if (!found) return Error{Errc::event_not_found, "the event has nothing for sale"};
  MapBuilder builder;
  if (!first.is_nil()) {
    const Step seats{&select_seats,
                     {std::vector<Uuid>{first}, std::vector<Uuid>{last}, std::vector<Uuid>{event.uuid}},
                     [&](const Row& row) { builder.add(row); }};
    if (auto done = read(database_, seats); done.has_error()) return done.error();
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
  if (auto done = read(database_, step); done.has_error()) return done.error();
  return out;
}

Result<std::vector<Message>> SqlBoxOfficeStore::outbox(std::size_t limit) {
  static const Statement select(
      "SELECT sequence, topic, key, payload, created_at FROM outbox ORDER BY sequence LIMIT $1");
  std::vector<Message> out;
  const Step step{&select, {one_limit(limit)}, [&](const Row& row) {
                    out.push_back({row.integer(0), std::string(row.text(1)), ReservationId{row.uuid(2)}.text(),
                                   std::string(row.text(3)), Timestamp{row.integer(4)}});
                  }};
  if (auto done = read(database_, step); done.has_error()) return done.error();
  return out;
}

Result<std::int64_t> SqlBoxOfficeStore::outbox_size() {
  static const Statement select("SELECT count(*) FROM outbox");
  std::int64_t size = 0;
  const Step step{&select, {}, [&](const Row& row) { size = row.integer(0); }};
  if (auto done = read(database_, step); done.has_error()) return done.error();
  return size;
}

Result<void> SqlBoxOfficeStore::remove_from_outbox(std::span<const std::int64_t> sequences) {
  static const Statement erase = bulk_delete("outbox", {{"sequence"}});
  if (sequences.empty()) return {};
  const std::vector<Step> steps{{&begin_write(), {}, {}},
                                {&erase, {std::vector<std::int64_t>(sequences.begin(), sequences.end())}, {}},
                                {&sql::commit(), {}, {}}};
  return write(database_, steps);
}

Result<std::size_t> SqlBoxOfficeStore::prune_idempotency(Timestamp before, std::size_t limit) {
  static const Statement erase(
      "DELETE FROM idempotency_keys WHERE (user_id, key) IN "
      "(SELECT user_id, key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2) RETURNING 1");
  return remove_rows(database_, erase, {one(before.ms), one_limit(limit)});
}

}  // namespace

std::unique_ptr<BoxOfficeStore> make_box_office_store(Database& database) {
  return std::make_unique<SqlBoxOfficeStore>(database);
}

}  // namespace tiketi::sql
