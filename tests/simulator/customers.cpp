#include "acts.hpp"
#include "answers.hpp"

#include <algorithm>

namespace tiketi::test {

namespace {

std::vector<SeatId> seats_of(const Scene& scene, EventId event, bool others) {
  std::vector<SeatId> out;
  for (const auto& [id, seat] : scene.books.seats)
    if ((seat.event_id == event) != others) out.push_back(id);
  return out;
}

std::vector<TicketTypeId> types_of(const Scene& scene, EventId event, bool others) {
  std::vector<TicketTypeId> out;
  for (const auto& [id, stock] : scene.books.stock)
    if ((stock.event_id == event) != others) out.push_back(id);
  return out;
}

/// A mistake of a client.
void spoil(Scene& scene, Reserve& command) {
  Random& random = scene.random;
  const auto foreign_seats = seats_of(scene, command.event_id, true);
  const auto foreign_types = types_of(scene, command.event_id, true);
  switch (random.between(0, 7)) {
    case 0:
      command.seats.push_back(scene.ids.next<SeatId>());
      break;
    case 1:
      if (!foreign_seats.empty()) command.seats.push_back(random.pick(foreign_seats));
      break;
    case 2:
      if (!command.seats.empty()) command.seats.push_back(command.seats.front());
      break;
    case 3:
      command.tickets.push_back({scene.ids.next<TicketTypeId>(), 1});
      break;
    case 4:
      if (!foreign_types.empty()) command.tickets.push_back({random.pick(foreign_types), 1});
      break;
    case 5:
      if (!command.tickets.empty()) command.tickets.front().quantity = -command.tickets.front().quantity;
      break;
    case 6:
      command.event_id = scene.ids.next<EventId>();
      break;
    default:
      command.seats.clear();
      command.tickets.clear();
  }
}

/// Most clients know how much one reservation may hold.
void keep_to_limit(const Scene& scene, Reserve& command) {
  const std::int32_t limit = scene.programme.find(command.event_id)->limits.per_reservation;
  if (limit == 0) return;
  command.seats.resize(std::min(command.seats.size(), static_cast<std::size_t>(limit)));
  std::int64_t left = limit - static_cast<std::int64_t>(command.seats.size());
  std::vector<TicketQuantity> kept;
  for (TicketQuantity ticket : command.tickets) {
    ticket.quantity = std::min(ticket.quantity, left);
    left -= ticket.quantity;
    if (ticket.quantity > 0) kept.push_back(ticket);
  }
  command.tickets = std::move(kept);
}

std::string choose_key(Scene& scene) {
  if (!scene.random.chance(450)) return {};
  // An old key with another request, or one that is used for the first time.
  const std::int64_t number = scene.random.chance(60) ? scene.random.between(1, scene.next_key) : scene.next_key++;
  return "key-" + std::to_string(number);
}

Reserve make_reserve(Scene& scene) {
  Random& random = scene.random;
  Reserve command{random.pick(scene.events), random.pick(scene.users), {}, {}, choose_key(scene)};
  auto seats = seats_of(scene, command.event_id, false);
  auto types = types_of(scene, command.event_id, false);
  random.shuffle(seats);
  random.shuffle(types);
  const auto wanted = static_cast<std::size_t>(random.chance(750) ? random.between(1, 3) : 0);
  seats.resize(std::min(wanted, seats.size()));
  command.seats = std::move(seats);
  for (const TicketTypeId type : types)
    if (random.chance(350)) command.tickets.push_back({type, random.between(1, 4)});
  if (command.seats.empty() && command.tickets.empty() && !types.empty())
    command.tickets.push_back({types.front(), random.between(1, 4)});
  if (random.chance(700)) keep_to_limit(scene, command);
  command.entry_token = choose_token(scene, command.event_id, command.user_id);
  if (random.chance(40)) spoil(scene, command);
  return command;
}

std::string show(const Reserve& command) {
  std::string out = "user " + test::show(command.user_id.uuid) + " event " + test::show(command.event_id.uuid);
  for (const SeatId seat : command.seats) out += " seat " + test::show(seat.uuid);
  for (const TicketQuantity& ticket : command.tickets)
    out += ' ' + std::to_string(ticket.quantity) + " of " + test::show(ticket.ticket_type_id.uuid);
  return command.idempotency_key.empty() ? out : out + ' ' + command.idempotency_key;
}

std::string show(const ReserveBest& command) {
  const std::string out = "user " + test::show(command.user_id.uuid) + " event " + test::show(command.event_id.uuid) +
                          " best " + std::to_string(command.quantity) + " in '" + command.section + "' up to " +
                          std::to_string(command.max_price_minor.value_or(-1));
  return command.idempotency_key.empty() ? out : out + ' ' + command.idempotency_key;
}

bool fits(const Scene&, const Reserve& command, const Reservation& reservation) {
  std::set<SeatId> seats;
  std::map<TicketTypeId, std::int64_t> tickets;
  for (const ReservationLine& line : reservation.lines) {
    if (line.is_seat()) seats.insert(line.seat_id);
    else tickets[line.ticket_type_id] += line.quantity;
  }
  std::map<TicketTypeId, std::int64_t> wanted;
  for (const TicketQuantity& ticket : command.tickets) wanted[ticket.ticket_type_id] += ticket.quantity;
  return seats == std::set(command.seats.begin(), command.seats.end()) && tickets == wanted;
}

bool fits(const Scene& scene, const ReserveBest& command, const Reservation& reservation) {
  if (reservation.lines.size() != static_cast<std::size_t>(command.quantity)) return false;
  std::set<std::pair<std::string, std::int32_t>> rows;
  std::set<std::int32_t> numbers;
  for (const ReservationLine& line : reservation.lines) {
    const Seat& seat = scene.books.seats.at(line.seat_id);
    if (!command.section.empty() && seat.section != command.section) return false;
    if (command.max_price_minor && seat.price_minor > *command.max_price_minor) return false;
    rows.insert({seat.section, seat.row});
    numbers.insert(seat.number);
  }
  return rows.size() == 1 && *numbers.rbegin() - *numbers.begin() + 1 == command.quantity &&
         numbers.size() == reservation.lines.size();
}

void remember_unresolved(Scene& scene, const Reserve& command) { scene.unresolved.push_back(command); }
void remember_unresolved(Scene& scene, const ReserveBest& command) { scene.unresolved_best.push_back(command); }

template <class Command>
void check_success(Scene& scene, const Command& command, const Reserved& reserved) {
  const Reservation& reservation = reserved.reservation;
  if (reservation.user_id != command.user_id || reservation.event_id != command.event_id)
    scene.fail("a customer is answered another's reservation");
  if (!fits(scene, command, reservation)) scene.fail("a customer was given other places than were asked for");
  acknowledge(scene, reservation);
  const Call& call = scene.calls.back();
  const auto is_it = [&](const auto& entered) {
    return entered.first == reservation.id && entered.second.news == ReservationNews::held;
  };
  const bool is_new = std::any_of(call.entered.begin(), call.entered.end(), is_it);
  if (!reserved.replayed && !is_new) scene.fail("a reservation is called new that was made before");
  if (command.idempotency_key.empty()) {
    if (reserved.replayed) scene.fail("a request without a key is answered as a repeated one");
    return;
  }
  const auto [known, first] = scene.key_answers.insert({{command.user_id, command.idempotency_key}, reservation.id});
  if (!first && known->second != reservation.id) scene.fail("one idempotency key was answered two reservations");
}

template <class Command>
void check_refusal(Scene& scene, const Command& command, const Error& error, bool alone) {
  scene.count(name(error.code));
  const Call& call = scene.calls.back();
  if (call.disturbed) return;
  std::set<Errc> reasons = reasons_against(scene, command);
  if (!alone) {
    // Some of the batch were looked at before the process learned of what has happened in the waiting room.
    if (call.room.looked.contains(command.event_id)) return;
    // Another command of the batch may have used its key since it was decided on.
    Command without_key = command;
    without_key.idempotency_key.clear();
    reasons.merge(reasons_against(scene, without_key));
  }
  const bool right = alone ? is_first_reason(reasons, error.code) : reasons.contains(error.code);
  if (!right)
    scene.fail("a customer was refused with " + std::string(name(error.code)) + ", which is not the reason" +
               (reasons.empty() ? "; there is none" : ": " + std::string(name(*reasons.begin()))));
}

template <class Command>
void check_answers(Scene& scene, const std::vector<Command>& commands, const std::vector<Result<Reserved>>& answers) {
  if (answers.size() != commands.size()) return scene.fail("a batch got a wrong number of answers");
  std::set<ReservationId> told;
  bool unknown = false;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const bool success = answers[i].has_value();
    scene.note(show(commands[i]) + " -> " +
               (success ? (answers[i]->replayed ? "again " : "") + test::show(answers[i]->reservation)
                        : std::string(name(answers[i].error().code))));
    if (success) {
      scene.count(answers[i]->replayed ? "replayed" : "held");
      told.insert(answers[i]->reservation.id);
      check_success(scene, commands[i], *answers[i]);
      continue;
    }
    const Error& error = answers[i].error();
    unknown = unknown || is_ambiguous(error);
    if (retriable(error.code) && !commands[i].idempotency_key.empty()) remember_unresolved(scene, commands[i]);
    check_refusal(scene, commands[i], error, commands.size() == 1);
  }
  check_effects(scene, told, unknown);
}

void check_details(Scene& scene, const std::vector<Reserve>& commands, const std::vector<Result<Reserved>>& answers) {
  if (commands.size() != 1 || scene.calls.back().disturbed || answers.front().has_value()) return;
  if (const auto wrong = find_wrong_detail(scene, commands.front(), answers.front().error())) scene.fail(*wrong);
}

template <class Command>
void ask_again_after_crash(Scene& scene, const std::vector<Command>& commands) {
  for (const Command& command : commands)
    if (!command.idempotency_key.empty()) remember_unresolved(scene, command);
}

template <class Command>
void show_tokens(Scene& scene, const std::vector<Command>& commands) {
  for (const Command& each : commands) show_token(scene, each.event_id, each.user_id, each.entry_token);
}

void reserve(Scene& scene, Process& process, const std::vector<Reserve>& commands) {
  show_tokens(scene, commands);
  const auto answers = process.box_office.reserve(commands);
  if (scene.calls.back().crashed) return ask_again_after_crash(scene, commands);
  check_answers(scene, commands, answers);
  if (!scene.failure) check_details(scene, commands, answers);
}

void reserve_best(Scene& scene, Process& process, const std::vector<ReserveBest>& commands) {
  show_tokens(scene, commands);
  const auto answers = process.box_office.reserve_best(commands);
  if (scene.calls.back().crashed) return ask_again_after_crash(scene, commands);
  check_answers(scene, commands, answers);
}

std::int64_t batch_size(Scene& scene) { return scene.random.chance(600) ? 1 : scene.random.between(2, 5); }

/// Takes out at most three; the oldest first.
template <class Command>
std::vector<Command> take_some(std::vector<Command>& from) {
  const std::size_t count = std::min<std::size_t>(3, from.size());
  const auto end = from.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Command> out(from.begin(), end);
  from.erase(from.begin(), end);
  return out;
}

}  // namespace

void reserve_some(Scene& scene, Process& process) {
  std::vector<Reserve> commands;
  for (std::int64_t i = batch_size(scene); i > 0; --i) commands.push_back(make_reserve(scene));
  // A client that sends everything twice at once.
  if (scene.random.chance(50)) commands.push_back(commands.front());
  reserve(scene, process, commands);
}

void reserve_best(Scene& scene, Process& process) {
  Random& random = scene.random;
  std::vector<ReserveBest> commands;
  for (std::int64_t i = batch_size(scene); i > 0; --i) {
    ReserveBest command{random.pick(scene.events), random.pick(scene.users), 1, {}, {}, choose_key(scene)};
    command.quantity = static_cast<std::int32_t>(random.chance(30) ? 0 : random.between(1, 4));
    if (random.chance(250)) command.section = random.chance(100) ? "nowhere" : random.chance(500) ? "A" : "B";
    if (random.chance(200)) command.max_price_minor = random.between(0, 4) * 10'000;
    command.entry_token = choose_token(scene, command.event_id, command.user_id);
    commands.push_back(std::move(command));
  }
  reserve_best(scene, process, commands);
}

void ask_again(Scene& scene, Process& process) {
  scene.count("asked again");
  if (!scene.unresolved.empty()) reserve(scene, process, take_some(scene.unresolved));
  else if (!scene.unresolved_best.empty()) reserve_best(scene, process, take_some(scene.unresolved_best));
}

}  // namespace tiketi::test
