// Tickets in any SQL database.

#include "adapters/sql/batch.hpp"
#include "adapters/sql/run.hpp"
#include "adapters/sql/stores.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

constexpr std::string_view ticket_columns =
    "id, number, reservation_id, ordinal, event_id, user_id, seat_id, ticket_type_id, admission, label, status, "
    "version, issued_at, used_at, gate, checked_by, voided_at";

std::optional<Timestamp> time_of(std::int64_t ms) {
  if (ms == 0) return std::nullopt;
  return Timestamp{ms};
}

Ticket ticket_of(const Row& row) {
  Ticket out;
  out.id = TicketId{row.uuid(0)};
  row.text(1).copy(out.number.characters.data(), out.number.characters.size());
  out.reservation_id = ReservationId{row.uuid(2)};
  out.ordinal = static_cast<std::int32_t>(row.integer(3));
  out.event_id = EventId{row.uuid(4)};
  out.user_id = UserId{row.uuid(5)};
  out.place = {SeatId{row.uuid(6)}, TicketTypeId{row.uuid(7)}, static_cast<std::int32_t>(row.integer(8))};
  out.label = row.text(9);
  out.status = static_cast<TicketStatus>(row.integer(10));
  out.version = row.integer(11);
  out.issued_at = {row.integer(12)};
  out.used_at = time_of(row.integer(13));
  out.gate = row.text(14);
  out.checked_by = UserId{row.uuid(15)};
  out.voided_at = time_of(row.integer(16));
  return out;
}

std::int64_t ms_of(const std::optional<Timestamp>& time) { return time ? time->ms : 0; }

/// What of a ticket changes, behind its id.
std::vector<Field> changing_fields() {
  return {{"user_id", Type::uuid},    {"status"},   {"version"}, {"used_at"}, {"gate", Type::text},
          {"checked_by", Type::uuid}, {"voided_at"}};
}

using Tickets = std::span<const Ticket* const>;

std::vector<Column> changing_values(Tickets tickets) {
  return {column(tickets, [](const Ticket& ticket) { return ticket.user_id.uuid; }),
          column(tickets, [](const Ticket& ticket) { return static_cast<int>(ticket.status); }),
          column(tickets, [](const Ticket& ticket) { return ticket.version; }),
          column(tickets, [](const Ticket& ticket) { return ms_of(ticket.used_at); }),
          column(tickets, [](const Ticket& ticket) { return std::string_view(ticket.gate); }),
          column(tickets, [](const Ticket& ticket) { return ticket.checked_by.uuid; }),
          column(tickets, [](const Ticket& ticket) { return ms_of(ticket.voided_at); })};
}

Step insert_tickets(Tickets tickets) {
  static const Statement statement = [] {
    std::vector<Field> fields{{"id", Type::uuid},
                              {"number", Type::text},
                              {"reservation_id", Type::uuid},
                              {"ordinal"},
                              {"event_id", Type::uuid},
                              {"seat_id", Type::uuid},
                              {"ticket_type_id", Type::uuid},
                              {"admission"},
                              {"label", Type::text},
                              {"issued_at"}};
    for (const Field& field : changing_fields()) fields.push_back(field);
    return bulk_insert("tickets", fields);
  }();
  std::vector<Column> columns{column(tickets, [](const Ticket& ticket) { return ticket.id.uuid; }),
                              column(tickets, [](const Ticket& ticket) { return ticket.number.text(); }),
                              column(tickets, [](const Ticket& ticket) { return ticket.reservation_id.uuid; }),
                              column(tickets, [](const Ticket& ticket) { return ticket.ordinal; }),
                              column(tickets, [](const Ticket& ticket) { return ticket.event_id.uuid; }),
                              column(tickets, [](const Ticket& ticket) { return ticket.place.seat_id.uuid; }),
                              column(tickets, [](const Ticket& ticket) { return ticket.place.ticket_type_id.uuid; }),
                              column(tickets, [](const Ticket& ticket) { return ticket.place.admission; }),
                              column(tickets, [](const Ticket& ticket) { return std::string_view(ticket.label); }),
                              column(tickets, [](const Ticket& ticket) { return ticket.issued_at.ms; })};
  for (Column& column : changing_values(tickets)) columns.push_back(std::move(column));
  return {&statement, std::move(columns), {}};
}

Step update_tickets(Tickets tickets) {
  static const Statement statement = bulk_update("tickets", {{"id", Type::uuid}}, changing_fields());
  std::vector<Column> columns{column(tickets, [](const Ticket& ticket) { return ticket.id.uuid; })};
  for (Column& column : changing_values(tickets)) columns.push_back(std::move(column));
  return {&statement, std::move(columns), {}};
}

Result<std::vector<TicketOutcome>> try_commit(Connection& connection, std::span<const TicketChange> changes) {
  // On servers the tickets are locked, in the order of their ids, so that what is read stays true until the commit.
  static const Statement lock("SELECT id, version FROM tickets WHERE id = $1",
                              "SELECT id, version FROM tickets WHERE id = ANY($1) ORDER BY id FOR UPDATE", true);
  std::vector<TicketId> ids;
  for (const TicketChange& change : changes) ids.push_back(change.after.id);
  std::unordered_map<TicketId, std::int64_t> versions;
  const std::vector<Step> reading{{&begin_write(), {}, {}},
                                  {&lock, {distinct_uuids_of(std::span<const TicketId>(ids))}, [&](const Row& row) {
                                     versions.emplace(TicketId{row.uuid(0)}, row.integer(1));
                                   }}};
  if (auto done = connection.run(reading); done.has_error()) return done.error();

  std::vector<TicketOutcome> outcomes;
  outcomes.reserve(changes.size());
  Writes<TicketId, Ticket> writes;
  for (const TicketChange& change : changes) {
    std::int64_t& version = versions[change.after.id];
    const bool holds = version == change.expected_version;
    outcomes.push_back(holds ? TicketOutcome::applied : TicketOutcome::version_conflict);
    if (!holds) continue;
    writes.put(change.after.id, change.after, version == 0);
    version = change.after.version;
  }

  const auto added = writes.select(true);
  const auto changed = writes.select(false);
  std::vector<Step> writing;
  if (!added.empty()) writing.push_back(insert_tickets(added));
  if (!changed.empty()) writing.push_back(update_tickets(changed));
  if (writing.empty()) {
    connection.rollback();
    return outcomes;
  }
  writing.push_back({&commit(), {}, {}});
  if (auto done = connection.run(writing); done.has_error()) return done.error();
  return outcomes;
}

std::string select(std::string_view rest) {
  return "SELECT " + std::string(ticket_columns) + " FROM tickets " + std::string(rest);
}

class SqlTicketStore final : public TicketStore {
 public:
  explicit SqlTicketStore(Database& database) : database_(database) {}

  Result<std::vector<TicketOutcome>> commit(std::span<const TicketChange> changes) override {
    if (changes.empty()) return std::vector<TicketOutcome>();
    return transact(database_, [&](Connection& connection) { return try_commit(connection, changes); });
  }

  Result<std::vector<std::optional<Ticket>>> tickets(std::span<const TicketId> ids) override {
    static const Statement statement = bulk_select("tickets", {{"id", Type::uuid}}, ticket_columns);
    std::unordered_map<TicketId, Ticket> found;
    const Step step{&statement, {distinct_uuids_of(ids)}, [&](const Row& row) {
                      Ticket ticket = ticket_of(row);
                      found.emplace(ticket.id, std::move(ticket));
                    }};
    if (!ids.empty())
      if (auto done = read(database_, step); done.has_error()) return done.error();
    std::vector<std::optional<Ticket>> out(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const auto at = found.find(ids[i]); at != found.end()) out[i] = at->second;
    return out;
  }

  Result<std::optional<Ticket>> ticket_numbered(const TicketNumber& number) override {
    static const Statement statement(select("WHERE number = $1"));
    std::optional<Ticket> out;
    const Step step{&statement, {one(number.text())}, [&](const Row& row) { out = ticket_of(row); }};
    if (auto done = read(database_, step); done.has_error()) return done.error();
    return out;
  }

  Result<std::vector<std::vector<Ticket>>> tickets_of(std::span<const ReservationId> reservations) override {
    static const Statement statement = bulk_select("tickets", {{"reservation_id", Type::uuid}}, ticket_columns);
    std::unordered_map<ReservationId, std::vector<Ticket>> found;
    const Step step{&statement, {distinct_uuids_of(reservations)}, [&](const Row& row) {
                      Ticket ticket = ticket_of(row);
                      found[ticket.reservation_id].push_back(std::move(ticket));
                    }};
    if (!reservations.empty())
      if (auto done = read(database_, step); done.has_error()) return done.error();
    for (auto& [reservation, tickets] : found)
      std::sort(tickets.begin(), tickets.end(), [](const Ticket& a, const Ticket& b) { return a.ordinal < b.ordinal; });
    std::vector<std::vector<Ticket>> out(reservations.size());
    for (std::size_t i = 0; i < reservations.size(); ++i)
      if (const auto at = found.find(reservations[i]); at != found.end()) out[i] = at->second;
    return out;
  }

  Result<TicketPage> tickets_of_user(UserId user, std::int64_t offset, std::int64_t limit) override {
    static const Statement page(select("WHERE user_id = $1 ORDER BY reservation_id DESC, ordinal LIMIT $2 OFFSET $3"));
    static const Statement count("SELECT count(*) FROM tickets WHERE user_id = $1");
    TicketPage out;
    const std::vector<Step> steps{{&begin_read(), {}, {}},
                                  {&page,
                                   {one(user.uuid), one(limit), one(offset)},
                                   [&](const Row& row) { out.tickets.push_back(ticket_of(row)); }},
                                  {&count, {one(user.uuid)}, [&](const Row& row) { out.total = row.integer(0); }},
                                  {&sql::commit(), {}, {}}};
    if (auto done = read(database_, steps); done.has_error()) return done.error();
    return out;
  }

  Result<TicketCounts> counts(EventId event) override {
    static const Statement statement("SELECT status, count(*) FROM tickets WHERE event_id = $1 GROUP BY status");
    TicketCounts out;
    const Step step{&statement, {one(event.uuid)}, [&](const Row& row) {
                      const auto status = static_cast<TicketStatus>(row.integer(0));
                      (status == TicketStatus::used     ? out.used
                       : status == TicketStatus::voided ? out.voided
                                                        : out.issued) = row.integer(1);
                    }};
    if (auto done = read(database_, step); done.has_error()) return done.error();
    return out;
  }

  Result<std::vector<Ticket>> scan(TicketId after, std::size_t limit) override {
    static const Statement from_first(select("ORDER BY id LIMIT $1"));
    static const Statement from_next(select("WHERE id > $1 ORDER BY id LIMIT $2"));
    std::vector<Ticket> out;
    const auto take = [&](const Row& row) { out.push_back(ticket_of(row)); };
    const Step step = after.is_nil() ? Step{&from_first, {one_limit(limit)}, take}
                                     : Step{&from_next, {one(after.uuid), one_limit(limit)}, take};
    if (auto done = read(database_, step); done.has_error()) return done.error();
    return out;
  }

 private:
  Database& database_;
};

}  // namespace

std::unique_ptr<TicketStore> make_ticket_store(Database& database) {
  return std::make_unique<SqlTicketStore>(database);
}

}  // namespace tiketi::sql
