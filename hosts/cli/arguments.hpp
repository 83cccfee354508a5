#pragma once
// The command line as plain data.

#include "load/options.hpp"
#include "simulation/options.hpp"

#include <tiketi/base/error.hpp>
#include <tiketi/waiting_room/room.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tiketi::cli {

struct MigrateCommand {
  bool check_only = false;
};
struct SeedCommand {
  bool replace = false;
  bool scale = false;
  std::int64_t events = 10'000;
  std::int64_t seats = 500;
  std::int64_t users = 0;    ///< if not 0, users instead of events
  std::string tokens_file;   ///< of the users
  std::string profile;       ///< must be `development` for users
  std::string token_secret;  ///< empty: sign by the keys
};
struct EventsCommand {
  std::string status;  ///< empty: any
  std::string search;
  std::int32_t page = 1;
  std::int32_t limit = 10;
};
struct EventCommand {
  std::string event;
};
struct SeatsCommand {
  std::string event;
  std::string section;
  bool full = false;
};
struct LayoutListCommand {};
struct LayoutImportCommand {
  std::string file;  ///< `-`: standard input
  std::string name;
  std::string description;
};
struct LayoutExportCommand {
  std::string layout;
  std::string format = "json";
  std::string output;  ///< empty: standard output
};
struct LayoutCheckCommand {
  std::string file;
};
struct ReserveCommand {
  std::string event;
  std::string user;
  std::vector<std::string> seats;
  std::vector<std::string> tickets;
  std::string key;
  std::string entry_token;
};
struct BestAvailableCommand {
  std::string event;
  std::string user;
  std::int32_t quantity = 1;
  std::string section;
  std::optional<std::int64_t> max_price;
  std::string key;
  std::string entry_token;
};
struct ReservationCommand {
  std::string reservation;  ///< empty: all of the user's
  std::string user;         ///< empty: anybody's
  std::size_t limit = 100;
};
struct ConfirmCommand {
  std::string reservation;
  std::string payment;
  std::string user;
};
struct CancelCommand {
  std::string reservation;
  std::string user;
};
struct ExtendCommand {
  std::string reservation;
  std::int64_t seconds = 60;
  std::string user;
};
struct SweepCommand {
  std::size_t limit = 0;  ///< 0: all
};
struct OutboxListCommand {
  std::size_t limit = 20;
};
struct OutboxPublishCommand {
  std::size_t limit = 0;  ///< 0: all
};
struct VerifyCommand {};
struct EventCancelCommand {
  std::string event;
};

struct UserListCommand {
  std::string search;
  std::int32_t page = 1;
  std::int32_t limit = 20;
};
struct UserShowCommand {
  std::string user;
};
struct UserCreateCommand {
  std::string email;
  std::string name;
  std::string phone;
};
struct UserStandingCommand {
  std::string user;
  bool disabled = false;
};
struct UserPasswordCommand {
  std::string user;
};
struct AdminCreateCommand {
  std::string email;
  std::string name = "Administrator";
};
struct AdminRoleCommand {
  std::string user;
  bool admin = false;
};

struct PointsBalanceCommand {
  std::string user;
};
struct PointsHistoryCommand {
  std::string user;
  std::int32_t page = 1;
  std::int32_t limit = 20;
};
struct PaymentListCommand {
  std::string user;
  std::size_t limit = 100;
};
struct PaymentShowCommand {
  std::string payment;
};
struct PaymentRecoverCommand {
  std::size_t limit = 0;  ///< 0: all
};
struct RefundCommand {
  std::string payment;
  std::optional<std::int64_t> amount;  ///< nothing: all that is left
  std::string reason;
};
struct LedgerCommand {};

struct TicketListCommand {
  std::string reservation;  ///< empty: all of the user's
  std::string user;
  std::int32_t page = 1;
  std::int32_t limit = 20;
};
struct TicketShowCommand {
  std::string ticket;
};
struct TicketCodeCommand {
  std::string ticket;
};
struct TicketQrCommand {
  std::string ticket;
  std::string output = "-";  ///< `-`: standard output, as SVG
};
struct TicketCheckInCommand {
  std::string ticket;  ///< code, number or id
  std::string gate;
  std::string event;  ///< empty: any
};
struct TicketVerifyCommand {
  std::string code;
  std::vector<std::string> key_files;
};

struct NoticeListCommand {
  std::int32_t page = 1;
  std::int32_t limit = 20;
};
struct NoticeCreateCommand {
  std::string title;
  std::string content;  ///< `-`: standard input
  std::string author = "Administrator";
  bool pinned = false;
};
struct NoticeUpdateCommand {
  std::string notice;
  std::optional<std::string> title;
  std::optional<std::string> content;  ///< `-`: standard input
  bool pin = false;
  bool unpin = false;
};
struct NoticeRemoveCommand {
  std::string notice;
};

struct QueueShowCommand {
  std::string event;
};
struct QueueSetCommand {
  std::string event;
  RoomSettingsPatch patch;
};
struct QueueEnterCommand {
  std::string event;
  std::string user;
};
struct QueueStatusCommand {
  std::string event;
  std::string user;
};
struct QueueLeaveCommand {
  std::string event;
  std::string user;
};
struct QueueClearCommand {
  std::string event;
};
struct QueueAuditCommand {
  std::string event;  ///< empty: the log of the file
  std::string log_file;
  std::string commitment;   ///< that a lobby of the log must have; empty: any
  bool with_order = false;  ///< tell it
};
struct QueueLogCommand {
  std::string event;
  std::int64_t after = 0;
  std::size_t limit = 0;  ///< 0: all
};

struct KeysShowCommand {};
struct KeysRotateCommand {
  bool tokens = false;
  bool tickets = false;  ///< neither: both
};
struct AuditCommand {
  std::string actor;
  std::string kind;
  std::string id;
  std::string from;
  std::string until;
  std::int64_t before = 0;
  std::size_t limit = 20;
};
struct OnSaleCommand {
  OnSaleOptions options;
};
struct BenchHttpCommand {
  load::Options options;
};

using Command =
    std::variant<MigrateCommand, SeedCommand, EventsCommand, EventCommand, SeatsCommand, LayoutListCommand,
                 LayoutImportCommand, LayoutExportCommand, LayoutCheckCommand, ReserveCommand, BestAvailableCommand,
                 ReservationCommand, ConfirmCommand, CancelCommand, ExtendCommand, SweepCommand, OutboxListCommand,
                 OutboxPublishCommand, VerifyCommand, EventCancelCommand, UserListCommand, UserShowCommand,
                 UserCreateCommand, UserStandingCommand, UserPasswordCommand, AdminCreateCommand, AdminRoleCommand,
                 PointsBalanceCommand, PointsHistoryCommand, PaymentListCommand, PaymentShowCommand,
                 PaymentRecoverCommand, RefundCommand, LedgerCommand, TicketListCommand, TicketShowCommand,
                 TicketCodeCommand, TicketQrCommand, TicketCheckInCommand, TicketVerifyCommand, NoticeListCommand,
                 NoticeCreateCommand, NoticeUpdateCommand, NoticeRemoveCommand, QueueShowCommand, QueueSetCommand,
                 QueueEnterCommand, QueueStatusCommand, QueueLeaveCommand, QueueClearCommand, QueueAuditCommand,
                 QueueLogCommand, KeysShowCommand, KeysRotateCommand, AuditCommand, OnSaleCommand, BenchHttpCommand>;

struct Arguments {
  std::string store = "sqlite:tiketi.db";
  std::string keys_directory;  ///< empty: beside an SQLite file
  std::string sandbox_file;    ///< empty: beside an SQLite file
  bool json = false;
  Command command;
};

/// Help or version: to be printed, and that's all.
struct Text {
  std::string text;
};

using Parsed = std::variant<Arguments, Text, Error>;

Parsed parse_arguments(int argc, const char* const* argv);

}  // namespace tiketi::cli
