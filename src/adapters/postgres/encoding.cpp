#include "adapters/postgres/encoding.hpp"

#include <array>

namespace tiketi::postgres {

namespace {

// From pg_type.dat; they never change.
constexpr Oid bigint_type = 20, text_type = 25, uuid_type = 2950, numeric_type = 1700;
constexpr Oid bigint_array_type = 1016, text_array_type = 1009, uuid_array_type = 2951;

template <class Number>
void append(std::string& out, Number number) {
  std::array<char, sizeof(Number)> bytes;
  for (char& byte : bytes) {
    byte = static_cast<char>(number >> (8 * (sizeof(Number) - 1)));
    number = static_cast<Number>(number << 8);
  }
  out.append(bytes.data(), bytes.size());
}

void append_length(std::string& out, std::size_t length) { append(out, static_cast<std::uint32_t>(length)); }

constexpr std::uint32_t null_length = 0xffff'ffff;

// Each value with its length before it, as in an array. A nil UUID is NULL.
void append_value(std::string& out, Uuid value) {
  if (value.is_nil()) return append(out, null_length);
  append_length(out, 16);
  append(out, value.high);
  append(out, value.low);
}

void append_value(std::string& out, std::int64_t value) {
  append_length(out, sizeof value);
  append(out, static_cast<std::uint64_t>(value));
}

void append_value(std::string& out, std::string_view value) {
  append_length(out, value.size());
  out.append(value);
}

template <class Number>
Number big_endian(const char* bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) out = out << 8 | static_cast<unsigned char>(bytes[i]);
  return static_cast<Number>(out);
}

/// A numeric (what sum() makes of bigint) of which the fraction is dropped.
std::int64_t integer_of_numeric(const char* bytes) {
  const auto digits = big_endian<std::int16_t>(bytes);
  const auto weight = big_endian<std::int16_t>(bytes + 2);
  const bool negative = big_endian<std::uint16_t>(bytes + 4) == 0x4000;
  std::uint64_t out = 0;
  for (std::int16_t i = 0; i <= weight; ++i)
    out = out * 10'000 + (i < digits ? big_endian<std::uint16_t>(bytes + 8 + 2 * i) : 0U);
  return static_cast<std::int64_t>(negative ? 0 - out : out);
}

}  // namespace

Oid type_of(const sql::Column& column, bool array) noexcept {
  constexpr Oid single[] = {uuid_type, bigint_type, text_type};
  constexpr Oid arrays[] = {uuid_array_type, bigint_array_type, text_array_type};
  return array ? arrays[column.index()] : single[column.index()];
}

std::size_t rows_of(const sql::Column& column) noexcept {
  return std::visit([](const auto& values) { return values.size(); }, column);
}

Encoded encode_first(const sql::Column& column) {
  std::string value;
  std::visit([&](const auto& values) { append_value(value, values.front()); }, column);
  const bool null = big_endian<std::uint32_t>(value.data()) == null_length;
  return {type_of(column, false), null, value.substr(4)};
}

Encoded encode_array(const sql::Column& column) {
  Encoded out{type_of(column, true), false, {}};
  const std::size_t count = rows_of(column);
  out.bytes.reserve(20 + count * 20);
  append(out.bytes, std::uint32_t{1});  // dimensions
  append(out.bytes, std::uint32_t{1});  // it may hold NULL
  append(out.bytes, type_of(column, false));
  append_length(out.bytes, count);
  append(out.bytes, std::uint32_t{1});  // the first index
  std::visit(
      [&](const auto& values) {
        for (const auto& value : values) append_value(out.bytes, value);
      },
      column);
  return out;
}

Uuid ResultRow::uuid(int column) const {
  if (PQgetlength(&result_, row_, column) != 16) return {};
  const char* bytes = PQgetvalue(&result_, row_, column);
  return {big_endian<std::uint64_t>(bytes), big_endian<std::uint64_t>(bytes + 8)};
}

std::int64_t ResultRow::integer(int column) const {
  const char* bytes = PQgetvalue(&result_, row_, column);
  if (PQgetisnull(&result_, row_, column) != 0) return 0;
  if (PQftype(&result_, column) == numeric_type) return integer_of_numeric(bytes);
  switch (PQgetlength(&result_, row_, column)) {
    case 1:
      return *bytes;
    case 2:
      return big_endian<std::int16_t>(bytes);
    case 4:
      return big_endian<std::int32_t>(bytes);
    case 8:
      return big_endian<std::int64_t>(bytes);
    default:
      return 0;
  }
}

std::string_view ResultRow::text(int column) const {
  return {PQgetvalue(&result_, row_, column), static_cast<std::size_t>(PQgetlength(&result_, row_, column))};
}

}  // namespace tiketi::postgres
