#include "adapters/sql/box_office_picture.hpp"

#include "adapters/sql/box_office_rows.hpp"

#include <algorithm>
#include <array>

namespace tiketi::sql {

namespace {

using Type = Field::Type;

template <class StrongId>
std::vector<Uuid> distinct(std::vector<StrongId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return uuids_of(std::span<const StrongId>(ids));
}

const Statement& lock_inventories() {
  static const std::string columns(inventory_columns);
  static const Statement statement(
      "SELECT " + columns + " FROM inventories WHERE event_id = $1",
      "SELECT " + columns + " FROM inventories WHERE event_id = ANY ($1::uuid[]) ORDER BY event_id FOR UPDATE", true);
  return statement;
}

/// What counts against a customer's limit: what is sold, and holds that are not over.
const Statement& select_holdings() {
  static const Statement statement(
      "SELECT user_id, event_id, quantity FROM reservations WHERE user_id = $1 AND event_id = $2 "
      "AND (status = 1 OR (status = 0 AND expires_at > $3))",
      "SELECT user_id, event_id, quantity FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS g(u, e, t) "
      "JOIN reservations ON user_id = g.u AND event_id = g.e "
      "WHERE status = 1 OR (status = 0 AND expires_at > g.t)",
      true);
  return statement;
}

}  // namespace

Result<void> Picture::read(Connection& connection) { return connection.run(reading_steps()); }

std::vector<Step> Picture::reading_steps() {
  static const Statement select_seats =
      bulk_select("seats", {{"id", Type::uuid}}, "id, status, version, reservation_id, held_until");
  static const Statement select_stock = bulk_select("ticket_stock", {{"id", Type::uuid}}, stock_columns);
  static const Statement select_versions = bulk_select("reservations", {{"id", Type::uuid}}, "id, version");
  static const Statement select_keys =
      bulk_select("idempotency_keys", {{"user_id", Type::uuid}, {"key", Type::text}}, "user_id, key");

  std::vector<EventId> events;
  std::vector<SeatId> seats;
  std::vector<TicketTypeId> types;
  std::vector<ReservationId> reservations;
  std::vector<Uuid> key_users, buyers, buyer_events;
  std::vector<std::string_view> keys;
  std::vector<std::int64_t> buyer_times;
  for (const Change& change : changes_) {
    const Reservation& after = change.after;
    events.push_back(after.event_id);
    reservations.push_back(after.id);
    for (const ReservationLine& line : after.lines) {
      if (line.is_seat()) seats.push_back(line.seat_id);
      else types.push_back(line.ticket_type_id);
    }
    if (change.idempotency) {
      key_users.push_back(change.idempotency->user_id.uuid);
      keys.push_back(change.idempotency->key);
    }
    if (change.buyer_limit > 0 && holdings_.emplace(std::pair(after.user_id.uuid, after.event_id.uuid), 0).second) {
      buyers.push_back(after.user_id.uuid);
      buyer_events.push_back(after.event_id.uuid);
      buyer_times.push_back(after.updated_at.ms);
    }
  }
  seats_.reserve(seats.size());
  std::vector<Step> steps;
  steps.push_back({&begin_write(), {}, {}});
  steps.push_back({&lock_inventories(), {distinct(events)}, [this](const Row& row) {
                     const EventInventory found = inventory_of(row);
                     inventories_.emplace(found.event_id, Changing<EventInventory>{found, found});
                   }});
  steps.push_back({&select_versions, {distinct(reservations)}, [this](const Row& row) {
                     versions_.emplace(ReservationId{row.uuid(0)}, row.integer(1));
                   }});
  if (!seats.empty())
    steps.push_back({&select_seats, {distinct(seats)}, [this](const Row& row) {
                       const SeatState found{static_cast<PlaceStatus>(row.integer(1)),
                                             static_cast<std::int32_t>(row.integer(2)), ReservationId{row.uuid(3)},
                                             Timestamp{row.integer(4)}};
                       seats_.emplace(SeatId{row.uuid(0)}, Changing<SeatState>{found, found});
                     }});
  if (!types.empty())
    steps.push_back({&select_stock, {distinct(types)}, [this](const Row& row) {
                       const TicketStock found = stock_of(row);
                       stock_.emplace(found.id, Changing<TicketStock>{found, found});
                     }});
  if (!keys.empty())
    steps.push_back({&select_keys, {std::move(key_users), std::move(keys)}, [this](const Row& row) {
                       keys_.emplace(row.uuid(0), std::string(row.text(1)));
                     }});
  if (!buyers.empty())
    steps.push_back({&select_holdings(),
                     {std::move(buyers), std::move(buyer_events), std::move(buyer_times)},
                     [this](const Row& row) {
                       holdings_[{row.uuid(0), row.uuid(1)}] += row.integer(2);
                     }});
  return steps;
}

std::int64_t Picture::version_of(ReservationId id) const {
  const auto at = versions_.find(id);
  return at == versions_.end() ? 0 : at->second;
}

EventInventory* Picture::inventory(EventId id) {
  const auto at = inventories_.find(id);
  return at == inventories_.end() ? nullptr : &at->second.now;
}

SeatState* Picture::seat(SeatId id) {
  const auto at = seats_.find(id);
  return at == seats_.end() ? nullptr : &at->second.now;
}

TicketStock* Picture::stock(TicketTypeId id) {
  const auto at = stock_.find(id);
  return at == stock_.end() ? nullptr : &at->second.now;
}

bool Picture::is_used(const IdempotencyRecord& record) const {
  return keys_.contains({record.user_id.uuid, record.key});
}

std::int64_t Picture::holding(const Change& change) const {
  const auto at = holdings_.find({change.after.user_id.uuid, change.after.event_id.uuid});
  return at == holdings_.end() ? 0 : at->second;
}

void Picture::applied(const Change& change) {
  const auto index = static_cast<std::size_t>(&change - changes_.data());
  const Reservation& after = change.after;
  versions_[after.id] = after.version;
  Written& written = written_[after.id];
  written.last = index;
  written.is_new = written.is_new || change.expected_version == 0;
  applied_.push_back(index);
  if (change.idempotency) keys_.emplace(change.idempotency->user_id.uuid, change.idempotency->key);
  const auto holding = holdings_.find({after.user_id.uuid, after.event_id.uuid});
  if (holding == holdings_.end()) return;
  if (change.from == PlaceStatus::available) holding->second += after.quantity;
  // What expires was not counted any more.
  if (change.news == ReservationNews::cancelled) holding->second -= after.quantity;
}

Result<void> Picture::write(Connection& connection) {
  if (applied_.empty()) {
    connection.rollback();
    return {};
  }
  std::vector<Step> steps;
  write_places(steps);
  write_reservations(steps);
  write_lines(steps);
  write_keys(steps);
  write_outbox(steps);
  steps.push_back({&commit(), {}, {}});
  return connection.run(steps);
}

namespace {

/// The columns of an update of seats.
struct SeatColumns {
  std::vector<Uuid> ids, owners;
  std::vector<std::int64_t> statuses, versions, until;

  void add(SeatId id, const SeatState& state) {
    ids.push_back(id.uuid);
    statuses.push_back(static_cast<std::int64_t>(state.status));
    versions.push_back(state.version);
    owners.push_back(state.reservation_id.uuid);
    until.push_back(state.held_until.ms);
  }
  void add_step(std::vector<Step>& steps) {
    static const Statement update = bulk_update(
        "seats", {{"id", Type::uuid}}, {{"status"}, {"version"}, {"reservation_id", Type::uuid}, {"held_until"}});
    if (ids.empty()) return;
    steps.push_back(
        {&update, {std::move(ids), std::move(statuses), std::move(versions), std::move(owners), std::move(until)}, {}});
  }
};

}  // namespace

void Picture::write_places(std::vector<Step>& steps) const {
  static const Statement update_inventories =
      bulk_update("inventories", {{"event_id", Type::uuid}},
                  {{"available"}, {"pending"}, {"confirmed"}, {"cancelled"}, {"expired"}});
  static const Statement update_stock = bulk_update("ticket_stock", {{"id", Type::uuid}}, {{"held"}, {"sold"}});

  std::vector<Uuid> events, types;
  std::vector<std::int64_t> available, held, sold;
  std::array<std::vector<std::int64_t>, 4> counts;
  for (const auto& [id, inventory] : inventories_) {
    if (inventory.now == inventory.stored) continue;
    events.push_back(id.uuid);
    available.push_back(inventory.now.available);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i].push_back(inventory.now.reservations[i]);
  }
  for (const auto& [id, stock] : stock_) {
    if (stock.now == stock.stored) continue;
    types.push_back(id.uuid);
    held.push_back(stock.now.held);
    sold.push_back(stock.now.sold);
  }
  SeatColumns freed, seats;
  for (const auto& [id, seat] : seats_) {
    if (seat.now == seat.stored) continue;
    const bool owned_before = !seat.stored.reservation_id.is_nil();
    const bool changes_hands =
        owned_before && !seat.now.reservation_id.is_nil() && seat.now.reservation_id != seat.stored.reservation_id;
    // The database lets no seat go from one owner to the next without being free in between.
    if (changes_hands) freed.add(id, {PlaceStatus::available, seat.stored.version + 1, {}, {}});
    seats.add(id, seat.now);
  }
  if (!events.empty())
    steps.push_back({&update_inventories,
                     {std::move(events), std::move(available), std::move(counts[0]), std::move(counts[1]),
                      std::move(counts[2]), std::move(counts[3])},
                     {}});
  if (!types.empty()) steps.push_back({&update_stock, {std::move(types), std::move(held), std::move(sold)}, {}});
  freed.add_step(steps);
  seats.add_step(steps);
}

void Picture::write_reservations(std::vector<Step>& steps) const {
  static const Statement insert = bulk_insert("reservations", {{"id", Type::uuid},
                                                               {"number", Type::text},
                                                               {"event_id", Type::uuid},
                                                               {"user_id", Type::uuid},
                                                               {"status"},
                                                               {"version"},
                                                               {"total_minor"},
                                                               {"currency", Type::text},
                                                               {"quantity"},
                                                               {"created_at"},
                                                               {"updated_at"},
                                                               {"expires_at"},
                                                               {"payment_reference", Type::text}});
  static const Statement update =
      bulk_update("reservations", {{"id", Type::uuid}},
                  {{"status"}, {"version"}, {"updated_at"}, {"expires_at"}, {"payment_reference", Type::text}});

  std::vector<Uuid> ids, events, users, changed_ids;
  std::vector<std::string_view> numbers, currencies, payments, changed_payments;
  std::vector<std::int64_t> statuses, versions, totals, quantities, created, updated, expires;
  std::vector<std::int64_t> changed_statuses, changed_versions, changed_updated, changed_expires;
  for (const std::size_t index : applied_) {
    const Reservation& after = changes_[index].after;
    const Written& written = written_.find(after.id)->second;
    if (written.last != index) continue;  // a later change of this batch has the last word
    const auto status = static_cast<std::int64_t>(after.status);
    if (!written.is_new) {
      changed_ids.push_back(after.id.uuid);
      changed_statuses.push_back(status);
      changed_versions.push_back(after.version);
      changed_updated.push_back(after.updated_at.ms);
      changed_expires.push_back(after.expires_at.ms);
      changed_payments.push_back(after.payment_reference);
      continue;
    }
    ids.push_back(after.id.uuid);
    numbers.push_back(after.number.text());
    events.push_back(after.event_id.uuid);
    users.push_back(after.user_id.uuid);
    statuses.push_back(status);
    versions.push_back(after.version);
    totals.push_back(after.total.minor);
    currencies.push_back(after.total.currency.text());
    quantities.push_back(after.quantity);
    created.push_back(after.created_at.ms);
    updated.push_back(after.updated_at.ms);
    expires.push_back(after.expires_at.ms);
    payments.push_back(after.payment_reference);
  }
  if (!ids.empty())
    steps.push_back({&insert,
                     {std::move(ids), std::move(numbers), std::move(events), std::move(users), std::move(statuses),
                      std::move(versions), std::move(totals), std::move(currencies), std::move(quantities),
                      std::move(created), std::move(updated), std::move(expires), std::move(payments)},
                     {}});
  if (!changed_ids.empty())
    steps.push_back({&update,
                     {std::move(changed_ids), std::move(changed_statuses), std::move(changed_versions),
                      std::move(changed_updated), std::move(changed_expires), std::move(changed_payments)},
                     {}});
}

void Picture::write_lines(std::vector<Step>& steps) const {
  static const Statement insert = bulk_insert("reservation_items", {{"reservation_id", Type::uuid},
                                                                    {"line_number"},
                                                                    {"seat_id", Type::uuid},
                                                                    {"ticket_type_id", Type::uuid},
                                                                    {"quantity"},
                                                                    {"unit_price_minor"},
                                                                    {"label", Type::text}});
  std::vector<Uuid> reservations, seats, types;
  std::vector<std::int64_t> numbers, quantities, prices;
  std::vector<std::string_view> labels;
  for (const std::size_t index : applied_) {
    if (changes_[index].expected_version != 0) continue;
    std::int64_t number = 0;
    for (const ReservationLine& line : changes_[index].after.lines) {
      reservations.push_back(changes_[index].after.id.uuid);
      numbers.push_back(number++);
      seats.push_back(line.seat_id.uuid);
      types.push_back(line.ticket_type_id.uuid);
      quantities.push_back(line.quantity);
      prices.push_back(line.unit_price_minor);
      labels.push_back(line.label);
    }
  }
  if (!reservations.empty())
    steps.push_back({&insert,
                     {std::move(reservations), std::move(numbers), std::move(seats), std::move(types),
                      std::move(quantities), std::move(prices), std::move(labels)},
                     {}});
}

void Picture::write_keys(std::vector<Step>& steps) const {
  static const Statement insert = bulk_insert(
      "idempotency_keys",
      {{"user_id", Type::uuid}, {"key", Type::text}, {"fingerprint"}, {"reservation_id", Type::uuid}, {"created_at"}});
  std::vector<Uuid> users, reservations;
  std::vector<std::string_view> keys;
  std::vector<std::int64_t> fingerprints, created;
  for (const std::size_t index : applied_) {
    const auto& record = changes_[index].idempotency;
    if (!record) continue;
    users.push_back(record->user_id.uuid);
    keys.push_back(record->key);
    fingerprints.push_back(static_cast<std::int64_t>(record->fingerprint));
    reservations.push_back(record->reservation_id.uuid);
    created.push_back(record->created_at.ms);
  }
  if (!users.empty())
    steps.push_back(
        {&insert,
         {std::move(users), std::move(keys), std::move(fingerprints), std::move(reservations), std::move(created)},
         {}});
}

void Picture::write_outbox(std::vector<Step>& steps) {
  static const Statement insert =
      bulk_insert("outbox", {{"topic", Type::text}, {"key", Type::uuid}, {"payload", Type::text}, {"created_at"}});
  std::vector<std::string_view> topics, payloads;
  std::vector<Uuid> keys;
  std::vector<std::int64_t> created;
  payloads_.reserve(applied_.size());  // so that the views stay valid
  for (const std::size_t index : applied_) {
    const Change& change = changes_[index];
    topics.push_back(topic(change.news));
    keys.push_back(change.after.id.uuid);
    payloads.push_back(payloads_.emplace_back(news_payload(change.news, change.after)));
    created.push_back(change.after.updated_at.ms);
  }
  steps.push_back({&insert, {std::move(topics), std::move(keys), std::move(payloads), std::move(created)}, {}});
}

}  // namespace tiketi::sql
