// reserve, best-available, reservation, confirm, cancel, extend

#include "commands/commands.hpp"
#include "commands/money.hpp"
#include "format.hpp"
#include "json.hpp"
#include "resolve.hpp"

namespace tiketi::cli {
namespace {

void print_reservation(const Reservation& reservation, std::ostream& out) {
  Rows rows{{std::string(reservation.number.text()), std::string(name(reservation.status))}};
  for (const ReservationLine& line : reservation.lines)
    rows.push_back({"  " + line.label, (line.is_seat() ? "" : with_commas(line.quantity) + " x ") +
                                           format_money({line.unit_price_minor, reservation.total.currency})});
  rows.push_back({"  total", format_money(reservation.total)});
  if (reservation.status == ReservationStatus::pending)
    rows.push_back({"  held until", format_time(reservation.expires_at)});
  if (!reservation.payment_reference.empty()) rows.push_back({"  paid by", reservation.payment_reference});
  rows.push_back({"  customer", reservation.user_id.text()});
  rows.push_back({"  event", reservation.event_id.text()});
  out << format_table(rows);
}

ExitCode tell(const Session& session, const Reservation& reservation) {
  if (session.json()) print_json(session.terminal, to_json(reservation));
  else print_reservation(reservation, session.terminal.out);
  return ExitCode::ok;
}

ExitCode tell(const Session& session, const Reserved& reserved) {
  if (session.json()) {
    boost::json::object told = to_json(reserved.reservation);
    told["replayed"] = reserved.replayed;
    print_json(session.terminal, std::move(told));
    return ExitCode::ok;
  }
  print_reservation(reserved.reservation, session.terminal.out);
  if (reserved.replayed) session.terminal.out << "The key was used before: this is what it made then.\n";
  else
    session.terminal.out << "`tiketi confirm " << reserved.reservation.number.text()
                         << " --payment REFERENCE` makes it a sale.\n";
  return ExitCode::ok;
}

/// The reservation that a command names, checked to be the user's if one is given.
Result<ReservationId> named(Services& services, const std::string& text, const std::string& user) {
  const auto found = find_reservation(services, text, user);
  if (found.has_error()) return found.error();
  return found->id;
}

Result<Reserve> reserve_command(Services& services, const ReserveCommand& command) {
  const auto user = user_of(services, command.user);
  if (user.has_error()) return user.error();
  const auto event = find_event(services, command.event);
  if (event.has_error()) return event.error();
  Reserve out{event->summary.event.id, *user, {}, {}, command.key, command.entry_token};
  if (command.seats.empty() && command.tickets.empty())
    return Error{Errc::invalid_argument, "say what to hold: --seat LABEL or --ticket NAME=QUANTITY"};
  const auto places = services.box_office().places(out.event_id);
  if (places.has_error()) return places.error();
  auto seats = find_seats(places->seats, command.seats);
  if (seats.has_error()) return seats.error();
  auto tickets = find_tickets(places->stock, command.tickets);
  if (tickets.has_error()) return tickets.error();
  out.seats = std::move(*seats);
  out.tickets = std::move(*tickets);
  return out;
}

}  // namespace

Ended run(const ReserveCommand& command, Session& session) {
  const auto services = open_store(session, Needs{.keys = !command.entry_token.empty()});
  if (services.has_error()) return services.error();
  const auto wanted = reserve_command(**services, command);
  if (wanted.has_error()) return wanted.error();
  const auto reserved = (*services)->box_office().reserve(*wanted);
  if (reserved.has_error()) return reserved.error();
  return tell(session, *reserved);
}

Ended run(const BestAvailableCommand& command, Session& session) {
  const auto services = open_store(session, Needs{.keys = !command.entry_token.empty()});
  if (services.has_error()) return services.error();
  const auto user = user_of(**services, command.user);
  if (user.has_error()) return user.error();
  const auto event = find_event(**services, command.event);
  if (event.has_error()) return event.error();
  const auto reserved = (*services)->box_office().reserve_best(
      ReserveBest{event->summary.event.id, *user, command.quantity, command.section, command.max_price, command.key,
                  command.entry_token});
  if (reserved.has_error()) return reserved.error();
  return tell(session, *reserved);
}

Ended run(const ReservationCommand& command, Session& session) {
  if (command.reservation.empty() && command.user.empty())
    return Error{Errc::invalid_argument, "name a reservation by its number, or a customer with --user"};
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  if (!command.reservation.empty()) {
    const auto found = find_reservation(**services, command.reservation, command.user);
    if (found.has_error()) return found.error();
    return tell(session, *found);
  }
  const auto user = user_of(**services, command.user);
  if (user.has_error()) return user.error();
  const auto found = (*services)->box_office().reservations_of(*user, {}, command.limit);
  if (found.has_error()) return found.error();
  if (session.json()) {
    boost::json::array list;
    for (const Reservation& each : *found) list.push_back(to_json(each));
    print_json(session.terminal, {{"reservations", std::move(list)}});
    return ExitCode::ok;
  }
  for (const Reservation& each : *found) print_reservation(each, session.terminal.out);
  if (found->empty()) session.terminal.out << "This customer has no reservations.\n";
  return ExitCode::ok;
}

Ended run(const ConfirmCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto id = named(**services, command.reservation, command.user);
  if (id.has_error()) return id.error();
  if (const auto noted =
          record(**services, "reservation.change", "reservation", id->text(), R"({"status":"confirmed"})");
      noted.has_error())
    return noted.error();
  const auto confirmed = (*services)->box_office().confirm(Confirm{*id, command.payment, {}});
  if (confirmed.has_error()) return confirmed.error();
  return tell(session, *confirmed);
}

Ended run(const CancelCommand& command, Session& session) {
  auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto id = named(**services, command.reservation, command.user);
  if (id.has_error()) return id.error();
  const auto paid = (*services)->cashier().payments_for({&*id, 1});
  if (paid.has_error()) return paid.error();
  if (const auto& payment = paid->front(); payment && payment->claims_reservation()) {
    services = open_store(session, Needs{.books = true});
    if (services.has_error()) return services.error();
    if (const auto ours = check_provider(**services, *payment); ours.has_error()) return ours.error();
  }
  if (const auto noted =
          record(**services, "reservation.change", "reservation", id->text(), R"({"status":"cancelled"})");
      noted.has_error())
    return noted.error();
  const auto cancelled = (*services)->cashier().cancel_reservation(*id, RefundReason::admin);
  if (cancelled.has_error()) return cancelled.error();
  const auto now = (*services)->box_office().reservation(*id);
  if (now.has_error()) return now.error();
  if (session.json()) {
    boost::json::object told = to_json(*now);
    told["refund"] = cancelled->refund ? boost::json::value(to_json(*cancelled->refund)) : boost::json::value(nullptr);
    print_json(session.terminal, std::move(told));
    return ExitCode::ok;
  }
  print_reservation(*now, session.terminal.out);
  if (cancelled->refund) session.terminal.out << refund_text(*cancelled->refund) << '\n';
  return ExitCode::ok;
}

Ended run(const ExtendCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto id = named(**services, command.reservation, command.user);
  if (id.has_error()) return id.error();
  const auto extended = (*services)->box_office().extend(Extend{*id, command.seconds * second_ms, {}});
  if (extended.has_error()) return extended.error();
  return tell(session, *extended);
}

}  // namespace tiketi::cli
