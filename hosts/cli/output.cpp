#include "output.hpp"

#include <boost/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

namespace tiketi::cli {
namespace {

/// What a person can do about it, where the message alone doesn't say.
std::string_view advice(Errc code) noexcept {
  switch (code) {
    case Errc::event_not_found:
      return "`tiketi events` lists the events; `tiketi seed` loads sample ones";
    case Errc::layout_not_found:
      return "`tiketi layout list` lists the layouts";
    case Errc::seat_not_found:
    case Errc::seat_taken:
    case Errc::seat_blocked:
      return "`tiketi seats EVENT` shows what is free; `tiketi best-available EVENT` chooses";
    case Errc::ticket_type_not_found:
    case Errc::stock_short:
      return "`tiketi event EVENT` shows the ticket types and what is left";
    case Errc::reservation_not_found:
      return "`tiketi reservation --user USER` lists a customer's reservations";
    case Errc::user_not_found:
      return "`tiketi user list --search TEXT` finds accounts";
    case Errc::payment_not_found:
      return "`tiketi payment list --user USER` lists a customer's payments";
    case Errc::ticket_not_found:
      return "`tiketi ticket list RESERVATION` lists the tickets of a reservation";
    case Errc::notice_not_found:
      return "`tiketi notice list` lists the notices";
    case Errc::queue_required:
    case Errc::admission_over:
      return "`tiketi queue enter EVENT --user USER` lets the customer in, or tells the place in the line";
    case Errc::entry_token_forged:
    case Errc::entry_token_other_event:
    case Errc::entry_token_other_user:
    case Errc::entry_token_expired:
      return "`tiketi queue status EVENT --user USER` tells the customer's entry token";
    case Errc::no_best_seats:
      return "ask for fewer seats, another section or a higher price";
    case Errc::hold_expired:
      return "the places are free again: reserve anew";
    case Errc::storage_mismatch:
      return "`tiketi migrate` brings a database of ours up to date";
    case Errc::storage_newer:
      return "use the newer version of tiketi that migrated this database";
    case Errc::storage_full:
      return "make room on the disk and run the command again; nothing of it was stored";
    case Errc::outcome_unknown:
      return "look at what is stored, then run the command again";
    case Errc::version_conflict:
    case Errc::overloaded:
      return "run the command again";
    default:
      return {};
  }
}

}  // namespace

Terminal standard_terminal() {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colour = isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
  return {std::cout, std::cerr, colour, isatty(STDERR_FILENO) == 1};
}

void print_json(const Terminal& terminal, const boost::json::value& value) {
  terminal.out << boost::json::serialize(value) << '\n';
}

ExitCode report_error(const Terminal& terminal, bool json, const Error& error) {
  if (json) {
    boost::json::object details;  // a name may repeat: each has a list
    for (const Detail& each : error.details) {
      auto& values = details[each.name];
      if (!values.is_array()) values.emplace_array();
      values.get_array().emplace_back(each.value);
    }
    print_json(terminal,
               {{"error", {{"code", name(error.code)}, {"message", error.message}, {"details", std::move(details)}}}});
    terminal.out.flush();
  } else {
    terminal.out.flush();
    terminal.err << "tiketi: " << error.message << '\n';
    for (const Detail& each : error.details) terminal.err << "  " << each.name << ": " << each.value << '\n';
    if (const auto text = advice(error.code); !text.empty()) terminal.err << "  " << text << '\n';
    terminal.err.flush();
  }
  return exit_code_of(error.code);
}

Progress::~Progress() {
  if (drawn_) terminal_.err << "\r\x1b[K" << std::flush;
}

void Progress::show(std::int64_t done, std::int64_t total, std::string_view text) {
  if (!terminal_.shows_progress) return;
  constexpr std::int64_t width = 30;
  const std::int64_t filled = std::clamp<std::int64_t>(total > 0 ? done * width / total : 0, 0, width);
  terminal_.err << "\r\x1b[K[" << std::string(static_cast<std::size_t>(filled), '#')
                << std::string(static_cast<std::size_t>(width - filled), '.') << "] "
                << (total > 0 ? done * 100 / total : 0) << "% " << text << std::flush;
  drawn_ = true;
}

}  // namespace tiketi::cli
