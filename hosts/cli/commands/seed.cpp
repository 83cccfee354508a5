// seed

#include "commands/commands.hpp"
#include "format.hpp"
#include "seeding.hpp"

#include <boost/json.hpp>

namespace tiketi::cli {
namespace {

Result<Seeded> seed(Services& services, const SeedCommand& command, const Terminal& terminal) {
  Progress progress(terminal);
  return command.scale ? seed_scale(services, command.events, command.seats, progress)
                       : seed_sample(services, command.replace, progress);
}

}  // namespace

Ended run(const SeedCommand& command, Session& session) {
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
