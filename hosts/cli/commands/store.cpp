// migrate, verify, and opening the store.

#include "commands/commands.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace tiketi::cli {
namespace {

constexpr std::size_t max_store_bytes = 4096;

/// The file of a `sqlite:PATH` store; empty for others.
std::string_view sqlite_path(std::string_view store) {
  constexpr std::string_view prefix = "sqlite:";
  return store.starts_with(prefix) ? store.substr(prefix.size()) : std::string_view{};
}

std::string first_named(const std::string& named, std::string otherwise) {
  return named.empty() ? std::move(otherwise) : named;
}

Error not_named(const char* field, const char* message) {
  return {Errc::invalid_argument, message, {{"field", field}}};
}

}  // namespace

std::string keys_directory(const Session& session) {
  return first_named(session.arguments.keys_directory, files_beside(session.arguments.store).keys_directory);
}

Result<OpenOptions> options_for(const Session& session, Needs needs) {
  const bool is_memory = session.arguments.store == "memory";
  OpenOptions options;
  if (needs.keys) options.keys_directory = keys_directory(session);
  if (needs.keys && !is_memory && options.keys_directory.empty())
    return not_named("keys", "name the directory of the keys that the servers of this store use: --keys DIR");
  if (needs.books)
    options.sandbox_file =
        first_named(session.arguments.sandbox_file, files_beside(session.arguments.store).sandbox_file);
  if (needs.books && !is_memory && options.sandbox_file.empty())
    return not_named("sandbox",
                     "name the file of the sandbox's books that the servers of this store use: "
                     "--sandbox FILE");
  return options;
}

Result<std::unique_ptr<Services>> open_store(const Session& session, Needs needs) {
  const auto options = options_for(session, needs);
  if (options.has_error()) return options.error();
  return open_store(session, Store::must_exist, *options);
}

Result<void> record(Services& services, std::string action, std::string subject_kind, std::string subject_id,
                    std::string details) {
  AuditEntry entry;
  entry.at = services.clock().now();
  entry.action = std::move(action);
  entry.subject_kind = std::move(subject_kind);
  entry.subject_id = std::move(subject_id);
  entry.details = std::move(details);
  return services.audit().record({&entry, 1});
}

Result<std::unique_ptr<Services>> open_store(const Session& session, Store store, const OpenOptions& options) {
  const std::string& address = session.arguments.store;
  if (address.size() > max_store_bytes)
    return Error{Errc::invalid_argument, "--store: an address has at most 4096 bytes", {{"field", "store"}}};
  const std::string_view path = sqlite_path(address);
  std::error_code unknown;
  if (store == Store::must_exist && !path.empty() && path.front() != ':' && !std::filesystem::exists(path, unknown))
    return Error{Errc::unavailable, "there is no database at " + std::string(path) +
                                        "; `tiketi seed` makes one with sample events, --store names another"};
  return tiketi::open(address, options);
}

Ended run(const MigrateCommand& command, Session& session) {
  OpenOptions options;
  options.migrate = command.check_only ? Migrate::check : Migrate::yes;
  const auto services = open_store(session, command.check_only ? Store::must_exist : Store::may_be_new, options);
  if (services.has_error()) return services.error();
  const auto steps = (*services)->stores().migrations();
  if (steps.has_error()) return steps.error();
  if (session.json()) {
    boost::json::array list;
    for (const MigrationStatus& each : *steps)
      list.push_back({{"number", each.number}, {"name", each.name}, {"applied", each.applied}});
    print_json(session.terminal, {{"migrations", std::move(list)}});
    return ExitCode::ok;
  }
  for (const MigrationStatus& each : *steps)
    session.terminal.out << each.number << ' ' << each.name << (each.applied ? ": applied\n" : ": missing\n");
  session.terminal.out << "The store is up to date.\n";
  return ExitCode::ok;
}

Ended run(const VerifyCommand&, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto findings = (*services)->verify();
  if (findings.has_error()) return findings.error();
  const ExitCode code = findings->empty() ? ExitCode::ok : ExitCode::findings;
  if (session.json()) {
    boost::json::array list;
    for (const Finding& each : *findings) list.push_back({{"invariant", each.invariant}, {"what", each.what}});
    print_json(session.terminal, {{"clean", findings->empty()}, {"findings", std::move(list)}});
    return code;
  }
  for (const Finding& each : *findings) session.terminal.out << each.invariant << ": " << each.what << '\n';
  if (findings->empty()) session.terminal.out << "Clean: every invariant holds.\n";
  else session.terminal.out << findings->size() << " broken invariants found.\n";
  return code;
}

}  // namespace tiketi::cli
