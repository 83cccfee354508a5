#include "adapters/sql/stores.hpp"

#include "adapters/sql/migrations.hpp"
#include "adapters/sql/watched_database.hpp"

namespace tiketi::sql {

namespace {

class SqlStores final : public Stores {
 public:
  explicit SqlStores(std::unique_ptr<Database> database)
      : database_(std::make_unique<WatchedDatabase>(std::move(database))),
        catalog_(make_catalog_store(*database_)),
        box_office_(make_box_office_store(*database_)),
        identity_(make_identity_store(*database_)) {}

  CatalogStore& catalog() override { return *catalog_; }
  BoxOfficeStore& box_office() override { return *box_office_; }
  TicketStore& tickets() override { return *tickets_; }
  NoticeStore& notices() override { return *notices_; }
  AuditLog& audit() override { return *audit_; }
  Answers& answers() override { return *answers_; }
  IdentityStore& identity() override { return *identity_; }
  PaymentStore& payments() override { return *payments_; }
  WaitingRoomStore& waiting_rooms() override { return *waiting_rooms_; }
  Result<std::vector<MigrationStatus>> migrations() override { return migration_status(*database_); }
  Result<std::vector<int>> migrate() override { return sql::migrate(*database_); }
  void watch(QueryWatcher watcher) override { database_->watch(std::move(watcher)); }
  Result<std::int64_t> size_bytes() override { return database_->size_bytes(); }

 private:
  std::unique_ptr<WatchedDatabase> database_;
  std::unique_ptr<CatalogStore> catalog_;
  std::unique_ptr<BoxOfficeStore> box_office_;
  std::unique_ptr<TicketStore> tickets_ = make_ticket_store(*database_);
  std::unique_ptr<NoticeStore> notices_ = make_notice_store(*database_);
  std::unique_ptr<AuditLog> audit_ = make_audit_log(*database_);
  std::unique_ptr<Answers> answers_ = make_answers(*database_);
  std::unique_ptr<IdentityStore> identity_;
  std::unique_ptr<PaymentStore> payments_ = make_payment_store(*database_);
  std::unique_ptr<WaitingRoomStore> waiting_rooms_ = make_waiting_room_store(*database_);
};

}  // namespace

std::unique_ptr<Stores> make_stores(std::unique_ptr<Database> database) {
  return std::make_unique<SqlStores>(std::move(database));
}

}  // namespace tiketi::sql
