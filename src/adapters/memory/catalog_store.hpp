#pragma once

#include <tiketi/catalog/store.hpp>

#include <memory>

namespace tiketi::memory {

std::unique_ptr<CatalogStore> make_catalog_store();

}  // namespace tiketi::memory
