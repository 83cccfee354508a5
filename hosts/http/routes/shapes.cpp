#include "routes/shapes.hpp"

#include <tiketi/catalog/rules.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string>

namespace tiketi::http {
namespace {

void write_event_texts(JsonWriter& json, const Event& event, EventStatus status) {
  json.member("id", event.id).member("title", event.title).member("description", event.description);
  json.member("venue", event.venue).member("address", event.address).member("event_date", event.event_date);
  json.member("sale_start_date", event.sale_start).member("sale_end_date", event.sale_end);
  json.member("poster_image_url", event.poster_url).member("status", catalog::name(status));
  json.member("artist_name", event.artist).member("currency", event.price.currency.text());
}

std::int64_t number_after(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : 0;
}

}  // namespace

void write_event_row(JsonWriter& json, const Event& event, EventStatus status) {
  write_event_texts(json, event, status);
  json.member("seat_layout_id", event.layout_id).member("pre_scaled", false).member("created_by", nullptr);
  json.member("max_per_reservation", event.limits.per_reservation).member("max_per_user", event.limits.per_buyer);
  json.member("created_at", event.created_at).member("updated_at", event.updated_at);
}

void write_listed_event(JsonWriter& json, const EventDetail& event, const SeatLayout* layout) {
  write_event_texts(json, event.summary.event, event.summary.status);
  std::optional<std::int64_t> lowest;
  std::optional<std::int64_t> highest;
  const auto take = [&](std::int64_t price) {
    lowest = std::min(lowest.value_or(price), price);
    highest = std::max(highest.value_or(price), price);
  };
  for (const TicketTypeSummary& each : event.ticket_types) take(each.type.price.minor);
  if (layout != nullptr)
    for (const LayoutSection& each : layout->sections) take(each.price_minor);
  // A text: clients of the documented site depend on it.
  json.member("ticket_type_count", std::to_string(event.ticket_types.size()));
  json.member("min_price", lowest).member("max_price", highest);
}

void write_ticket_type(JsonWriter& json, const TicketType& type, std::int64_t available) {
  json.member("id", type.id).member("name", type.name).member("price", type.price.minor);
  json.member("total_quantity", type.total_quantity).member("available_quantity", available);
  json.member("description", type.description);
}

void write_sections(JsonWriter& json, const SeatLayout& layout) {
  json.array("sections", [&](JsonWriter& list) {
    for (const LayoutSection& each : layout.sections)
      list.object([&](JsonWriter& section) {
        section.member("name", each.name).member("rows", each.rows).member("seatsPerRow", each.seats_per_row);
        section.member("price", each.price_minor).member("startRow", each.start_row);
      });
  });
}

void write_layout(JsonWriter& json, const SeatLayout& layout, bool with_total) {
  json.member("id", layout.id).member("name", layout.name).member("description", layout.description);
  if (with_total) json.member("total_seats", catalog::count_seats(layout));
  json.object("layout_config", [&](JsonWriter& config) { write_sections(config, layout); });
}

void write_user(JsonWriter& json, const User& user) {
  json.member("id", user.id).member("userId", user.id).member("email", user.email).member("name", user.name);
  json.member("phone", user.phone.empty() ? std::optional<std::string>() : user.phone);
  json.member("role", name(user.role));
  json.member("provider", user.provider == SignInProvider::google ? "GOOGLE" : "LOCAL");
  json.member("profile_image", user.profile_image.empty() ? std::optional<std::string>() : user.profile_image);
  json.member("created_at", user.created_at);
}

void write_notice(JsonWriter& json, const Notice& notice) {
  json.member("id", notice.id).member("title", notice.title).member("content", notice.content);
  json.member("author", notice.author);
  json.member("author_id", notice.author_id.is_nil() ? std::optional<UserId>() : notice.author_id);
  json.member("views", notice.views).member("is_pinned", notice.is_pinned);
  // Clients of the documented site read the one or the other.
  json.member("created_at", notice.created_at).member("createdAt", notice.created_at);
  json.member("updated_at", notice.updated_at);
}

void write_refund_amounts(JsonWriter& json, const Refund& refund) {
  json.member("amount", refund.amount.minor).member("fee", refund.fee_minor).member("card", refund.card_minor());
  json.member("points", refund.points_minor).member("currency", refund.amount.currency.text());
}

void write_refund(JsonWriter& json, const Refund& refund) {
  json.member("id", refund.id).member("payment_id", refund.payment_id);
  json.member("reservation_id",
              refund.reservation_id.is_nil() ? std::optional<ReservationId>() : refund.reservation_id);
  write_refund_amounts(json, refund);
  json.member("reason", name(refund.reason)).member("note", refund.note).member("status", name(refund.status));
  json.member("created_at", refund.created_at);
  json.member("completed_at", refund.completed_at.ms == 0 ? std::optional<Timestamp>() : refund.completed_at);
}

void write_payment(JsonWriter& json, const Payment& payment, std::span<const Refund> refunds) {
  const auto maybe = [](std::string_view text) {
    return text.empty() ? std::optional<std::string_view>() : std::optional(text);
  };
  json.member("id", payment.id).member("order_id", payment.order_id);
  json.member("purpose", payment.purpose == PaymentPurpose::points ? "points" : "reservation");
  json.member("reservation_id",
              payment.reservation_id.is_nil() ? std::optional<ReservationId>() : payment.reservation_id);
  json.member("amount", payment.amount.minor).member("currency", payment.amount.currency.text());
  json.member("point_used", payment.points_minor).member("card_amount", payment.card_minor());
  json.member("refunded_amount", payment.card_refunded_minor + payment.points_refunded_minor);
  json.member("payment_method", name(payment.method)).member("status", word(payment.status));
  json.member("payment_key", maybe(payment.payment_key)).member("failure_code", maybe(payment.failure_code));
  json.member("created_at", payment.created_at);
  json.member("paid_at", payment.paid_at.ms == 0 ? std::optional<Timestamp>() : payment.paid_at);
  json.array("refunds", [&](JsonWriter& list) {
    for (const Refund& each : refunds) list.object([&](JsonWriter& refund) { write_refund(refund, each); });
  });
}

void write_ticket(JsonWriter& json, const Ticket& ticket, const Event& event, const std::string& code) {
  json.member("id", ticket.id).member("number", ticket.number.text());
  json.member("reservation_id", ticket.reservation_id).member("event_id", ticket.event_id);
  json.member("event_title", event.title).member("venue", event.venue).member("event_date", event.event_date);
  json.member("label", ticket.label).member("status", name(ticket.status)).member("issued_at", ticket.issued_at);
  json.member("used_at", ticket.used_at);
  json.member("gate", ticket.gate.empty() ? std::optional<std::string>() : ticket.gate).member("code", code);
}

void write_pagination(JsonWriter& json, std::int64_t page, std::int64_t limit, std::int64_t total) {
  json.object("pagination", [&](JsonWriter& pages) {
    pages.member("page", page).member("limit", limit).member("total", total);
    pages.member("totalPages", (total + limit - 1) / limit);
  });
}

std::string_view word(PaymentStatus status) noexcept {
  switch (status) {
    case PaymentStatus::pending:
    case PaymentStatus::processing:
      return "pending";
    case PaymentStatus::completed:
      return "completed";
    case PaymentStatus::failed:
    case PaymentStatus::cancelled:
      return "failed";
    case PaymentStatus::refunded:
      return "refunded";
    case PaymentStatus::partially_refunded:
      return "partially_refunded";
  }
  return "pending";
}

std::string_view payment_word(const Reservation& reservation, const Payment* payment) noexcept {
  if (payment != nullptr) return word(payment->status);
  return reservation.payment_reference.empty() ? "pending" : "completed";
}

SeatLabel read_seat_label(std::string_view label) {
  const std::size_t second = label.rfind('-');
  if (second == label.npos || second == 0) return {};
  const std::size_t first = label.rfind('-', second - 1);
  if (first == label.npos) return {};
  return {std::string(label.substr(0, first)), number_after(label.substr(first + 1, second - first - 1)),
          number_after(label.substr(second + 1))};
}

}  // namespace tiketi::http
