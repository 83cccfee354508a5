// event cancel

#include "commands/commands.hpp"
#include "format.hpp"
#include "interrupt.hpp"
#include "resolve.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <future>
#include <thread>

namespace tiketi::cli {
namespace {

using namespace std::chrono_literals;

constexpr int max_rounds_in_vain = 20;  // half a second each

std::int64_t reservations_of(Services& services, EventId event) {
  const auto page = services.stores().box_office().reservations_page({{}, event}, 0, 1);
  return page.has_value() ? page->total : 0;
}

/// One round through all reservations, told while it goes on.
Result<EventCancellation> play_round(Services& services, EventId event, Progress& progress, std::int64_t total) {
  auto round = std::async(std::launch::async, [&] { return services.cashier().cancel_event(event); });
  while (round.wait_for(200ms) != std::future_status::ready) {
    const auto stored = services.stores().payments().event_cancellation(event);
    if (stored.has_error() || !*stored) continue;
    progress.show((*stored)->cancelled, total, with_commas((*stored)->cancelled) + " reservations cancelled");
  }
  return round.get();
}

/// Until everybody is refunded. What is being paid this moment can't be cancelled yet: it is waited for.
Result<EventCancellation> cancel_all(Services& services, EventId event, const Terminal& terminal) {
  const std::atomic<bool>& interrupted = stop_on_interrupt();
  Progress progress(terminal);
  const std::int64_t total = reservations_of(services, event);
  std::int64_t before = -1;
  for (int in_vain = 0;;) {
    const auto so_far = play_round(services, event, progress, total);
    if (so_far.has_error() || so_far->finished_at != Timestamp{} || interrupted) return so_far;
    in_vain = so_far->cancelled > before ? 0 : in_vain + 1;
    before = so_far->cancelled;
    if (in_vain == max_rounds_in_vain) return so_far;
    std::this_thread::sleep_for(500ms);
    if (const auto driven = services.cashier().recover(); driven.has_error()) return driven.error();
  }
}

}  // namespace

Ended run(const EventCancelCommand& command, Session& session) {
  const auto services = open_store(session, Needs{.books = true});
  if (services.has_error()) return services.error();
  const auto event = find_event(**services, command.event);
  if (event.has_error()) return event.error();
  const EventId id = event->summary.event.id;
  if (const auto noted = record(**services, "event.cancel", "event", id.text()); noted.has_error())
    return noted.error();
  const auto cancelled = (*services)->catalog().cancel(id);
  if (cancelled.has_error()) return cancelled.error();
  const auto done = cancel_all(**services, id, session.terminal);
  if (done.has_error()) return done.error();
  const bool finished = done->finished_at != Timestamp{};
  const std::string count = with_commas(done->cancelled) + " reservations were cancelled and refunded";
  if (session.json())
    print_json(session.terminal, {{"event", id.text()},
                                  {"title", cancelled->title},
                                  {"cancelled_reservations", done->cancelled},
                                  {"finished", finished}});
  else
    session.terminal.out << cancelled->title << " is cancelled: " << count
                         << (finished ? ".\n"
                                      : ". Some are left, such as those that are being paid; a running server goes on "
                                        "with them, and so does this command, run again.\n");
  if (finished) return ExitCode::ok;
  return stop_on_interrupt() ? ExitCode::interrupted : ExitCode::refused;
}

}  // namespace tiketi::cli
