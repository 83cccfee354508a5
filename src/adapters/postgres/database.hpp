#pragma once
// A PostgreSQL database: a bounded pool of connections.

#include "adapters/sql/connection.hpp"

#include <tiketi/adapters/postgres.hpp>

#include <memory>
#include <string>

namespace tiketi::postgres {

/// Connects once to see that it works. The errors of `open`.
Result<std::unique_ptr<sql::Database>> open_database(const std::string& dsn, const Options& options);

}  // namespace tiketi::postgres
