// simulate on-sale

#include "simulation/on_sale.hpp"
#include "commands/commands.hpp"
#include "format.hpp"
#include "interrupt.hpp"
#include "resolve.hpp"
#include "seeding.hpp"
#include "simulation/report.hpp"

#include <tiketi/adapters/system.hpp>

#include <boost/json.hpp>

namespace tiketi::cli {
namespace {

/// A store that lives in this process's memory starts empty.
Result<void> seed_memory(Services& services, const Session& session) {
  if (session.arguments.store != "memory") return {};
  Progress progress(session.terminal);
  const auto seeded = seed_sample(services, false, progress);
  if (seeded.has_error()) return seeded.error();
  return {};
}

/// Before the lobby opens, the copy has to be made.
constexpr std::int64_t before_lobby_ms = minute_ms;

/// The event again, under another title, with all its places free and its sale open for a month; with a waiting room
/// after the lobby.
Result<Event> fresh_copy(Services& services, const EventDetail& original, const WaitingRoomOptions& room) {
  const Timestamp now = services.clock().now();
  NewEvent copy{original.summary.event, {}};
  copy.event.id = {};
  copy.event.cancelled = false;
  copy.event.title += " (on-sale of " + format_time(now) + ")";
  copy.event.sale_start = room.on ? now.plus_ms(before_lobby_ms + room.lobby_ms) : now;
  copy.event.sale_end = now.plus_ms(30 * day_ms);
  copy.event.event_date = now.plus_ms(31 * day_ms);
  for (const TicketTypeSummary& each : original.ticket_types) {
    copy.ticket_types.push_back(each.type);
    copy.ticket_types.back().id = {};
    copy.ticket_types.back().event_id = {};
  }
  return std::move(services.catalog().create({std::move(copy)}).front());
}

/// The event to sell, on sale on that clock. event_cancelled, sale_ended, stock_short (nothing is left).
Result<Event> event_on_sale(Services& services, MovedClock& clock, const OnSaleOptions& options) {
  const auto detail = find_event(services, options.event);
  if (detail.has_error()) return detail.error();
  if (options.fresh || options.waiting_room.on) return fresh_copy(services, *detail, options.waiting_room);
  const EventSummary& summary = detail->summary;
  const char* instead = "; --fresh sells a copy of it";
  switch (summary.status) {
    case EventStatus::cancelled:
      return Error{Errc::event_cancelled, std::string("the event is cancelled") + instead};
    case EventStatus::ended:
      return Error{Errc::sale_ended, std::string("the event's sale is over") + instead};
    case EventStatus::sold_out:
      return Error{Errc::stock_short, std::string("the event is sold out, or all of it is held") + instead};
    case EventStatus::upcoming:
      clock.move_to(summary.event.sale_start);
      break;
    case EventStatus::on_sale:
      break;
  }
  if (!summary.availability || summary.availability->total == 0)
    return Error{Errc::stock_short, "the event has no places to sell"};
  return summary.event;
}

}  // namespace

Ended run(const OnSaleCommand& command, Session& session) {
  const OnSaleOptions& options = command.options;
  if (options.abandon_rate + options.late_rate > 1.0)
    return Error{Errc::invalid_argument, "--abandon-rate and --late-rate: together at most 1"};
  if (options.decline_rate + options.lost_rate > 1.0)
    return Error{Errc::invalid_argument, "--decline-rate and --lost-rate: together at most 1"};
  const auto system = make_system_clock();
  MovedClock clock(*system);
  auto opened_with = options_for(session, Needs{.books = true});
  if (opened_with.has_error()) return opened_with.error();
  OpenOptions& open_options = *opened_with;
  open_options.clock = &clock;
  open_options.policy.hold_ms = options.hold_ms;
  open_options.cashier.recovery_after_ms = recovery_after_ms;
  open_options.cashier.keep_hold_asking_ms = hold_while_paying_ms(options);
  const auto services = open_store(session, Store::must_exist, open_options);
  if (services.has_error()) return services.error();
  if (const auto seeded = seed_memory(**services, session); seeded.has_error()) return seeded.error();
  const auto event = event_on_sale(**services, clock, options);
  if (event.has_error()) return event.error();

  const std::atomic<bool>& interrupted = stop_on_interrupt();
  Result<OnSaleReport> report = [&] {
    Progress progress(session.terminal);
    return run_on_sale(**services, clock, *event, options, interrupted, progress);
  }();
  if (report.has_error()) return report.error();
  if (session.json()) print_json(session.terminal, report_json(*report, session.arguments.store));
  else session.terminal.out << report_text(*report, session.arguments.store);
  if (!report->findings.empty()) return ExitCode::findings;
  return report->interrupted ? ExitCode::interrupted : ExitCode::ok;
}

}  // namespace tiketi::cli
