#pragma once
// PostgreSQL's binary format of what the stores use: uuid, bigint, text, and arrays of them.

#include "adapters/sql/connection.hpp"

#include <libpq-fe.h>

#include <string>

namespace tiketi::postgres {

/// A parameter, ready to be sent.
struct Encoded {
  Oid type = 0;
  bool null = false;
  std::string bytes;
};

/// The type of the parameter: of one value, or of an array.
Oid type_of(const sql::Column& column, bool array) noexcept;
std::size_t rows_of(const sql::Column& column) noexcept;
Encoded encode_first(const sql::Column& column);
Encoded encode_array(const sql::Column& column);

/// A row of a result.
class ResultRow final : public sql::Row {
 public:
  ResultRow(const PGresult& result, int row) : result_(result), row_(row) {}
  Uuid uuid(int column) const override;
  std::int64_t integer(int column) const override;  ///< of any integer type, bool, or numeric
  std::string_view text(int column) const override;

 private:
  const PGresult& result_;
  int row_;
};

}  // namespace tiketi::postgres
