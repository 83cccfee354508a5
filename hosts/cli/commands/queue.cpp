// queue

#include "commands/commands.hpp"
#include "files.hpp"
#include "format.hpp"
#include "json.hpp"
#include "resolve.hpp"

#include <tiketi/waiting_room/rules.hpp>

#include <algorithm>
#include <limits>

namespace tiketi::cli {
namespace {

constexpr std::size_t max_log_file_bytes = std::size_t{1} << 30;

/// The store, opened, and the event that the command names.
struct Place {
  std::unique_ptr<Services> services;
  EventId event;

  WaitingRoom& rooms() const { return services->waiting_room(); }
};

Result<Place> open_at(const Session& session, const std::string& event, Needs needs = {}) {
  auto services = open_store(session, needs);
  if (services.has_error()) return services.error();
  const auto found = find_event(**services, event);
  if (found.has_error()) return found.error();
  return Place{std::move(*services), found->summary.event.id};
}

std::string yes_or_no(bool is) { return is ? "yes" : "no"; }

std::string lobby_text(const RoomView& view) {
  if (view.lobby == LobbyPhase::open) return "open: places are drawn when the sale starts";
  if (view.lobby == LobbyPhase::started) return "places were drawn";
  return view.settings.lobby ? "opens for who enters before the sale starts" : "none: first come, first served";
}

void print_room(const RoomView& view, std::ostream& out) {
  const RoomSettings& settings = view.settings;
  Rows rows{{"waiting room", settings.enabled ? "on, " + std::string(name(settings.mode)) : "off: everybody may buy"}};
  const auto add = [&](const char* what, std::string value) { rows.push_back({what, std::move(value)}); };
  add("waiting", with_commas(view.waiting));
  add("active", with_commas(view.active) + " of " + with_commas(settings.threshold));
  add("admits", "at most " + with_commas(settings.rate_per_second) + " a second");
  add("admitted", with_commas(view.admissions) + ", " + with_commas(view.admitted_last_minute) + " in the last minute");
  add("paused", yes_or_no(settings.paused));
  add("sold out", yes_or_no(view.sold_out));
  add("admission lasts", with_commas(settings.active_ms / second_ms) + " s from the last activity");
  if (settings.max_payments > 0) add("stops above", with_commas(settings.max_payments) + " payments in progress");
  add("lobby", lobby_text(view));
  if (!view.commitment.empty()) add("commitment", view.commitment);
  if (!view.seed.empty()) add("seed", view.seed);
  add("log", with_commas(view.records) + " records");
  add("event", view.event_id.text());
  out << format_table(rows);
}

ExitCode tell(const Session& session, const RoomView& view) {
  if (session.json()) print_json(session.terminal, to_json(view));
  else print_room(view, session.terminal.out);
  return ExitCode::ok;
}

std::string where(const RoomStatus& status) {
  const std::string all = with_commas(status.waiting);
  switch (status.standing) {
    case RoomStanding::outside:
      return "Not in the waiting room, where " + all + " wait.";
    case RoomStanding::lobby:
      return "In the lobby with " + all + " in all; places are drawn when the sale starts.";
    case RoomStanding::waiting:
      return "Number " + with_commas(status.position) + " of " + all + " who wait, about " +
             with_commas(status.estimated_wait_s) + " s" + (status.paused ? "; admission is paused." : ".");
    case RoomStanding::active:
      return "Admitted.";
    case RoomStanding::open:
      return "The waiting room is off: everybody may buy.";
  }
  return {};
}

ExitCode tell(const Session& session, const RoomStatus& status) {
  if (session.json()) {
    print_json(session.terminal, to_json(status));
    return ExitCode::ok;
  }
  session.terminal.out << where(status) << '\n';
  if (!status.entry_token.empty()) session.terminal.out << "Entry token: " << status.entry_token << '\n';
  return ExitCode::ok;
}

/// By the names of the HTTP API, as its own entries are.
std::string details_of(const RoomSettingsPatch& patch) {
  boost::json::object out;
  const auto add = [&out](const char* member, const auto& value) {
    if (value) out[member] = *value;
  };
  add("enabled", patch.enabled);
  if (patch.mode) out["mode"] = name(*patch.mode);
  add("threshold", patch.threshold);
  add("rate", patch.rate_per_second);
  add("paused", patch.paused);
  if (patch.active_ms) out["activeSeconds"] = *patch.active_ms / second_ms;
  add("lobbyEnabled", patch.lobby);
  add("maxPayments", patch.max_payments);
  return out.empty() ? std::string() : boost::json::serialize(out);
}

/// Of a log that was written to a file, a JSON object a line.
/// A lobby of a log: what was promised, and what came of it.
struct LobbyDraw {
  std::string commitment;
  std::string seed;           ///< empty: not revealed
  std::vector<UserId> order;  ///< recomputed from it
};

struct AuditedLog {
  RoomAudit audit;
  std::vector<LobbyDraw> lobbies;
};

class LogAuditor {
 public:
  void add(const RoomRecord& record) {
    auditor_.add(record);
    ++out_.audit.records;
    if (record.kind == RoomRecordKind::lobby_opened)
      out_.lobbies.push_back({record.text.substr(0, record.text.find(' ')), {}, {}});
    if (record.kind != RoomRecordKind::started || out_.lobbies.empty()) return;
    out_.lobbies.back().seed = record.text;
    out_.lobbies.back().order = auditor_.waiting();
  }

  AuditedLog end() {
    out_.audit.findings = auditor_.findings();
    out_.audit.admitted = static_cast<std::int64_t>(auditor_.admitted().size());
    out_.audit.waiting = static_cast<std::int64_t>(auditor_.waiting().size());
    return std::move(out_);
  }

 private:
  waiting_room::Auditor auditor_;
  AuditedLog out_;
};

Result<AuditedLog> audit_file(const std::string& file) {
  const auto text = read_text(file, max_log_file_bytes);
  if (text.has_error()) return text.error();
  LogAuditor auditor;
  std::int64_t number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto record = parse_room_record(line);
    ++number;
    if (!record)
      return Error{Errc::invalid_argument,
                   "line " + std::to_string(number) + " is not a record of a waiting room's log",
                   {{"field", "log"}, {"file", file}}};
    auditor.add(*record);
  }
  return auditor.end();
}

Result<AuditedLog> audit_room(const Session& session, const std::string& event) {
  const auto place = open_at(session, event);
  if (place.has_error()) return place.error();
  auto audit = place->rooms().audit(place->event);
  if (audit.has_error()) return audit.error();
  LogAuditor auditor;
  for (std::int64_t after = 0;;) {
    const auto page = place->rooms().log(place->event, after, max_room_log_page);
    if (page.has_error() && page.error().code != Errc::storage_mismatch) return page.error();
    if (page.has_error()) break;  // it is damaged, as the audit has found
    for (const RoomRecord& each : *page) auditor.add(each);
    if (page->size() < max_room_log_page) break;
    after = page->back().sequence;
  }
  AuditedLog out = auditor.end();
  out.audit = std::move(*audit);
  return out;
}

/// Whoever noted the commitment that was published finds out whether the log is that of the same lobby.
void compare(const std::string& commitment, AuditedLog& log) {
  if (commitment.empty() || std::ranges::find(log.lobbies, commitment, &LobbyDraw::commitment) != log.lobbies.end())
    return;
  log.audit.findings.push_back({"room-commitment", "no lobby of this log has committed to " + commitment});
}

boost::json::array lobbies_json(const std::vector<LobbyDraw>& lobbies, bool with_order) {
  boost::json::array out;
  for (const LobbyDraw& each : lobbies) {
    boost::json::object lobby{{"commitment", each.commitment}, {"seed", each.seed}, {"drawn", each.order.size()}};
    if (with_order)
      for (boost::json::array& order = (lobby["order"] = boost::json::array()).get_array();
           const UserId user : each.order)
        order.emplace_back(user.text());
    out.push_back(std::move(lobby));
  }
  return out;
}

void print_lobby(const LobbyDraw& lobby, bool with_order, std::ostream& out) {
  out << "A lobby committed to " << lobby.commitment << "; ";
  if (lobby.seed.empty()) out << "its seed is not revealed.\n";
  else
    out << with_commas(static_cast<std::int64_t>(lobby.order.size())) << " were drawn by the seed " << lobby.seed
        << ".\n";
  if (!with_order) return;
  Rows rows{{"PLACE", "WHO"}};
  for (const UserId user : lobby.order) rows.push_back({std::to_string(rows.size()), user.text()});
  if (rows.size() > 1) out << format_table(rows);
}

void print_records(const std::vector<RoomRecord>& records, const Session& session) {
  if (session.json()) {
    for (const RoomRecord& each : records) print_json(session.terminal, to_json(each));
    return;
  }
  Rows rows{{"SEQUENCE", "AT", "WHAT", "WHO", "NUMBER", "TEXT"}};
  for (const RoomRecord& each : records)
    rows.push_back({with_commas(each.sequence), format_time(each.at), std::string(name(each.kind)),
                    each.user_id.is_nil() ? "" : each.user_id.text(), with_commas(each.number), each.text});
  if (!records.empty()) session.terminal.out << format_table(rows);
}

}  // namespace

Ended run(const QueueShowCommand& command, Session& session) {
  const auto place = open_at(session, command.event);
  if (place.has_error()) return place.error();
  const auto view = place->rooms().view(place->event);
  if (view.has_error()) return view.error();
  return tell(session, *view);
}

Ended run(const QueueSetCommand& command, Session& session) {
  const std::string details = details_of(command.patch);
  if (details.empty()) return Error{Errc::invalid_argument, "say what to change: --on, --threshold, --rate, --pause …"};
  const auto place = open_at(session, command.event);
  if (place.has_error()) return place.error();
  if (const auto noted = record(*place->services, "waiting_room.change", "event", place->event.text(), details);
      noted.has_error())
    return noted.error();
  const auto view = place->rooms().set(place->event, command.patch);
  if (view.has_error()) return view.error();
  return tell(session, *view);
}

Ended run(const QueueEnterCommand& command, Session& session) {
  const auto place = open_at(session, command.event, Needs{.keys = true});
  if (place.has_error()) return place.error();
  const auto user = user_of(*place->services, command.user);
  if (user.has_error()) return user.error();
  const auto status = place->rooms().enter(Enter{place->event, *user});
  if (status.has_error()) return status.error();
  return tell(session, *status);
}

Ended run(const QueueStatusCommand& command, Session& session) {
  const auto place = open_at(session, command.event, Needs{.keys = true});
  if (place.has_error()) return place.error();
  const auto user = user_of(*place->services, command.user);
  if (user.has_error()) return user.error();
  const auto status = place->rooms().status(place->event, *user);
  if (status.has_error()) return status.error();
  return tell(session, *status);
}

Ended run(const QueueLeaveCommand& command, Session& session) {
  const auto place = open_at(session, command.event);
  if (place.has_error()) return place.error();
  const auto user = user_of(*place->services, command.user);
  if (user.has_error()) return user.error();
  const auto left = place->rooms().leave(Leave{.event_id = place->event, .user_id = *user});
  if (left.has_error()) return left.error();
  if (session.json()) print_json(session.terminal, {{"left", user->text()}});
  else session.terminal.out << user->text() << " is not in the waiting room any more.\n";
  return ExitCode::ok;
}

Ended run(const QueueClearCommand& command, Session& session) {
  const auto place = open_at(session, command.event);
  if (place.has_error()) return place.error();
  if (const auto noted = record(*place->services, "waiting_room.clear", "event", place->event.text());
      noted.has_error())
    return noted.error();
  const auto cleared = place->rooms().clear(place->event);
  if (cleared.has_error()) return cleared.error();
  if (session.json()) print_json(session.terminal, {{"cleared", *cleared}});
  else session.terminal.out << "Sent away: " << with_commas(*cleared) << '\n';
  return ExitCode::ok;
}

Ended run(const QueueAuditCommand& command, Session& session) {
  if (command.event.empty() && command.log_file.empty())
    return Error{Errc::invalid_argument, "name an event, or a log with --log"};
  auto log = command.log_file.empty() ? audit_room(session, command.event) : audit_file(command.log_file);
  if (log.has_error()) return log.error();
  compare(command.commitment, *log);
  const RoomAudit& audit = log->audit;
  const ExitCode code = audit.findings.empty() ? ExitCode::ok : ExitCode::findings;
  if (session.json()) {
    boost::json::array list;
    for (const Finding& each : audit.findings) list.push_back({{"invariant", each.invariant}, {"what", each.what}});
    print_json(session.terminal, {{"clean", audit.findings.empty()},
                                  {"records", audit.records},
                                  {"admitted", audit.admitted},
                                  {"waiting", audit.waiting},
                                  {"lobbies", lobbies_json(log->lobbies, command.with_order)},
                                  {"findings", std::move(list)}});
    return code;
  }
  for (const LobbyDraw& each : log->lobbies) print_lobby(each, command.with_order, session.terminal.out);
  for (const Finding& each : audit.findings) session.terminal.out << each.invariant << ": " << each.what << '\n';
  session.terminal.out << with_commas(audit.records) << " records: " << with_commas(audit.admitted)
                       << " were admitted, " << with_commas(audit.waiting) << " wait. "
                       << (audit.findings.empty() ? "All of it follows from the log.\n" : "Something is wrong.\n");
  return code;
}

Ended run(const QueueLogCommand& command, Session& session) {
  const auto place = open_at(session, command.event);
  if (place.has_error()) return place.error();
  std::size_t left = command.limit == 0 ? std::numeric_limits<std::size_t>::max() : command.limit;
  for (std::int64_t after = command.after; left > 0;) {
    const std::size_t asked = std::min(left, max_room_log_page);
    const auto page = place->rooms().log(place->event, after, asked);
    if (page.has_error()) return page.error();
    print_records(*page, session);
    if (page->size() < asked) break;
    after = page->back().sequence;
    left -= asked;
  }
  return ExitCode::ok;
}

}  // namespace tiketi::cli
