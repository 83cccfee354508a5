#include "routes/payment_steps.hpp"

#include "routes/field_names.hpp"
#include "routes/shapes.hpp"
#include "routes/url.hpp"
#include "server/problem.hpp"

#include <optional>
#include <utility>

namespace tiketi::http {
namespace {

void write_paid_reservation(JsonWriter& json, const Reservation& reservation, const Event& event) {
  json.object("event", [&](JsonWriter& e) {
    e.member("title", event.title).member("venue", event.venue).member("event_date", event.event_date);
  });
  json.array("seats", [&](JsonWriter& seats) {
    for (const ReservationLine& each : reservation.lines) {
      if (!each.is_seat()) continue;
      const SeatLabel label = read_seat_label(each.label);
      seats.object([&](JsonWriter& seat) {
        seat.member("id", each.seat_id).member("seat_label", each.label).member("section", label.section);
        seat.member("row_number", label.row).member("seat_number", label.number);
        seat.member("unit_price", each.unit_price_minor);
      });
    }
  });
}

void write_paid(JsonWriter& json, const Payment& payment, const Reservation* reservation) {
  json.member("id", payment.id);
  json.member("reservationId", reservation == nullptr ? std::optional<ReservationId>() : payment.reservation_id);
  json.member("reservationNumber",
              reservation == nullptr ? std::optional<std::string_view>() : reservation->number.text());
  json.member("paymentMethod", name(payment.method)).member("totalAmount", payment.amount.minor);
  json.member("currency", payment.amount.currency.text()).member("paidAt", payment.paid_at);
}

Response paid(const Request& request, const Receipt& receipt) {
  const Payment& payment = receipt.paid.payment;
  std::string body;
  body.reserve(1'024);
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("success", true);
    json.member("message", Text{"결제가 완료되었습니다.", "Paid."}.in(request.language));
    const Reservation* its = receipt.reservation ? &*receipt.reservation : nullptr;
    json.object("payment", [&](JsonWriter& p) { write_paid(p, payment, its); });
    if (its == nullptr) json.member("reservation", nullptr).member("balance", receipt.balance);
    else json.object("reservation", [&](JsonWriter& r) { write_paid_reservation(r, *its, receipt.event); });
  });
  Response response = json(200, std::move(body));
  if (receipt.paid.replayed) response.with_header("Idempotent-Replayed", "true");
  return response;
}

Error payment_error(Error error, std::string_view method_member) {
  return in_wire_names(std::move(error), {{"points", "pointsToUse"}, {"method", method_member}});
}

/// A payment on its way. The callbacks of each step keep it, so that its slot is taken until the last has answered.
struct Course {
  Desks& desks;
  const Request& request;
  Respond respond;
  Slots::Slot slot;
};

void finish(const Course& course, AskedPayment asked) {
  const EventId event = asked.begun.bill.event_id;
  const auto queued =
      course.desks.finish_payment.submit(std::move(asked), [course, event](const Result<Receipt>& done) {
        if (done && done->reservation) course.desks.changed(*done->reservation);
        else course.desks.changed(event);
        course.respond(done ? paid(course.request, *done) : problem(course.request, done.error()));
      });
  if (!queued) course.respond(problem(course.request, queued.error()));
}

void go_on(const Course& course, Result<BegunPayment> begun) {
  if (!begun) return course.respond(problem(course.request, payment_error(begun.error(), "paymentMethod")));
  const auto queued = course.desks.ask_provider().submit({std::move(*begun)}, [course](Result<AskedPayment> asked) {
    if (!asked) return course.respond(problem(course.request, asked.error()));
    finish(course, std::move(*asked));
  });
  if (!queued) course.respond(problem(course.request, queued.error()));
}

bool is_return_url(std::string_view url) {
  if (url.starts_with("/")) return !url.starts_with("//");
  return url.starts_with("https://") || url.starts_with("http://");
}

std::string read_return_url(JsonFields& body, std::string_view name) {
  std::string url = body.optional_text(name, {.max_bytes = 2'000}).value_or("");
  if (!url.empty() && !is_return_url(url))
    body.refuse(name, {"http(s) 주소나 이 서버의 경로여야 합니다.", "must be an http(s) URL or a path on this server"});
  return url;
}

}  // namespace

template <class Command>
void make_payment(Desks& desks, const Request& request, const Respond& respond,
                  Batcher<Command, Result<BegunPayment>>& begin, Command command) {
  const Course course{desks, request, respond, desks.payments_under_way.take()};
  if (!course.slot)
    return respond(
        problem(request, Error{Errc::overloaded, "too many payments are being made; try again in a moment"}));
  const auto queued =
      begin.submit(std::move(command), [course](Result<BegunPayment> begun) { go_on(course, std::move(begun)); });
  if (!queued) respond(problem(request, queued.error()));
}

template void make_payment(Desks&, const Request&, const Respond&, Batcher<Pay, Result<BegunPayment>>&, Pay);
template void make_payment(Desks&, const Request&, const Respond&, Batcher<ConfirmOrder, Result<BegunPayment>>&,
                           ConfirmOrder);

bool look_again(Desks& desks, const std::string& order) {
  const auto payment = desks.services.cashier().look_again(order);
  if (payment) touch_reservation(desks, payment->reservation_id);
  if (payment || payment.error().code == Errc::payment_not_found) return true;
  desks.log.write(telemetry::Level::warning, "a webhook could not be followed; it is tried again",
                  {{"order", order}, {"code", name(payment.error().code)}});
  return false;
}

ReturnUrls read_return_urls(JsonFields& body) {
  return {read_return_url(body, "successUrl"), read_return_url(body, "failUrl")};
}

Response prepared(Desks& desks, const Request& request, Prepare command, const ReturnUrls& urls) {
  command.idempotency_key = request.idempotency_key;
  const auto order = desks.services.cashier().prepare(command);
  if (!order) return problem(request, payment_error(order.error(), "method"));
  std::string url = order->payment_url;
  // The sandbox's page is ours, and told by the query where to go on; a real provider's page is told by its SDK.
  if (desks.services.sandbox() != nullptr)
    url = with_query(std::move(url), {{"successUrl", urls.success}, {"failUrl", urls.fail}});
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("paymentId", order->payment.id).member("orderId", order->payment.order_id);
    json.member("amount", order->payment.card_minor()).member("currency", order->payment.amount.currency.text());
    json.member("paymentUrl", url);
  });
  Response response = json(201, std::move(body));
  if (order->replayed) response.with_header("Idempotent-Replayed", "true");
  return response;
}

Response payment_answer(Desks& desks, const Request& request, const Payment& payment) {
  const auto refunds = desks.services.cashier().refunds_of({&payment.id, 1});
  if (!refunds) return problem(request, refunds.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.object("payment", [&](JsonWriter& p) { write_payment(p, payment, refunds->front()); });
  });
  return json(200, std::move(body));
}

void touch_reservation(Desks& desks, ReservationId reservation) {
  if (reservation.is_nil()) return;
  const auto found = desks.services.box_office().reservation(reservation);
  if (found) desks.changed(*found);
}

}  // namespace tiketi::http
