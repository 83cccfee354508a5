// ticket

#include "commands/commands.hpp"
#include "files.hpp"
#include "format.hpp"
#include "json.hpp"
#include "resolve.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/qr.hpp>
#include <tiketi/ticket/rules.hpp>

#include <filesystem>

namespace tiketi::cli {
namespace {

constexpr std::size_t max_key_file_bytes = 64 * 1024;

std::string what_became(const Ticket& ticket) {
  if (ticket.used_at) return "used " + format_time(*ticket.used_at) + " at " + ticket.gate;
  return std::string(name(ticket.status));
}

ExitCode tell(const Session& session, const Ticket& ticket) {
  if (session.json()) {
    print_json(session.terminal, to_json(ticket));
    return ExitCode::ok;
  }
  session.terminal.out << format_table({{std::string(ticket.number.text()), what_became(ticket)},
                                        {"  place", ticket.label},
                                        {"  event", ticket.event_id.text()},
                                        {"  reservation", ticket.reservation_id.text()},
                                        {"  customer", ticket.user_id.text()},
                                        {"  id", ticket.id.text()}});
  return ExitCode::ok;
}

ExitCode tell(const Session& session, std::span<const Ticket> tickets, std::int64_t total) {
  boost::json::array list;
  Rows rows{{"NUMBER", "PLACE", "STATUS", "ID"}};
  for (const Ticket& each : tickets) {
    list.push_back(to_json(each));
    rows.push_back({std::string(each.number.text()), each.label, what_became(each), each.id.text()});
  }
  if (session.json()) {
    print_json(session.terminal, {{"tickets", std::move(list)}, {"total", total}});
    return ExitCode::ok;
  }
  if (!tickets.empty()) session.terminal.out << format_table(rows);
  session.terminal.out << tickets.size() << " of " << with_commas(total) << " tickets.\n";
  return ExitCode::ok;
}

Result<TicketPublicKey> read_key(const std::string& file) {
  const auto text = read_text(file, max_key_file_bytes);
  if (text.has_error()) return text.error();
  auto key = crypto::parse_ticket_key_pem(*text);
  if (key.has_error())
    return Error{Errc::invalid_argument, "--key: " + file + " is not a public Ed25519 key in PEM", {{"file", file}}};
  return key;
}

/// A code, or what names a ticket that somebody looked up by hand.
Result<CheckIn> check_in_command(Services& services, const TicketCheckInCommand& command) {
  CheckIn out;
  out.gate = command.gate;
  if (!command.event.empty()) {
    const auto event = find_event(services, command.event);
    if (event.has_error()) return event.error();
    out.event_id = event->summary.event.id;
  }
  if (TicketId::parse(command.ticket) || ticket::parse_number(command.ticket)) {
    const auto found = find_ticket(services, command.ticket);
    if (found.has_error()) return found.error();
    out.ticket_id = found->id;
  } else {
    out.code = command.ticket;
  }
  return out;
}

}  // namespace

Ended run(const TicketListCommand& command, Session& session) {
  if (command.reservation.empty() == command.user.empty())
    return Error{Errc::invalid_argument, "name a reservation by its number, or a customer with --user"};
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  TicketDesk& desk = (*services)->ticket_desk();
  if (!command.reservation.empty()) {
    const auto reservation = find_reservation(**services, command.reservation, {});
    if (reservation.has_error()) return reservation.error();
    const auto tickets = desk.tickets_of(reservation->id);
    if (tickets.has_error()) return tickets.error();
    return tell(session, *tickets, static_cast<std::int64_t>(tickets->size()));
  }
  const auto user = user_of(**services, command.user);
  if (user.has_error()) return user.error();
  const auto page = desk.tickets_of_user(*user, command.page, command.limit);
  if (page.has_error()) return page.error();
  return tell(session, page->tickets, page->total);
}

Ended run(const TicketShowCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto ticket = find_ticket(**services, command.ticket);
  if (ticket.has_error()) return ticket.error();
  return tell(session, *ticket);
}

Ended run(const TicketCodeCommand& command, Session& session) {
  const auto services = open_store(session, Needs{.keys = true});
  if (services.has_error()) return services.error();
  const auto ticket = find_ticket(**services, command.ticket);
  if (ticket.has_error()) return ticket.error();
  const std::string code = (*services)->ticket_desk().code(*ticket);
  if (session.json()) print_json(session.terminal, {{"number", ticket->number.text()}, {"code", code}});
  else session.terminal.out << code << '\n';
  return ExitCode::ok;
}

Ended run(const TicketQrCommand& command, Session& session) {
  const std::string ending = std::filesystem::path(command.output).extension().string();
  if (command.output != "-" && ending != ".svg" && ending != ".png")
    return Error{Errc::invalid_argument, "--output: name a file that ends in .svg or .png", {{"field", "output"}}};
  const auto services = open_store(session, Needs{.keys = true});
  if (services.has_error()) return services.error();
  const auto ticket = find_ticket(**services, command.ticket);
  if (ticket.has_error()) return ticket.error();
  const std::string code = (*services)->ticket_desk().code(*ticket);
  const auto picture = ending == ".png" ? qr::png(code) : qr::svg(code);
  if (picture.has_error()) return picture.error();
  if (command.output == "-") {
    if (session.json()) print_json(session.terminal, {{"number", ticket->number.text()}, {"svg", *picture}});
    else session.terminal.out << *picture;
    return ExitCode::ok;
  }
  if (const auto written = write_file(command.output, *picture); written.has_error()) return written.error();
  if (session.json()) print_json(session.terminal, {{"number", ticket->number.text()}, {"file", command.output}});
  else session.terminal.out << "Drew " << ticket->number.text() << " to " << command.output << '\n';
  return ExitCode::ok;
}

Ended run(const TicketCheckInCommand& command, Session& session) {
  const auto services = open_store(session, Needs{.keys = true});
  if (services.has_error()) return services.error();
  const auto wanted = check_in_command(**services, command);
  if (wanted.has_error()) return wanted.error();
  const auto used = (*services)->ticket_desk().check_in(*wanted);
  if (used.has_error()) return used.error();
  if (const auto noted = record(**services, "ticket.check_in", "ticket", used->id.text()); noted.has_error())
    return noted.error();
  return tell(session, *used);
}

Ended run(const TicketVerifyCommand& command, Session& session) {
  std::vector<TicketPublicKey> keys;
  for (const std::string& file : command.key_files) {
    const auto key = read_key(file);
    if (key.has_error()) return key.error();
    keys.push_back(*key);
  }
  const auto verifier = crypto::make_ticket_verifier(keys);
  const auto claims = verify_offline(command.code, *verifier);
  if (claims.has_error()) return claims.error();
  if (session.json()) {
    print_json(session.terminal, {{"genuine", true},
                                  {"ticket", claims->ticket_id.text()},
                                  {"number", ticket::number_of(claims->ticket_id).text()},
                                  {"event", claims->event_id.text()},
                                  {"issued_at", to_iso8601(claims->issued_at)},
                                  {"key", claims->key_id.text()}});
    return ExitCode::ok;
  }
  session.terminal.out << "Genuine; whether it was used or refunded, only the store knows.\n"
                       << format_table({{"  number", std::string(ticket::number_of(claims->ticket_id).text())},
                                        {"  event", claims->event_id.text()},
                                        {"  issued", format_time(claims->issued_at)},
                                        {"  key", claims->key_id.text()}});
  return ExitCode::ok;
}

}  // namespace tiketi::cli
