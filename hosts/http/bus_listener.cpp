#include "bus_listener.hpp"

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::http {
namespace {

/// The payload's members; empty if it is no object.
boost::json::object members(const Message& message) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(message.payload, error);
  return error || !value.is_object() ? boost::json::object() : std::move(value.as_object());
}

std::string_view text(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

double number(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_int64() ? static_cast<double>(value->as_int64()) : 0;
}

/// The seats that it is about, if that can be told.
std::optional<std::vector<SeatId>> seats(const boost::json::object& object) {
  const boost::json::value* list = object.if_contains("seats");
  if (list == nullptr || !list->is_array()) return std::nullopt;
  std::vector<SeatId> out;
  for (const boost::json::value& each : list->get_array()) {
    const auto seat = each.is_string() ? SeatId::parse(each.get_string()) : std::nullopt;
    if (!seat) return std::nullopt;
    out.push_back(*seat);
  }
  return out;
}

/// `confirmed` of `reservation.confirmed`
std::string last_word(std::string_view topic) { return std::string(topic.substr(topic.rfind('.') + 1)); }

}  // namespace

BusListener::BusListener(EventBus& bus, Desks& desks) : desks_(desks) {
  reservations_ = bus.subscribe("reservation.", [this](const Message& message) { on_reservation(message); });
  payments_ = bus.subscribe("payment.", [this](const Message& message) { on_payment(message); });
  points_ = bus.subscribe("points.", [this](const Message& message) { on_payment(message); });
}

void BusListener::on_reservation(const Message& message) {
  const boost::json::object facts = members(message);
  if (const auto event = EventId::parse(text(facts, "event"))) desks_.changed(*event, seats(facts));
  const std::string what = last_word(message.topic);
  desks_.metrics.counter("tiketi_reservations_total", "Reservations by what became of them", {{"event", what}}).add();
  desks_.metrics.counter("tiketi_seats_total", "Seats and tickets by what became of them", {{"event", what}})
      .add(number(facts, "quantity"));
}

void BusListener::on_payment(const Message& message) {
  const boost::json::object facts = members(message);
  const std::string what = last_word(message.topic);
  const std::string purpose(text(facts, "purpose"));
  desks_.metrics
      .counter("tiketi_payments_total", "Payments by what became of them", {{"event", what}, {"purpose", purpose}})
      .add();
  const std::string currency(text(facts, "currency"));
  if (message.topic == "payment.completed")
    desks_.metrics
        .counter("tiketi_revenue_total", "Paid for reservations, in the currency's smallest unit",
                 {{"currency", currency}})
        .add(number(facts, "amount"));
  if (what != "refunded")  // of a refund it tells all that was given back so far
    desks_.metrics
        .counter("tiketi_payment_amount_total", "What the payments were about, in the currency's smallest unit",
                 {{"event", what}, {"purpose", purpose}, {"currency", currency}})
        .add(number(facts, "amount"));
}

}  // namespace tiketi::http
