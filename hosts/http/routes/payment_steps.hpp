#pragma once
// The steps that payments of reservations and of points share on their way through the host.

#include "desks.hpp"
#include "server/handler.hpp"
#include "server/json.hpp"
#include "server/request.hpp"
#include "server/response.hpp"

#include <string>

namespace tiketi::http {

/// From a begun payment to the answer: asks the provider, books what it said, responds.
void go_on(Desks& desks, const Request& request, const Respond& respond, Result<BegunPayment> begun);

/// Where the provider's page sends the customer's browser; empty: a page of the sandbox's own.
struct ReturnUrls {
  std::string success;
  std::string fail;
};
ReturnUrls read_return_urls(JsonFields& body);

/// Makes the order: 201 {paymentId, orderId, amount, paymentUrl}.
Response prepared(Desks& desks, const Request& request, Prepare command, const ReturnUrls& urls);

/// 200 {payment} with its refunds.
Response payment_answer(Desks& desks, const Request& request, const Payment& payment);

/// What is shown of the reservation's event is out of date.
void touch_reservation(Desks& desks, ReservationId reservation);

}  // namespace tiketi::http
