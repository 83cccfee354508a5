#pragma once
// The documented routes, by bounded context. Each function adds its own to the groups of prefixes they are served
// under.

#include "desks.hpp"
#include "server/router.hpp"

#include <string>

namespace tiketi::http {

void add_identity_routes(Router::Group& api, Desks& desks);
void add_catalog_routes(Router::Group& api, Desks& desks);
void add_reservation_routes(Router::Group& api, Desks& desks);
void add_waiting_room_routes(Router::Group& api, Desks& desks);
void add_payment_routes(Router::Group& api, Desks& desks);
void add_point_routes(Router::Group& api, Desks& desks);
void add_ticket_routes(Router::Group& api, Desks& desks);
void add_notice_routes(Router::Group& api, Desks& desks);
void add_admin_event_routes(Router::Group& api, Desks& desks);
void add_admin_sale_routes(Router::Group& api, Desks& desks);
void add_admin_account_routes(Router::Group& api, Desks& desks);

/// The pages of the sandbox provider, where a browser can walk through a payment.
void add_sandbox_routes(Router& router, Desks& desks);

/// Health, metrics, the OpenAPI document and its browsable page, public keys: without the /api prefix.
void add_operation_routes(Router& router, Desks& desks, const std::string& profile);

}  // namespace tiketi::http
