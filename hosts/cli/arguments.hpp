#pragma once
// The command line as plain data.

#include "load/options.hpp"
#include "simulation/options.hpp"

#include <tiketi/base/error.hpp>

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
};
struct BestAvailableCommand {
  std::string event;
  std::string user;
  std::int32_t quantity = 1;
  std::string section;
  std::optional<std::int64_t> max_price;
  std::string key;
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
                 OutboxPublishCommand, VerifyCommand, OnSaleCommand, BenchHttpCommand>;

struct Arguments {
  std::string store = "sqlite:tiketi.db";
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
