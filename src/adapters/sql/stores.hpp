#pragma once
// The stores over any SQL database.

#include "adapters/sql/connection.hpp"

#include <tiketi/adapters/stores.hpp>

#include <memory>

namespace tiketi::sql {

std::unique_ptr<CatalogStore> make_catalog_store(Database& database);
std::unique_ptr<BoxOfficeStore> make_box_office_store(Database& database);
std::unique_ptr<TicketStore> make_ticket_store(Database& database);
std::unique_ptr<NoticeStore> make_notice_store(Database& database);
std::unique_ptr<AuditLog> make_audit_log(Database& database);
std::unique_ptr<Answers> make_answers(Database& database);
std::unique_ptr<IdentityStore> make_identity_store(Database& database);
std::unique_ptr<PaymentStore> make_payment_store(Database& database);
std::unique_ptr<WaitingRoomStore> make_waiting_room_store(Database& database);

/// All of them, with their migrations, owning the database.
std::unique_ptr<Stores> make_stores(std::unique_ptr<Database> database);

}  // namespace tiketi::sql
