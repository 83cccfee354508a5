#include "store/store_fixture.hpp"

#include "support/postgres_server.hpp"

#include <tiketi/adapters/memory.hpp>
#include <tiketi/adapters/postgres.hpp>

#include <stdexcept>

namespace tiketi::test {

namespace {

constexpr std::string_view sqlite_prefix = "sqlite:";

Change following(Reservation after, Timestamp now, ReservationNews news, PlaceStatus from, PlaceStatus to) {
  Change change;
  change.news = news;
  change.from = from;
  change.to = to;
  change.expected_version = after.version++;
  after.updated_at = now;
  change.after = std::move(after);
  return change;
}

PlaceStatus place_of(const Reservation& reservation) {
  return reservation.status == ReservationStatus::confirmed ? PlaceStatus::sold : PlaceStatus::held;
}

}  // namespace

std::string store_name(const ::testing::TestParamInfo<StoreKind>& info) {
  switch (info.param) {
    case StoreKind::memory:
      return "memory";
    case StoreKind::sqlite:
      return "sqlite";
    case StoreKind::postgres:
      return "postgres";
  }
  return {};
}

Result<std::unique_ptr<Stores>> open_stores(const std::string& address) {
  if (address.starts_with(sqlite_prefix)) return sqlite::open(address.substr(sqlite_prefix.size()));
  return postgres::open(address);
}

void StoreTest::SetUp() {
  switch (GetParam()) {
    case StoreKind::memory:
      stores_ = memory::make_stores();
      break;
    case StoreKind::sqlite:
      directory_ = std::make_unique<TemporaryDirectory>();
      stores_ = open_another();
      break;
    case StoreKind::postgres:
      dsn_ = PostgresServer::shared().create_schema();
      stores_ = open_another();
      break;
  }
  const auto migrated = stores_->migrate();
  if (migrated.has_error()) throw std::runtime_error("can't migrate: " + migrated.error().message);
}

void StoreTest::TearDown() {
  if (stores_ == nullptr || !expect_clean) return;
  const auto findings = box_office().verify();
  ASSERT_TRUE(findings.has_value()) << findings.error().message;
  for (const Finding& each : *findings) ADD_FAILURE() << each.invariant << ": " << each.what;
}

std::string StoreTest::address() const {
  return directory_ ? std::string(sqlite_prefix) + (directory_->path() / "box.db").string() : dsn_;
}

std::unique_ptr<Stores> StoreTest::open_another() const {
  auto opened = open_stores(address());
  if (opened.has_error()) throw std::runtime_error("can't open " + address() + ": " + opened.error().message);
  return std::move(*opened);
}

void StoreTest::reopen() {
  close();
  stores_ = open_another();
}

NewInventory StoreTest::make_inventory(std::size_t seats, const std::vector<std::int64_t>& stock) {
  NewInventory out;
  out.event_id = ids.next<EventId>();
  for (std::size_t i = 0; i < seats; ++i) {
    Seat seat;
    seat.id = ids.next<SeatId>();
    seat.event_id = out.event_id;
    seat.section = "A";
    seat.row = static_cast<std::int32_t>(i / 20 + 1);
    seat.number = static_cast<std::int32_t>(i % 20 + 1);
    seat.price_minor = 50'000;
    seat.x = 50 * seat.number;
    seat.y = 100 * seat.row;
    out.seats.push_back(seat);
  }
  for (const std::int64_t total : stock) {
    const std::string name = "T" + std::to_string(out.stock.size() + 1);
    out.stock.push_back({ids.next<TicketTypeId>(), out.event_id, name, 10'000, total, 0, 0});
  }
  return out;
}

NewInventory StoreTest::load_inventory(std::size_t seats, const std::vector<std::int64_t>& stock) {
  NewInventory out = make_inventory(seats, stock);
  const auto loaded = box_office().load(out);
  if (loaded.has_error()) throw std::runtime_error("can't load an inventory: " + loaded.error().message);
  return out;
}

Change StoreTest::hold(const NewInventory& inventory, const std::vector<std::size_t>& seats,
                       const std::vector<std::int64_t>& tickets, UserId user) {
  return make_hold(inventory, seats, tickets, ids, clock.now(), user);
}

std::vector<Outcome> StoreTest::commit(const std::vector<Change>& changes) {
  const auto outcomes = box_office().commit(changes);
  if (outcomes.has_error()) throw std::runtime_error("can't commit: " + outcomes.error().message);
  if (outcomes->size() != changes.size()) throw std::runtime_error("not one outcome for each change");
  return *outcomes;
}

Outcome StoreTest::commit(const Change& change) { return commit(std::vector{change}).front(); }

Reservation StoreTest::stored(ReservationId id) {
  const auto found = box_office().reservations({&id, 1});
  if (found.has_error() || !found->front()) throw std::runtime_error("reservation not stored: " + id.text());
  return *found->front();
}

Seat StoreTest::seat(SeatId id) { return box_office().ask({{id}, {}, {}, {}}).value().seats.at(0).value(); }

TicketStock StoreTest::stock(TicketTypeId id) {
  return box_office().ask({{}, {id}, {}, {}}).value().stock.at(0).value();
}

EventInventory StoreTest::inventory(EventId id) {
  return box_office().ask({{}, {}, {}, {id}}).value().inventories.at(0).value();
}

Change make_hold(const NewInventory& inventory, const std::vector<std::size_t>& seats,
                 const std::vector<std::int64_t>& tickets, Ids& ids, Timestamp now, UserId user) {
  Change change;
  Reservation& after = change.after;
  after.id = ids.next<ReservationId>();
  after.number = box_office::number_of(after.id);
  after.event_id = inventory.event_id;
  after.user_id = user.is_nil() ? ids.next<UserId>() : user;
  after.created_at = after.updated_at = now;
  after.expires_at = now.plus_ms(300 * second_ms);
  for (const std::size_t index : seats) {
    const Seat& seat = inventory.seats.at(index);
    after.lines.push_back({seat.id, {}, 1, seat.price_minor, seat.label()});
  }
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    const TicketStock& stock = inventory.stock.at(i);
    if (tickets[i] > 0) after.lines.push_back({{}, stock.id, tickets[i], stock.price_minor, stock.name});
  }
  for (const ReservationLine& line : after.lines) {
    after.quantity += line.quantity;
    after.total.minor += line.quantity * line.unit_price_minor;
  }
  change.needs_open = true;
  return change;
}

Change confirmed(const Reservation& current, Timestamp now, const std::string& payment_reference) {
  Change change = following(current, now, ReservationNews::confirmed, PlaceStatus::held, PlaceStatus::sold);
  change.needs_open = true;
  change.after.status = ReservationStatus::confirmed;
  change.after.payment_reference = payment_reference;
  return change;
}

Change cancelled(const Reservation& current, Timestamp now) {
  Change change = following(current, now, ReservationNews::cancelled, place_of(current), PlaceStatus::available);
  change.after.status = ReservationStatus::cancelled;
  return change;
}

Change extended(const Reservation& current, Timestamp now, std::int64_t by_ms) {
  Change change = following(current, now, ReservationNews::extended, PlaceStatus::held, PlaceStatus::held);
  change.needs_open = true;
  change.after.expires_at = now.plus_ms(by_ms);
  return change;
}

Change expired(const Reservation& current, Timestamp now) {
  Change change = following(current, now, ReservationNews::expired, PlaceStatus::held, PlaceStatus::available);
  change.after.status = ReservationStatus::expired;
  return change;
}

}  // namespace tiketi::test
