#pragma once
// Stores in a PostgreSQL database (13 or later).

#include <tiketi/adapters/stores.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace tiketi::postgres {

struct Options {
  std::int32_t connections = 4;  ///< at most, for reads and writes together; 1 to 64
  std::int64_t connect_timeout_ms = 5'000;
  std::int64_t statement_timeout_ms = 30'000;
  std::int64_t acquire_timeout_ms = 10'000;  ///< how long to wait for a free connection
};

/// `dsn` is a libpq connection URI or keyword string. Connects once to see that it works. Nothing is
/// migrated. invalid_argument, unavailable (details: cause), not_supported (an older server).
Result<std::unique_ptr<Stores>> open(const std::string& dsn, const Options& options = {});

}  // namespace tiketi::postgres
