#pragma once
// How things of the core look on the wire. Field names, types and words are fixed by the contract.

#include "server/json_writer.hpp"
#include "server/request.hpp"

#include <tiketi/box_office/reservation.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/identity/accounts.hpp>
#include <tiketi/notice/notice.hpp>
#include <tiketi/payment/payment.hpp>
#include <tiketi/payment/refund.hpp>
#include <tiketi/ticket/ticket.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tiketi::http {

// Members of an object that is open.
void write_event_row(JsonWriter& json, const Event& event, EventStatus status);
/// `layout` is that of its seats, if it has any that are for sale.
void write_listed_event(JsonWriter& json, const EventDetail& event, const SeatLayout* layout);
void write_ticket_type(JsonWriter& json, const TicketType& type, std::int64_t available);
void write_layout(JsonWriter& json, const SeatLayout& layout, bool with_total);
void write_user(JsonWriter& json, const User& user);
void write_notice(JsonWriter& json, const Notice& notice);
void write_payment(JsonWriter& json, const Payment& payment, std::span<const Refund> refunds);
void write_refund_amounts(JsonWriter& json, const Refund& refund);
void write_refund(JsonWriter& json, const Refund& refund);
void write_ticket(JsonWriter& json, const Ticket& ticket, const Event& event, const std::string& code);

/// `pagination: {page, limit, total, totalPages}`
void write_pagination(JsonWriter& json, std::int64_t page, std::int64_t limit, std::int64_t total);

/// `sections: […]` of a layout.
void write_sections(JsonWriter& json, const SeatLayout& layout);

std::string_view word(PaymentStatus status) noexcept;  ///< pending, completed, failed, refunded, partially_refunded

/// What a reservation's payment_status says: of a reservation without a payment, pending; confirmed by hand, completed.
std::string_view payment_word(const Reservation& reservation, const Payment* payment) noexcept;

/// Where a section, row and number are in a seat's label `VIP-1-5`; empty and 0 if it is none.
struct SeatLabel {
  std::string section;
  std::int64_t row = 0;
  std::int64_t number = 0;
};
SeatLabel read_seat_label(std::string_view label);

}  // namespace tiketi::http
