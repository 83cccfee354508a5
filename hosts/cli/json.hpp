#pragma once
// The core's nouns as JSON: snake_case, ids as text, money in the currency's smallest unit, times as ISO
// 8601 in UTC.

#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/seat.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/identity/user.hpp>
#include <tiketi/notice/notice.hpp>
#include <tiketi/payment/payment.hpp>
#include <tiketi/payment/refund.hpp>
#include <tiketi/ports/audit.hpp>
#include <tiketi/ticket/signer.hpp>
#include <tiketi/ticket/ticket.hpp>
#include <tiketi/waiting_room/room.hpp>

#include <boost/json.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tiketi::cli {

boost::json::object to_json(const EventSummary& summary);
boost::json::object to_json(const EventDetail& detail);
boost::json::object to_json(const Reservation& reservation);
boost::json::object to_json(const SeatLayout& layout);  ///< what it amounts to, not all its seats
boost::json::object to_json(const User& user);          ///< without the hash of the password
boost::json::object to_json(const Payment& payment, std::span<const Refund> refunds);
boost::json::object to_json(const Refund& refund);
boost::json::object to_json(const Ticket& ticket);
boost::json::object to_json(const Notice& notice);
boost::json::object to_json(const AuditRecord& record);
boost::json::object to_json(const RoomView& view);
boost::json::object to_json(const RoomStatus& status);
boost::json::object to_json(const RoomRecord& record);

/// What to_json made of it; nothing if it is something else.
std::optional<RoomRecord> parse_room_record(std::string_view json);

}  // namespace tiketi::cli
