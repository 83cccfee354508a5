#pragma once
// What PostgreSQL's refusals mean to the stores.

#include <tiketi/base/error.hpp>

#include <libpq-fe.h>

namespace tiketi::postgres {

/// Of a result that is an error. Classes by SQLSTATE (PostgreSQL documentation, appendix A).
Error error_of(const PGresult& result);

/// The connection is gone, or never came about.
Error lost(const PGconn* connection);

/// True if the server ended the connection with it.
bool is_fatal(const PGresult& result) noexcept;

}  // namespace tiketi::postgres
