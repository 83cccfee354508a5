#pragma once
// Pure decisions about events and layouts.

#include <tiketi/base/result.hpp>
#include <tiketi/catalog/event.hpp>
#include <tiketi/catalog/inventory.hpp>
#include <tiketi/catalog/seat_layout.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::catalog {

inline constexpr std::size_t max_title_bytes = 600;
inline constexpr std::size_t max_name_bytes = 200;
inline constexpr std::size_t max_description_bytes = 20'000;
inline constexpr std::size_t max_url_bytes = 2'000;
inline constexpr std::size_t max_ticket_types = 200;
inline constexpr std::int64_t max_ticket_quantity = 100'000'000;

/// CA2. A sale is open from sale_start, inclusive, to sale_end, exclusive. Once nothing can be bought
/// any more the event counts as ended. An event without places is never sold out.
constexpr EventStatus status_of(const Event& event, const std::optional<Availability>& places, Timestamp now) noexcept {
  if (event.cancelled) return EventStatus::cancelled;
  if (now >= event.sale_end) return EventStatus::ended;
  if (now < event.sale_start) return EventStatus::upcoming;
  return places && places->total > 0 && places->available == 0 ? EventStatus::sold_out : EventStatus::on_sale;
}

std::string_view name(EventStatus status) noexcept;  ///< `on_sale`
std::optional<EventStatus> parse_event_status(std::string_view text) noexcept;

/// The invariants of an event, first failure first: invalid_argument, limit_exceeded (beyond the bounds above) or
/// overflow (a ticket type's price times its quantity); details: field.
Result<void> check(const Event& event);
Result<void> check(const TicketType& type);

/// A ticket type among what an event offers already (of which it may be an older version): the invariants of a ticket
/// type; invalid_argument (another currency than the event's), limit_exceeded (too many), overflow (all places
/// together are worth more than fits); details: field.
Result<void> check(const TicketType& type, const Event& event, const Offer& offer);

/// What all places together cost, or nothing if that does not fit in 64 bits.
std::optional<std::int64_t> worth(const Offer& offer) noexcept;

TicketType edited(TicketType type, const EditTicketType& edit);

/// The event with the capacity and the price "from" of what is offered.
Event offering(Event event, const Offer& offer);

/// The ticket type with name, price and quantity as they are offered; unchanged if it is not.
TicketType offering(TicketType type, const Offer& offer);

/// The invariants of a layout: invalid_argument or limit_exceeded; details: field, such as
/// `sections[2].rows`.
Result<void> check(const SeatLayout& layout);

/// How many seats it yields. Only for a layout that passed `check`.
std::int64_t count_seats(const SeatLayout& layout) noexcept;

/// All its seats, by section, row and number. Only for a layout that passed `check`.
std::vector<GeneratedSeat> generate_seats(const SeatLayout& layout);

/// `VIP-1-5`: section, row, number.
std::string seat_label(std::string_view section, std::int32_t row, std::int32_t number);

}  // namespace tiketi::catalog
