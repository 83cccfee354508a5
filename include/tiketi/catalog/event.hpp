#pragma once
// Nouns: an event and what is said about it. How many places are left is the box office's knowledge.

#include <tiketi/base/id.hpp>
#include <tiketi/base/money.hpp>
#include <tiketi/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tiketi {

/// Derived from the clock, the stock and `cancelled`; never stored, so it changes at the exact
/// boundary. See `catalog::status_of`.
enum class EventStatus : std::uint8_t { upcoming, on_sale, sold_out, ended, cancelled };

/// How much one customer may take. Zero means no limit.
struct SaleLimits {
  std::int32_t per_reservation = 0;
  std::int32_t per_buyer = 0;  ///< held and sold together, for the event
  friend bool operator==(const SaleLimits&, const SaleLimits&) = default;
};

/// Invariants (`catalog::check`): title not empty; sale_start < sale_end <= event_date; price and
/// capacity not negative; texts clean UTF-8 within their bounds.
struct Event {
  EventId id;
  std::string title;
  std::string description;
  std::string venue;
  std::string address;
  std::string artist;
  std::string poster_url;
  Timestamp event_date;
  Timestamp sale_start;
  Timestamp sale_end;
  std::optional<SeatLayoutId> layout_id;
  Money price;                ///< the price "from": the lowest of its seats and ticket types
  std::int64_t capacity = 0;  ///< places for sale in all; blocked seats don't count
  SaleLimits limits;
  bool cancelled = false;
  std::int64_t version = 0;  ///< 1 when first stored; plus one at each change
  Timestamp created_at;
  Timestamp updated_at;
  friend bool operator==(const Event&, const Event&) = default;
};

/// A kind of general admission. The box office sells from its own copy of price and quantity.
struct TicketType {
  TicketTypeId id;
  EventId event_id;
  std::string name;
  std::string description;
  Money price;
  std::int64_t total_quantity = 0;
  friend bool operator==(const TicketType&, const TicketType&) = default;
};

/// What to change of a ticket type; what is not set stays.
struct EditTicketType {
  TicketTypeId id;
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::int64_t> price_minor;  ///< of future reservations
  std::optional<std::int64_t> total_quantity;
};

/// The same thing in two languages, for the search: `싸이` and `PSY`.
struct Keyword {
  std::string korean;
  std::string english;
  std::string entity_type;  ///< artist, venue or general
  friend bool operator==(const Keyword&, const Keyword&) = default;
};

}  // namespace tiketi
