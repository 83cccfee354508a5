#include "adapters/memory/answers.hpp"
#include "adapters/memory/audit_log.hpp"
#include "adapters/memory/box_office_store.hpp"
#include "adapters/memory/catalog_store.hpp"
#include "adapters/memory/identity_store.hpp"
#include "adapters/memory/notice_store.hpp"
#include "adapters/memory/payment_store.hpp"
#include "adapters/memory/ticket_store.hpp"
#include "adapters/memory/waiting_room_store.hpp"

#include <tiketi/adapters/memory.hpp>

namespace tiketi::memory {

namespace {

class MemoryStores final : public Stores {
 public:
  CatalogStore& catalog() override { return *catalog_; }
  BoxOfficeStore& box_office() override { return *box_office_; }
  TicketStore& tickets() override { return *tickets_; }
  NoticeStore& notices() override { return *notices_; }
  AuditLog& audit() override { return *audit_; }
  Answers& answers() override { return *answers_; }
  IdentityStore& identity() override { return *identity_; }
  PaymentStore& payments() override { return *payments_; }
  WaitingRoomStore& waiting_rooms() override { return *waiting_rooms_; }
  Result<std::vector<MigrationStatus>> migrations() override { return std::vector<MigrationStatus>{}; }
  Result<std::vector<int>> migrate() override { return std::vector<int>{}; }
  void watch(QueryWatcher) override {}
  Result<std::int64_t> size_bytes() override { return 0; }

 private:
  std::unique_ptr<CatalogStore> catalog_ = make_catalog_store();
  const std::shared_ptr<Outbox> outbox_ = std::make_shared<Outbox>();
  std::unique_ptr<BoxOfficeStore> box_office_ = make_box_office_store(outbox_);
  std::unique_ptr<PaymentStore> payments_ = make_payment_store(outbox_);
  std::unique_ptr<TicketStore> tickets_ = make_ticket_store();
  std::unique_ptr<NoticeStore> notices_ = make_notice_store();
  std::unique_ptr<AuditLog> audit_ = make_audit_log();
  std::unique_ptr<Answers> answers_ = make_answers();
  std::unique_ptr<IdentityStore> identity_ = make_identity_store();
  std::unique_ptr<WaitingRoomStore> waiting_rooms_ = make_waiting_room_store();
};

}  // namespace

std::unique_ptr<Stores> make_stores() { return std::make_unique<MemoryStores>(); }

}  // namespace tiketi::memory
