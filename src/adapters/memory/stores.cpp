#include "adapters/memory/box_office_store.hpp"
#include "adapters/memory/catalog_store.hpp"

#include <tiketi/adapters/memory.hpp>

namespace tiketi::memory {

namespace {

class MemoryStores final : public Stores {
 public:
  CatalogStore& catalog() override { return *catalog_; }
  BoxOfficeStore& box_office() override { return *box_office_; }
  Result<std::vector<MigrationStatus>> migrations() override { return std::vector<MigrationStatus>{}; }
  Result<std::vector<int>> migrate() override { return std::vector<int>{}; }
  Result<std::int64_t> size_bytes() override { return 0; }

 private:
  std::unique_ptr<CatalogStore> catalog_ = make_catalog_store();
  std::unique_ptr<BoxOfficeStore> box_office_ = make_box_office_store();
};

}  // namespace

std::unique_ptr<Stores> make_stores() { return std::make_unique<MemoryStores>(); }

}  // namespace tiketi::memory
