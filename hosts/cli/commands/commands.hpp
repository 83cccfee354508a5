#pragma once
// What each command does: open the store, call a service, render the answer. Nothing is decided here.

#include "arguments.hpp"
#include "exit_code.hpp"
#include "output.hpp"

#include <tiketi/base/result.hpp>
#include <tiketi/open.hpp>

#include <memory>

namespace tiketi::cli {

/// What a command works with.
struct Session {
  const Arguments& arguments;
  const Terminal& terminal;

  bool json() const { return arguments.json; }
};

/// Opens the store that the command line names. Commands that only make sense on a database that is there
/// say so, rather than leave an empty file behind where a path was mistyped.
enum class Store { must_exist, may_be_new };
Result<std::unique_ptr<Services>> open_store(const Session& session, Store store = Store::must_exist,
                                             const OpenOptions& options = {});

using Ended = Result<ExitCode>;

Ended run(const MigrateCommand& command, Session& session);
Ended run(const SeedCommand& command, Session& session);
Ended run(const EventsCommand& command, Session& session);
Ended run(const EventCommand& command, Session& session);
Ended run(const SeatsCommand& command, Session& session);
Ended run(const LayoutListCommand& command, Session& session);
Ended run(const LayoutImportCommand& command, Session& session);
Ended run(const LayoutExportCommand& command, Session& session);
Ended run(const LayoutCheckCommand& command, Session& session);
Ended run(const ReserveCommand& command, Session& session);
Ended run(const BestAvailableCommand& command, Session& session);
Ended run(const ReservationCommand& command, Session& session);
Ended run(const ConfirmCommand& command, Session& session);
Ended run(const CancelCommand& command, Session& session);
Ended run(const ExtendCommand& command, Session& session);
Ended run(const SweepCommand& command, Session& session);
Ended run(const OutboxListCommand& command, Session& session);
Ended run(const OutboxPublishCommand& command, Session& session);
Ended run(const VerifyCommand& command, Session& session);
Ended run(const OnSaleCommand& command, Session& session);
Ended run(const BenchHttpCommand& command, Session& session);

}  // namespace tiketi::cli
