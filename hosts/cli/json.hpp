#pragma once
// The core's nouns as JSON: snake_case, ids as text, money in the currency's smallest unit, times as ISO
// 8601 in UTC.

#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/seat.hpp>
#include <tiketi/catalog/catalog.hpp>

#include <boost/json.hpp>

#include <string_view>

namespace tiketi::cli {

boost::json::object to_json(const EventSummary& summary);
boost::json::object to_json(const EventDetail& detail);
boost::json::object to_json(const Reservation& reservation);
boost::json::object to_json(const SeatLayout& layout);  ///< what it amounts to, not all its seats

std::string_view name(PlaceStatus status) noexcept;
std::string_view name(ReservationStatus status) noexcept;

}  // namespace tiketi::cli
