#include "adapters/sql/stores.hpp"

#include "adapters/sql/migrations.hpp"

namespace tiketi::sql {

namespace {

class SqlStores final : public Stores {
 public:
  explicit SqlStores(std::unique_ptr<Database> database)
      : database_(std::move(database)),
        catalog_(make_catalog_store(*database_)),
        box_office_(make_box_office_store(*database_)) {}

  CatalogStore& catalog() override { return *catalog_; }
  BoxOfficeStore& box_office() override { return *box_office_; }
  Result<std::vector<MigrationStatus>> migrations() override { return migration_status(*database_); }
  Result<std::vector<int>> migrate() override { return sql::migrate(*database_); }
  Result<std::int64_t> size_bytes() override { return database_->size_bytes(); }

 private:
  std::unique_ptr<Database> database_;
  std::unique_ptr<CatalogStore> catalog_;
  std::unique_ptr<BoxOfficeStore> box_office_;
};

}  // namespace

std::unique_ptr<Stores> make_stores(std::unique_ptr<Database> database) {
  return std::make_unique<SqlStores>(std::move(database));
}

}  // namespace tiketi::sql
