#pragma once
// The ports between columns, for columns that live in one process: direct calls.

#include <tiketi/box_office/event_directory.hpp>
#include <tiketi/box_office/store.hpp>
#include <tiketi/catalog/inventory.hpp>
#include <tiketi/catalog/store.hpp>
#include <tiketi/payment/store.hpp>
#include <tiketi/ports/ids.hpp>
#include <tiketi/ticket/reservations.hpp>
#include <tiketi/waiting_room/sale.hpp>

#include <memory>

namespace tiketi::local {

/// What they are given must outlive them.
std::unique_ptr<EventDirectory> make_event_directory(CatalogStore& catalog);
std::unique_ptr<Inventory> make_inventory(BoxOfficeStore& box_office, Ids& ids);
std::unique_ptr<TicketReservations> make_ticket_reservations(BoxOfficeStore& box_office);
std::unique_ptr<SaleDirectory> make_sale_directory(CatalogStore& catalog, BoxOfficeStore& box_office,
                                                   PaymentStore& payments);

}  // namespace tiketi::local
