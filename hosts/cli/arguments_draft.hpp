#pragma once
// What the files that declare commands to CLI11 share. Only they include it: it takes its time to compile.

#include "arguments.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace tiketi::cli {

/// Where CLI11 writes what it reads; `chosen` is set by the subcommand that was named.
struct Draft {
  Arguments arguments;
  MigrateCommand migrate;
  SeedCommand seed;
  EventsCommand events;
  EventCommand event;
  SeatsCommand seats;
  LayoutListCommand layout_list;
  LayoutImportCommand layout_import;
  LayoutExportCommand layout_export;
  LayoutCheckCommand layout_check;
  ReserveCommand reserve;
  BestAvailableCommand best;
  ReservationCommand reservation;
  ConfirmCommand confirm;
  CancelCommand cancel;
  ExtendCommand extend;
  SweepCommand sweep;
  OutboxListCommand outbox_list;
  OutboxPublishCommand outbox_publish;
  VerifyCommand verify;
  EventCancelCommand event_cancel;
  UserListCommand user_list;
  UserShowCommand user_show;
  UserCreateCommand user_create;
  UserStandingCommand user_disable{.disabled = true};
  UserStandingCommand user_enable{.disabled = false};
  UserPasswordCommand user_password;
  AdminCreateCommand admin_create;
  AdminRoleCommand admin_grant{.admin = true};
  AdminRoleCommand admin_revoke{.admin = false};
  PointsBalanceCommand points_balance;
  PointsHistoryCommand points_history;
  PaymentListCommand payment_list;
  PaymentShowCommand payment_show;
  PaymentRecoverCommand payment_recover;
  RefundCommand refund;
  LedgerCommand ledger;
  TicketListCommand ticket_list;
  TicketShowCommand ticket_show;
  TicketCodeCommand ticket_code;
  TicketQrCommand ticket_qr;
  TicketCheckInCommand ticket_check_in;
  TicketVerifyCommand ticket_verify;
  NoticeListCommand notice_list;
  NoticeCreateCommand notice_create;
  NoticeUpdateCommand notice_update;
  NoticeRemoveCommand notice_remove;
  QueueShowCommand queue_show;
  QueueSetCommand queue_set;
  QueueEnterCommand queue_enter;
  QueueStatusCommand queue_status;
  QueueLeaveCommand queue_leave;
  QueueClearCommand queue_clear;
  QueueAuditCommand queue_audit;
  QueueLogCommand queue_log;
  KeysShowCommand keys_show;
  KeysRotateCommand keys_rotate;
  AuditCommand audit;
  OnSaleCommand on_sale;
  BenchHttpCommand bench_http;
};

inline constexpr auto event_help = "Id, title, or a part of the title or artist";
inline constexpr auto reservation_help = "Reservation number (TK…) or id";
inline constexpr auto user_help =
    "Customer: a UUID, the e-mail of an account, or any name (the same name is the same customer)";
inline constexpr auto account_help = "Id or e-mail of an account";

/// A subcommand that becomes `command` when it is named.
template <class C>
CLI::App* add(CLI::App& parent, Draft& draft, C& command, const char* name, const char* description,
              const std::string& examples) {
  CLI::App* app = parent.add_subcommand(name, description);
  app->fallthrough();
  app->footer("Examples:\n" + examples);
  app->callback([&draft, &command] { draft.arguments.command = command; });
  return app;
}

template <class T>
CLI::Option* ranged(CLI::App* app, const std::string& flag, T& value, const char* help, T lowest, T highest) {
  return app->add_option(flag, value, help)->check(CLI::Range(lowest, highest))->capture_default_str();
}

/// A group of commands: `tiketi ticket …`.
inline CLI::App* add_group(CLI::App& parent, const char* name, const char* description) {
  CLI::App* group = parent.add_subcommand(name, description);
  group->fallthrough();
  group->require_subcommand(1);
  return group;
}

void add_account_commands(CLI::App& app, Draft& draft);
void add_money_commands(CLI::App& app, Draft& draft);
void add_ticket_commands(CLI::App& app, Draft& draft);
void add_queue_commands(CLI::App& app, Draft& draft);
void add_house_commands(CLI::App& app, Draft& draft);
void add_bench_commands(CLI::App& app, Draft& draft);

}  // namespace tiketi::cli
