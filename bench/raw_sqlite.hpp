#pragma once
// What SQLite itself can do: the rows of holds written with nothing but its own functions.

#include "venue.hpp"

#include <sqlite3.h>

#include <array>
#include <memory>
#include <span>
#include <string>

namespace tiketi::bench {

class RawSqlite {
 public:
  enum class Mode {
    durable,  ///< with the settings of our own store
    building  ///< whatever is fastest: nothing survives a crash
  };

  /// The file has been migrated before.
  RawSqlite(const std::string& path, Mode mode);

  void execute(const std::string& sql);

  /// Makes holds of seats of one event in one transaction.
  void hold(std::span<const PreparedHold> holds);

  /// The same inside the caller's transaction, and without messages.
  void hold_quietly(std::span<const PreparedHold> holds);

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
  Statement prepare(const char* sql);

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };

  void write(const PreparedHold& hold);
  void tell(const PreparedHold& hold);
  void count(std::span<const PreparedHold> holds);
  void step(const Statement& statement);

  std::unique_ptr<sqlite3, Close> database_;
  Statement begin_, commit_, take_seat_, add_reservation_, add_line_, add_message_, count_;
};

// Blobs and texts must stay until the statement has run.
using UuidBytes = std::array<std::uint8_t, 16>;
void bind_value(const RawSqlite::Statement& statement, int index, const UuidBytes& value);
void bind_value(const RawSqlite::Statement& statement, int index, std::int64_t value);
void bind_value(const RawSqlite::Statement& statement, int index, std::string_view value);

}  // namespace tiketi::bench
