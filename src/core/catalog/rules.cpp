#include "core/catalog/field_error.hpp"

#include <tiketi/catalog/rules.hpp>

#include <array>
#include <utility>

namespace tiketi::catalog {
namespace {

constexpr std::array<std::pair<EventStatus, std::string_view>, 5> status_names{{
    {EventStatus::upcoming, "upcoming"},
    {EventStatus::on_sale, "on_sale"},
    {EventStatus::sold_out, "sold_out"},
    {EventStatus::ended, "ended"},
    {EventStatus::cancelled, "cancelled"},
}};

Result<void> check_texts(const Event& event) {
  if (auto ok = check_text("title", event.title, {.max_bytes = max_title_bytes, .required = true}); !ok) return ok;
  const TextBounds prose{.max_bytes = max_description_bytes, .multi_line = true};
  if (auto ok = check_text("description", event.description, prose); !ok) return ok;
  if (auto ok = check_text("venue", event.venue, {.max_bytes = max_name_bytes}); !ok) return ok;
  if (auto ok = check_text("address", event.address, {.max_bytes = max_name_bytes}); !ok) return ok;
  if (auto ok = check_text("artist", event.artist, {.max_bytes = max_name_bytes}); !ok) return ok;
  return check_text("poster_url", event.poster_url, {.max_bytes = max_url_bytes});
}

Result<void> check_time(std::string_view field, Timestamp time) {
  if (time < Timestamp{0} || time > latest_timestamp)
    return refuse(std::string(field), "must be a time in the years 1970 to 9999");
  return {};
}

Result<void> check_times(const Event& event) {
  if (auto ok = check_time("sale_start", event.sale_start); !ok) return ok;
  if (auto ok = check_time("sale_end", event.sale_end); !ok) return ok;
  if (auto ok = check_time("event_date", event.event_date); !ok) return ok;
  if (event.sale_end <= event.sale_start) return refuse("sale_end", "must be after sale_start");
  if (event.event_date < event.sale_end) return refuse("event_date", "must not be before sale_end");
  return {};
}

Result<void> check_price(const Money& price) {
  if (!Currency::parse(price.currency.text()))
    return refuse("price.currency", "must be three capital letters, such as KRW");
  return check_range("price", price.minor, 0, max_price_minor);
}

}  // namespace

std::string_view name(EventStatus status) noexcept {
  for (const auto& [value, text] : status_names)
    if (value == status) return text;
  return {};
}

std::optional<EventStatus> parse_event_status(std::string_view text) noexcept {
  for (const auto& [value, known] : status_names)
    if (known == text) return value;
  return std::nullopt;
}

Result<void> check(const Event& event) {
  if (auto ok = check_texts(event); !ok) return ok;
  if (auto ok = check_times(event); !ok) return ok;
  if (auto ok = check_price(event.price); !ok) return ok;
  if (event.capacity < 0) return refuse("capacity", "must not be negative");
  if (event.limits.per_reservation < 0) return refuse("limits.per_reservation", "must not be negative");
  if (event.limits.per_buyer < 0) return refuse("limits.per_buyer", "must not be negative");
  return {};
}

Result<void> check(const TicketType& type) {
  if (auto ok = check_text("name", type.name, {.max_bytes = max_name_bytes, .required = true}); !ok) return ok;
  const TextBounds prose{.max_bytes = max_description_bytes, .multi_line = true};
  if (auto ok = check_text("description", type.description, prose); !ok) return ok;
  if (auto ok = check_price(type.price); !ok) return ok;
  if (auto ok = check_range("total_quantity", type.total_quantity, 1, max_ticket_quantity); !ok) return ok;
  if (!multiply(type.price, type.total_quantity))
    return refuse("total_quantity", "times price does not fit in 64 bits", Errc::overflow);
  return {};
}

Result<void> check(const TicketType& type, const Event& event, const Offer& offer) {
  if (auto ok = check(type); !ok) return ok;
  if (type.price.currency != event.price.currency) return refuse("price.currency", "must be that of the event");
  Offer with = offer;
  std::erase_if(with.ticket_types, [&](const TicketType& each) { return each.id == type.id; });
  if (with.ticket_types.size() >= max_ticket_types)
    return exceeds("ticket_types", static_cast<std::int64_t>(max_ticket_types), " in number");
  with.ticket_types.push_back(type);
  if (worth(with)) return {};
  return refuse("total_quantity", "makes the event worth more than fits in 64 bits", Errc::overflow);
}

std::optional<std::int64_t> worth(const Offer& offer) noexcept {
  std::optional<std::int64_t> sum = offer.seats_worth_minor;
  for (const TicketType& each : offer.ticket_types) {
    const auto all = multiply(each.price, each.total_quantity);
    sum = sum && all ? checked_add(*sum, all->minor) : std::nullopt;
  }
  return sum;
}

TicketType edited(TicketType type, const EditTicketType& edit) {
  if (edit.name) type.name = *edit.name;
  if (edit.description) type.description = *edit.description;
  if (edit.price_minor) type.price.minor = *edit.price_minor;
  if (edit.total_quantity) type.total_quantity = *edit.total_quantity;
  return type;
}

Event offering(Event event, const Offer& offer) {
  event.capacity = offer.total;
  event.price.minor = offer.lowest_price_minor.value_or(0);
  return event;
}

TicketType offering(TicketType type, const Offer& offer) {
  for (const TicketType& each : offer.ticket_types) {
    if (each.id != type.id) continue;
    type.name = each.name;
    type.price = each.price;
    type.total_quantity = each.total_quantity;
  }
  return type;
}

}  // namespace tiketi::catalog
