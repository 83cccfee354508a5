#pragma once
// What is for sale for an event: put there as a whole, and changed later.

#include "adapters/sql/connection.hpp"

#include <tiketi/box_office/inventory_change.hpp>
#include <tiketi/box_office/seat.hpp>

#include <cstdint>

namespace tiketi::sql {

/// The errors of `BoxOfficeStore::load` and `BoxOfficeStore::change_inventory`.
Result<void> load_inventory(Database& database, const NewInventory& inventory);
Result<std::int64_t> change_inventory(Database& database, const InventoryChange& change);

}  // namespace tiketi::sql
