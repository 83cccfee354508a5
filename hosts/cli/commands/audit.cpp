// audit

#include "commands/commands.hpp"
#include "format.hpp"
#include "json.hpp"
#include "resolve.hpp"

#include <tiketi/base/time.hpp>

namespace tiketi::cli {
namespace {

/// A day, or a time; Korea's unless it tells its zone.
Result<Timestamp> time_of(const std::string& text, const char* flag) {
  const bool is_day = text.size() == 10;
  if (const auto time = parse_iso8601(is_day ? text + "T00:00" : text)) return *time;
  return Error{Errc::invalid_argument,
               std::string("--") + flag + ": write a day as 2026-11-20, or a time as 2026-11-20T19:00",
               {{"field", flag}}};
}

Result<AuditQuery> query_of(Services& services, const AuditCommand& command) {
  AuditQuery query;
  query.subject_kind = command.kind;
  query.subject_id = command.id;
  query.before_sequence = command.before;
  query.limit = command.limit;
  if (!command.actor.empty()) {
    const auto actor = find_user(services, command.actor);
    if (actor.has_error()) return actor.error();
    query.actor_id = actor->id;
  }
  if (!command.from.empty()) {
    const auto from = time_of(command.from, "from");
    if (from.has_error()) return from.error();
    query.from = *from;
  }
  if (!command.until.empty()) {
    const auto until = time_of(command.until, "until");
    if (until.has_error()) return until.error();
    query.until = *until;
  }
  return query;
}

}  // namespace

Ended run(const AuditCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto query = query_of(**services, command);
  if (query.has_error()) return query.error();
  const auto records = (*services)->audit().entries(*query);
  if (records.has_error()) return records.error();
  boost::json::array list;
  Rows rows{{"AT", "BY", "ACTION", "ABOUT", "DETAILS"}};
  for (const AuditRecord& each : *records) {
    list.push_back(to_json(each));
    const AuditEntry& entry = each.entry;
    rows.push_back({format_time(entry.at), entry.actor_id.is_nil() ? "the house" : entry.actor_email, entry.action,
                    entry.subject_kind + ' ' + entry.subject_id, entry.details});
  }
  if (session.json()) {
    print_json(session.terminal, {{"entries", std::move(list)}});
    return ExitCode::ok;
  }
  if (records->empty()) session.terminal.out << "Nothing of the kind was done.\n";
  else session.terminal.out << format_table(rows);
  if (records->size() == command.limit)
    session.terminal.out << "--before " << records->back().sequence << " shows what came before.\n";
  return ExitCode::ok;
}

}  // namespace tiketi::cli
