// events, event

#include "commands/commands.hpp"
#include "format.hpp"
#include "json.hpp"
#include "resolve.hpp"

#include <tiketi/catalog/rules.hpp>

namespace tiketi::cli {
namespace {

std::string free_of(const std::optional<Availability>& places) {
  return places ? with_commas(places->available) + " / " + with_commas(places->total) : "-";
}

void print_events(const EventPage& page, const EventsCommand& command, std::ostream& out) {
  if (page.total == 0) {
    const bool all = command.search.empty() && command.status.empty();
    out << (all ? "No events yet; `tiketi seed` loads sample ones.\n" : "No event matches.\n");
    return;
  }
  Rows rows{{"TITLE", "ARTIST", "VENUE", "DATE", "STATUS", "FREE", "FROM", "ID"}};
  for (const EventSummary& each : page.events)
    rows.push_back({each.event.title, each.event.artist, each.event.venue,
                    format_time(each.event.event_date).substr(0, 16), std::string(catalog::name(each.status)),
                    free_of(each.availability), format_money(each.event.price), each.event.id.text()});
  const std::int64_t pages = (page.total + command.limit - 1) / command.limit;
  out << format_table(rows) << page.events.size() << " of " << page.total << " events, page " << command.page << " of "
      << pages << ". Dates in Korea's time.\n";
}

void print_event(const EventDetail& detail, std::ostream& out) {
  const Event& event = detail.summary.event;
  Rows rows{{event.title, ""}};
  const auto add = [&rows](const char* name, std::string value) {
    if (!value.empty()) rows.push_back({std::string("  ") + name, std::move(value)});
  };
  add("about", event.description);
  add("artist", event.artist);
  add("venue", event.venue + (event.address.empty() ? "" : ", " + event.address));
  add("date", format_time(event.event_date));
  add("on sale", format_time(event.sale_start) + " to " + format_time(event.sale_end));
  add("status", std::string(catalog::name(detail.summary.status)));
  add("from", format_money(event.price));
  add("free", free_of(detail.summary.availability));
  if (event.limits.per_reservation > 0) add("per reservation", std::to_string(event.limits.per_reservation));
  if (event.limits.per_buyer > 0) add("per customer", std::to_string(event.limits.per_buyer));
  add("id", event.id.text());
  out << format_table(rows);
  if (detail.ticket_types.empty()) return;
  Rows types{{"  TICKET TYPE", "PRICE", "FREE", "ABOUT", "ID"}};
  for (const TicketTypeSummary& each : detail.ticket_types)
    types.push_back({"  " + each.type.name, format_money(each.type.price), free_of(each.availability),
                     each.type.description, each.type.id.text()});
  out << format_table(types);
}

}  // namespace

Ended run(const EventsCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  EventQuery query{{}, command.search, command.page, command.limit};
  if (!command.status.empty()) query.status = catalog::parse_event_status(command.status);
  const auto page = (*services)->catalog().list(query);
  if (page.has_error()) return page.error();
  if (!session.json()) {
    print_events(*page, command, session.terminal.out);
    return ExitCode::ok;
  }
  boost::json::array events;
  for (const EventSummary& each : page->events) events.push_back(to_json(each));
  print_json(session.terminal,
             {{"events", std::move(events)}, {"total", page->total}, {"page", command.page}, {"limit", command.limit}});
  return ExitCode::ok;
}

Ended run(const EventCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto detail = find_event(**services, command.event);
  if (detail.has_error()) return detail.error();
  if (session.json()) print_json(session.terminal, to_json(*detail));
  else print_event(*detail, session.terminal.out);
  return ExitCode::ok;
}

}  // namespace tiketi::cli
