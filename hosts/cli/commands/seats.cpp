// seats

#include "commands/commands.hpp"
#include "format.hpp"
#include "json.hpp"
#include "resolve.hpp"
#include "seat_drawing.hpp"

#include <algorithm>

namespace tiketi::cli {
namespace {

constexpr std::size_t most_seats_drawn_unasked = 6'000;

/// Index of a section by name; -1 for no name.
Result<std::int64_t> find_section(const SeatMap& map, const std::string& name) {
  if (name.empty()) return -1;
  const auto& sections = *map.sections;
  const auto found = std::find(sections.begin(), sections.end(), name);
  if (found != sections.end()) return found - sections.begin();
  std::string known;
  for (const std::string& each : sections) known += (known.empty() ? "" : ", ") + each;
  return Error{Errc::seat_not_found, "--section: the event has no section of that name", {{"sections", known}}};
}

boost::json::object seats_json(const SeatMap& map, Timestamp now, std::int64_t section) {
  const StatusCounts counts = count_statuses(map, now, section);
  boost::json::array seats;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const SeatPlace& place = (*map.places)[i];
    if (section >= 0 && place.section != section) continue;
    seats.push_back({{"id", place.id.text()},
                     {"label", map.label(i)},
                     {"section", (*map.sections)[place.section]},
                     {"row", place.row},
                     {"number", place.number},
                     {"price", place.price_minor},
                     {"x", place.x},
                     {"y", place.y},
                     {"status", name(map.live[i].status_at(now))}});
  }
  return {{"event", map.event_id.text()},
          {"currency", map.currency.text()},
          {"version", map.version},
          {"counts", {{"available", counts[0]}, {"held", counts[1]}, {"sold", counts[2]}, {"blocked", counts[3]}}},
          {"seats", std::move(seats)}};
}

void print_stock(const Places& places, std::ostream& out) {
  if (places.stock.empty()) return;
  Rows rows{{"TICKET TYPE", "PRICE", "TOTAL", "FREE", "HELD", "SOLD"}};
  for (const TicketStock& each : places.stock)
    rows.push_back({each.name, format_money({each.price_minor, places.seats.currency}), with_commas(each.total),
                    with_commas(each.available()), with_commas(each.held), with_commas(each.sold)});
  out << format_table(rows);
}

}  // namespace

Ended run(const SeatsCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto event = find_event(**services, command.event);
  if (event.has_error()) return event.error();
  const auto places = (*services)->box_office().places(event->summary.event.id);
  if (places.has_error()) return places.error();
  const SeatMap& map = places->seats;
  const auto section = find_section(map, command.section);
  if (section.has_error()) return section.error();
  const Timestamp now = (*services)->clock().now();
  if (session.json()) {
    print_json(session.terminal, seats_json(map, now, *section));
    return ExitCode::ok;
  }
  std::ostream& out = session.terminal.out;
  const bool colour = session.terminal.colour;
  out << event->summary.event.title << '\n';
  if (map.size() > 0) {
    const bool condensed = *section < 0 && !command.full && map.size() > most_seats_drawn_unasked;
    out << (condensed ? draw_sections(map, now, colour) : draw_seats(map, now, colour, *section))
        << draw_legend(count_statuses(map, now, *section), colour);
    if (condensed) out << "--section NAME draws a section seat by seat, --full all of them.\n";
  }
  if (*section < 0) print_stock(*places, out);
  return ExitCode::ok;
}

}  // namespace tiketi::cli
