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

/// What a command works with beside the tables: the files that --keys and --sandbox name, or else those beside an
/// SQLite file, where they are made if there are none. Other commands leave no files behind.
struct Needs {
  bool keys = false;   ///< that sign tokens and tickets
  bool books = false;  ///< of the sandbox, since money may move
};
/// invalid_argument: a server's store, and the files are not named.
Result<OpenOptions> options_for(const Session& session, Needs needs);
Result<std::unique_ptr<Services>> open_store(const Session& session, Needs needs);

/// The directory of the keys; empty if none is named, and the store has no place for them.
std::string keys_directory(const Session& session);

/// Writes down in the audit log what this command line does, as an action of the house. Before the action, if there is
/// something to name: what can't be written down is not done.
Result<void> record(Services& services, std::string action, std::string subject_kind, std::string subject_id,
                    std::string details = {});

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
Ended run(const EventCancelCommand& command, Session& session);
Ended run(const UserListCommand& command, Session& session);
Ended run(const UserShowCommand& command, Session& session);
Ended run(const UserCreateCommand& command, Session& session);
Ended run(const UserStandingCommand& command, Session& session);
Ended run(const UserPasswordCommand& command, Session& session);
Ended run(const AdminCreateCommand& command, Session& session);
Ended run(const AdminRoleCommand& command, Session& session);
Ended run(const PointsBalanceCommand& command, Session& session);
Ended run(const PointsHistoryCommand& command, Session& session);
Ended run(const PaymentListCommand& command, Session& session);
Ended run(const PaymentShowCommand& command, Session& session);
Ended run(const PaymentRecoverCommand& command, Session& session);
Ended run(const RefundCommand& command, Session& session);
Ended run(const LedgerCommand& command, Session& session);
Ended run(const TicketListCommand& command, Session& session);
Ended run(const TicketShowCommand& command, Session& session);
Ended run(const TicketCodeCommand& command, Session& session);
Ended run(const TicketQrCommand& command, Session& session);
Ended run(const TicketCheckInCommand& command, Session& session);
Ended run(const TicketVerifyCommand& command, Session& session);
Ended run(const NoticeListCommand& command, Session& session);
Ended run(const NoticeCreateCommand& command, Session& session);
Ended run(const NoticeUpdateCommand& command, Session& session);
Ended run(const NoticeRemoveCommand& command, Session& session);
Ended run(const QueueShowCommand& command, Session& session);
Ended run(const QueueSetCommand& command, Session& session);
Ended run(const QueueEnterCommand& command, Session& session);
Ended run(const QueueStatusCommand& command, Session& session);
Ended run(const QueueLeaveCommand& command, Session& session);
Ended run(const QueueClearCommand& command, Session& session);
Ended run(const QueueAuditCommand& command, Session& session);
Ended run(const QueueLogCommand& command, Session& session);
Ended run(const KeysShowCommand& command, Session& session);
Ended run(const KeysRotateCommand& command, Session& session);
Ended run(const AuditCommand& command, Session& session);

}  // namespace tiketi::cli
