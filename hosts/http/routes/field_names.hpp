#pragma once
// What the fields that the core names in its errors are called on the wire, where that differs.

#include <tiketi/base/error.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace tiketi::http {

struct FieldName {
  std::string_view core;
  std::string_view wire;
};

/// `field` with its parts renamed: `ticket_types[0].total_quantity` is `ticketTypes[0].totalQuantity`.
std::string wire_field(std::string field, std::initializer_list<FieldName> names);

/// The error with its `field` renamed.
Error in_wire_names(Error error, std::initializer_list<FieldName> names);

}  // namespace tiketi::http
