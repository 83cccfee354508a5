#pragma once
// The steps that payments of reservations and of points share on their way through the host.

#include "desks.hpp"
#include "server/handler.hpp"
#include "server/json.hpp"
#include "server/request.hpp"
#include "server/response.hpp"

#include <string>

namespace tiketi::http {

/// Makes a payment: begins it at that desk, asks the provider, books what it said, responds. If too many are being
/// made, that is told before anything has happened.
template <class Command>
void make_payment(Desks& desks, const Request& request, const Respond& respond,
                  Batcher<Command, Result<BegunPayment>>& begin, Command command);

/// Asks the provider what became of an order, and does what it takes. False if that must be tried again.
bool look_again(Desks& desks, const std::string& order);

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
