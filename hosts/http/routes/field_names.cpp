#include "routes/field_names.hpp"

#include <utility>

namespace tiketi::http {
namespace {

/// Whether the `size` characters at `at` are whole parts of the path: `a.b` in `a.b.c`, not in `a.bc`.
bool is_whole(std::string_view field, std::size_t at, std::size_t size) {
  const bool begins = at == 0 || field[at - 1] == '.';
  const std::size_t end = at + size;
  return begins && (end == field.size() || field[end] == '.' || field[end] == '[');
}

}  // namespace

std::string wire_field(std::string field, std::initializer_list<FieldName> names) {
  for (const FieldName& name : names) {
    const std::size_t at = field.rfind(name.core);
    if (at != field.npos && is_whole(field, at, name.core.size())) field.replace(at, name.core.size(), name.wire);
  }
  return field;
}

Error in_wire_names(Error error, std::initializer_list<FieldName> names) {
  for (Detail& detail : error.details)
    if (detail.name == "field") detail.value = wire_field(std::move(detail.value), names);
  return error;
}

}  // namespace tiketi::http
