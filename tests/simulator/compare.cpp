// Holds the model's books against what can be read from a store.

#include "books.hpp"

namespace tiketi::test {

namespace {

std::string of(const Error& error) { return "the store can't be read: " + error.message; }

std::optional<std::string> compare_stock(const Books& books, const ReserveAnswer& answer,
                                         const std::vector<TicketTypeId>& types) {
  for (std::size_t i = 0; i < types.size(); ++i) {
    const TicketStock& expected = books.stock.at(types[i]);
    const std::optional<TicketStock>& found = answer.stock[i];
    if (!found) return "ticket type " + expected.name + " is gone";
    if (found->held < 0 || found->sold < 0 || found->available() < 0)
      return "the stock of " + expected.name + " does not add up";
    if (*found != expected)
      return "the stock of " + expected.name + " has held " + std::to_string(found->held) + ", sold " +
             std::to_string(found->sold) + ", expected " + std::to_string(expected.held) + ", " +
             std::to_string(expected.sold);
  }
  return std::nullopt;
}

std::optional<std::string> compare_inventories(const Books& books, const ReserveAnswer& answer,
                                               const std::vector<EventId>& events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    EventInventory expected = books.inventories.at(events[i]);
    expected.available = available_of(books, events[i]);
    const std::optional<EventInventory>& found = answer.inventories[i];
    if (!found) return "the inventory of event " + show(events[i].uuid) + " is gone";
    if (*found != expected)
      return "the inventory of event " + show(events[i].uuid) + " counts " + std::to_string(found->available) +
             " available of " + std::to_string(found->total) + (found->closed ? ", closed" : ", open") + "; expected " +
             std::to_string(expected.available) + " of " + std::to_string(expected.total) +
             (expected.closed ? ", closed" : ", open");
  }
  return std::nullopt;
}

std::optional<std::string> compare_places(const Books& books, BoxOfficeStore& store,
                                          const std::set<SeatId>& wanted_seats) {
  ReserveQuestion question;
  question.seats.assign(wanted_seats.begin(), wanted_seats.end());
  for (const auto& [id, stock] : books.stock) question.ticket_types.push_back(id);
  for (const auto& [id, inventory] : books.inventories) question.events.push_back(id);
  const auto answer = store.ask(question);
  if (answer.has_error()) return of(answer.error());
  for (std::size_t i = 0; i < question.seats.size(); ++i) {
    const Seat& expected = books.seats.at(question.seats[i]);
    const std::optional<Seat>& found = answer->seats[i];
    if (!found) return "seat " + expected.label() + " is gone";
    if (*found != expected)
      return "seat " + expected.label() + " is " + show(found->state) + ", expected " + show(expected.state);
  }
  if (auto wrong = compare_stock(books, *answer, question.ticket_types)) return wrong;
  return compare_inventories(books, *answer, question.events);
}

std::optional<std::string> compare_reservations(const Books& books, BoxOfficeStore& store,
                                                const std::vector<ReservationId>& ids) {
  const auto found = store.reservations(ids);
  if (found.has_error()) return of(found.error());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Reservation& expected = *books.find(ids[i]);
    if (!(*found)[i]) return "reservation " + show(expected) + " is lost";
    if (*(*found)[i] != expected) return "reservation " + show(*(*found)[i]) + " should be " + show(expected);
  }
  return std::nullopt;
}

std::optional<std::string> compare_keys(const Books& books, BoxOfficeStore& store) {
  ReserveQuestion question;
  for (const auto& [key, record] : books.keys) question.keys.push_back({key.first, key.second});
  const auto answer = store.ask(question);
  if (answer.has_error()) return of(answer.error());
  std::size_t i = 0;
  for (const auto& [key, record] : books.keys) {
    const std::optional<IdempotencyRecord>& found = answer->records[i++];
    if (!found || *found != record) return "the idempotency record of key " + key.second + " is lost";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> compare_touched(Books& books, BoxOfficeStore& store) {
  const std::vector<ReservationId> ids(books.touched_reservations.begin(), books.touched_reservations.end());
  if (ids.empty() && books.touched_seats.empty()) return std::nullopt;
  auto wrong = compare_places(books, store, books.touched_seats);
  if (!wrong) wrong = compare_reservations(books, store, ids);
  books.touched_seats.clear();
  books.touched_reservations.clear();
  return wrong;
}

std::optional<std::string> compare_all(Books& books, BoxOfficeStore& store) {
  for (const auto& [id, seat] : books.seats) books.touched_seats.insert(id);
  for (const auto& [id, history] : books.reservations) books.touched_reservations.insert(id);
  if (auto wrong = compare_touched(books, store)) return wrong;
  if (auto wrong = compare_keys(books, store)) return wrong;
  const auto findings = store.verify();
  if (findings.has_error()) return of(findings.error());
  if (!findings->empty()) return "verify: " + findings->front().invariant + ": " + findings->front().what;
  return std::nullopt;
}

}  // namespace tiketi::test
