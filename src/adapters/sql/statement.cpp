// The SQL of bulk statements, in both forms.

#include "adapters/sql/connection.hpp"

namespace tiketi::sql {

namespace {

std::string_view array_type(Field::Type type) {
  switch (type) {
    case Field::Type::uuid:
      return "uuid[]";
    case Field::Type::integer:
      return "bigint[]";
    case Field::Type::text:
      return "text[]";
  }
  return {};
}

std::string parameter(std::size_t index) { return '$' + std::to_string(index + 1); }

/// Names that no table has, so that a column without a table's name is the table's.
std::string given(std::size_t index) { return "given_" + std::to_string(index + 1); }

/// `item(0), item(1)…`
template <class Item>
std::string list(std::size_t count, std::string_view separator, Item item) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += separator;
    out += item(i);
  }
  return out;
}

std::vector<Field> joined(std::vector<Field> first, const std::vector<Field>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// The arrays as a table of rows.
std::string rows_of(const std::vector<Field>& fields, bool numbered = false) {
  const auto array = [&](std::size_t i) { return parameter(i) + "::" + std::string(array_type(fields[i].type)); };
  return "unnest(" + list(fields.size(), ", ", array) + ")" + (numbered ? " WITH ORDINALITY" : "") + " AS given(" +
         list(fields.size(), ", ", given) + (numbered ? ", given_ordinal)" : ")");
}

std::string matching_parameters(const std::vector<Field>& keys) {
  return list(keys.size(), " AND ", [&](std::size_t i) { return std::string(keys[i].name) + " = " + parameter(i); });
}

std::string matching_given(std::string_view table, const std::vector<Field>& keys) {
  return list(keys.size(), " AND ", [&](std::size_t i) {
    return std::string(table) + '.' + std::string(keys[i].name) + " = given." + given(i);
  });
}

}  // namespace

const Statement& begin_write() {
  static const Statement statement("BEGIN IMMEDIATE", "BEGIN", false);
  return statement;
}

const Statement& begin_read() {
  static const Statement statement("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", false);
  return statement;
}

const Statement& commit() {
  static const Statement statement("COMMIT");
  return statement;
}

const Statement& read_all() {
  static const Statement statement(
      "SELECT 1", "SELECT set_config('statement_timeout', '0', true), set_config('enable_seqscan', 'on', true)", false);
  return statement;
}

Statement bulk_insert(std::string_view table, const std::vector<Field>& fields, std::string_view conflict) {
  const std::string into = "INSERT INTO " + std::string(table) + " (" +
                           list(fields.size(), ", ", [&](std::size_t i) { return std::string(fields[i].name); }) + ") ";
  const std::string ending = conflict.empty() ? "" : ' ' + std::string(conflict);
  return {into + "VALUES (" + list(fields.size(), ", ", parameter) + ')' + ending,
          into + "SELECT " + list(fields.size(), ", ", given) + " FROM " + rows_of(fields, true) +
              " ORDER BY given_ordinal" + ending,
          true};
}

Statement bulk_update(std::string_view table, const std::vector<Field>& keys, const std::vector<Field>& values) {
  const std::string update = "UPDATE " + std::string(table) + " SET ";
  const auto assign = [&](auto source) {
    return list(values.size(), ", ",
                [&](std::size_t i) { return std::string(values[i].name) + " = " + source(keys.size() + i); });
  };
  return {update + assign(parameter) + " WHERE " + matching_parameters(keys),
          update + assign(given) + " FROM " + rows_of(joined(keys, values)) + " WHERE " + matching_given(table, keys),
          true};
}

Statement bulk_delete(std::string_view table, const std::vector<Field>& keys) {
  const std::string from = "DELETE FROM " + std::string(table);
  return {from + " WHERE " + matching_parameters(keys),
          from + " USING " + rows_of(keys) + " WHERE " + matching_given(table, keys), true};
}

Statement bulk_select(std::string_view table, const std::vector<Field>& keys, std::string_view results) {
  const std::string select = "SELECT " + std::string(results) + " FROM ";
  return {select + std::string(table) + " WHERE " + matching_parameters(keys),
          select + rows_of(keys) + " JOIN " + std::string(table) + " ON " + matching_given(table, keys), true};
}

}  // namespace tiketi::sql
