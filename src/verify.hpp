#pragma once
// Checks that the books are right: those of the box office, and that they agree with the catalogue.

#include <tiketi/adapters/stores.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/catalog/inventory.hpp>

#include <vector>

namespace tiketi {

/// Meant for a store on which no event is being created; one that is half-way is a finding.
Result<std::vector<Finding>> verify_all(Stores& stores, Inventory& inventory);

}  // namespace tiketi
