// seed

#include "commands/commands.hpp"
#include "files.hpp"
#include "format.hpp"
#include "seeding.hpp"
#include "user_seeding.hpp"

#include <boost/json.hpp>

namespace tiketi::cli {
namespace {

Result<Seeded> seed(Services& services, const SeedCommand& command, const Terminal& terminal) {
  Progress progress(terminal);
  return command.scale ? seed_scale(services, command.events, command.seats, progress)
                       : seed_sample(services, command.replace, progress);
}

constexpr std::string_view development = "development";

/// What the server signs with.
Result<std::unique_ptr<Services>> open_with_signer(const SeedCommand& command, const Session& session) {
  OpenOptions options;
  options.token_secret = command.token_secret;
  options.allow_short_secret = true;  // as the server does in development
  options.keys_directory = command.token_secret.empty() ? keys_directory(session) : std::string();
  if (command.token_secret.empty() && options.keys_directory.empty())
    return Error{Errc::invalid_argument,
                 "name what the servers of this store sign tokens with: --keys DIR or --jwt-secret SECRET",
                 {{"field", "keys"}}};
  return open_store(session, Store::may_be_new, options);
}

Ended make_users(const SeedCommand& command, Session& session) {
  if (command.profile != development)
    return Error{Errc::invalid_argument,
                 "--users makes accounts with a password that everybody knows: say --profile development (or "
                 "TIKETI_PROFILE=development) if this store is not a live one",
                 {{"field", "profile"}}};
  const auto services = open_with_signer(command, session);
  if (services.has_error()) return services.error();
  // Before the work: a file that can't be written would cost all of it.
  if (const auto made = write_file(command.tokens_file, {}, FileMode::secret); made.has_error()) return made.error();
  if (const auto noted = record(**services, "user.seed", "user", "many",
                                boost::json::serialize(boost::json::object{{"users", command.users}}));
      noted.has_error())
    return noted.error();
  const auto seeded = [&] {
    Progress progress(session.terminal);
    return seed_users(**services, command.users, progress);
  }();
  if (seeded.has_error()) return seeded.error();
  if (const auto written = write_file(command.tokens_file, seeded->lines, FileMode::secret); written.has_error())
    return written.error();
  if (session.json())
    print_json(session.terminal,
               {{"created", seeded->created}, {"present", seeded->present}, {"file", command.tokens_file}});
  else
    session.terminal.out << with_commas(seeded->created) << " users made, " << with_commas(seeded->present)
                         << " were there; all of them are logged in, and their tokens in " << command.tokens_file
                         << ".\n";
  return ExitCode::ok;
}

}  // namespace

Ended run(const SeedCommand& command, Session& session) {
  if (command.users > 0) return make_users(command, session);
  if (command.scale && command.replace)
    return Error{Errc::invalid_argument, "--replace: only for the sample catalogue, not with --scale"};
  const auto services = open_store(session, Store::may_be_new);
  if (services.has_error()) return services.error();
  const auto seeded = seed(**services, command, session.terminal);
  if (seeded.has_error()) return seeded.error();
  if (session.json()) {
    print_json(session.terminal, {{"layouts", seeded->layouts},
                                  {"created", seeded->created},
                                  {"present", seeded->present},
                                  {"updated", seeded->updated},
                                  {"places", seeded->places}});
    return ExitCode::ok;
  }
  session.terminal.out << with_commas(seeded->created) << " events made, " << with_commas(seeded->present)
                       << " were there, " << with_commas(seeded->updated) << " given today's dates; "
                       << with_commas(seeded->places) << " places in all.\n";
  if (!command.scale)
    session.terminal.out << "`tiketi events` lists them, `tiketi simulate on-sale` lets 100,000 fans loose on one.\n";
  return ExitCode::ok;
}

}  // namespace tiketi::cli
