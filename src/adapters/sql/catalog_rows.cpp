#include "adapters/sql/catalog_rows.hpp"

#include <tiketi/catalog/layout_text.hpp>
#include "adapters/sql/batch.hpp"

#include <string>
#include <utility>

namespace tiketi::sql {
namespace {

using Type = Field::Type;

const std::vector<Field>& event_fields() {
  static const std::vector<Field> fields{{"title", Type::text},
                                         {"description", Type::text},
                                         {"venue", Type::text},
                                         {"address", Type::text},
                                         {"artist", Type::text},
                                         {"poster_url", Type::text},
                                         {"event_date"},
                                         {"sale_start"},
                                         {"sale_end"},
                                         {"layout_id", Type::uuid},
                                         {"currency", Type::text},
                                         {"price_minor"},
                                         {"capacity"},
                                         {"limit_per_reservation"},
                                         {"limit_per_buyer"},
                                         {"cancelled"},
                                         {"version"},
                                         {"created_at"},
                                         {"updated_at"}};
  return fields;
}

const std::vector<Field>& ticket_type_fields() {
  static const std::vector<Field> fields{{"event_id", Type::uuid}, {"name", Type::text}, {"description", Type::text},
                                         {"currency", Type::text}, {"price_minor"},      {"total_quantity"}};
  return fields;
}

const std::vector<Field>& layout_fields() {
  static const std::vector<Field> fields{
      {"name", Type::text}, {"description", Type::text}, {"sections", Type::text}, {"version"}};
  return fields;
}

const std::vector<Field>& key() {
  static const std::vector<Field> fields{{"id", Type::uuid}};
  return fields;
}

std::vector<Field> with_key(const std::vector<Field>& fields) {
  std::vector<Field> out = key();
  out.insert(out.end(), fields.begin(), fields.end());
  return out;
}

std::vector<Column> event_values(std::span<const Event* const> events) {
  const auto text = [&](std::string Event::*member) {
    return column(events, [member](const Event& event) { return std::string_view(event.*member); });
  };
  const auto time = [&](Timestamp Event::*member) {
    return column(events, [member](const Event& event) { return (event.*member).ms; });
  };
  return {column(events, [](const Event& event) { return event.id.uuid; }),
          text(&Event::title),
          text(&Event::description),
          text(&Event::venue),
          text(&Event::address),
          text(&Event::artist),
          text(&Event::poster_url),
          time(&Event::event_date),
          time(&Event::sale_start),
          time(&Event::sale_end),
          column(events, [](const Event& event) { return event.layout_id.value_or(SeatLayoutId{}).uuid; }),
          column(events, [](const Event& event) { return event.price.currency.text(); }),
          column(events, [](const Event& event) { return event.price.minor; }),
          column(events, [](const Event& event) { return event.capacity; }),
          column(events, [](const Event& event) { return event.limits.per_reservation; }),
          column(events, [](const Event& event) { return event.limits.per_buyer; }),
          column(events, [](const Event& event) { return event.cancelled; }),
          column(events, [](const Event& event) { return event.version; }),
          time(&Event::created_at),
          time(&Event::updated_at)};
}

std::vector<Column> ticket_type_values(std::span<const TicketType* const> types) {
  return {column(types, [](const TicketType& type) { return type.id.uuid; }),
          column(types, [](const TicketType& type) { return type.event_id.uuid; }),
          column(types, [](const TicketType& type) { return std::string_view(type.name); }),
          column(types, [](const TicketType& type) { return std::string_view(type.description); }),
          column(types, [](const TicketType& type) { return type.price.currency.text(); }),
          column(types, [](const TicketType& type) { return type.price.minor; }),
          column(types, [](const TicketType& type) { return type.total_quantity; })};
}

std::vector<Column> layout_values(std::span<const SeatLayout* const> layouts, std::span<const std::string> sections) {
  return {column(layouts, [](const SeatLayout& layout) { return layout.id.uuid; }),
          column(layouts, [](const SeatLayout& layout) { return std::string_view(layout.name); }),
          column(layouts, [](const SeatLayout& layout) { return std::string_view(layout.description); }),
          std::vector<std::string_view>(sections.begin(), sections.end()),
          column(layouts, [](const SeatLayout& layout) { return layout.version; })};
}

}  // namespace

Event event_of(const Row& row) {
  Event event;
  event.id = EventId{row.uuid(0)};
  event.title = row.text(1);
  event.description = row.text(2);
  event.venue = row.text(3);
  event.address = row.text(4);
  event.artist = row.text(5);
  event.poster_url = row.text(6);
  event.event_date = {row.integer(7)};
  event.sale_start = {row.integer(8)};
  event.sale_end = {row.integer(9)};
  if (const SeatLayoutId layout{row.uuid(10)}; !layout.is_nil()) event.layout_id = layout;
  event.price.currency = Currency::parse(row.text(11)).value_or(Currency{});
  event.price.minor = row.integer(12);
  event.capacity = row.integer(13);
  event.limits.per_reservation = static_cast<std::int32_t>(row.integer(14));
  event.limits.per_buyer = static_cast<std::int32_t>(row.integer(15));
  event.cancelled = row.integer(16) != 0;
  event.version = row.integer(17);
  event.created_at = {row.integer(18)};
  event.updated_at = {row.integer(19)};
  return event;
}

TicketType ticket_type_of(const Row& row) {
  return {.id = TicketTypeId{row.uuid(0)},
          .event_id = EventId{row.uuid(1)},
          .name = std::string(row.text(2)),
          .description = std::string(row.text(3)),
          .price = {row.integer(5), Currency::parse(row.text(4)).value_or(Currency{})},
          .total_quantity = row.integer(6)};
}

Result<SeatLayout> layout_of(const Row& row) {
  SeatLayout layout{.id = SeatLayoutId{row.uuid(0)},
                    .name = std::string(row.text(1)),
                    .description = std::string(row.text(2)),
                    .version = row.integer(4)};
  auto sections = catalog::parse_sections_json(row.text(3));
  if (!sections)
    return Error{Errc::storage_mismatch,
                 "the stored layout " + layout.name + " can't be read: " + sections.error().message};
  layout.sections = std::move(*sections);
  return layout;
}

Step insert_events(std::span<const Event* const> events) {
  static const Statement statement = bulk_insert("events", with_key(event_fields()));
  return {&statement, event_values(events), {}};
}

Step update_events(std::span<const Event* const> events) {
  static const Statement statement = bulk_update("events", key(), event_fields());
  return {&statement, event_values(events), {}};
}

Step insert_ticket_types(std::span<const TicketType* const> types) {
  static const Statement statement = bulk_insert("ticket_types", with_key(ticket_type_fields()));
  return {&statement, ticket_type_values(types), {}};
}

Step update_ticket_types(std::span<const TicketType* const> types) {
  static const Statement statement = bulk_update("ticket_types", key(), ticket_type_fields());
  return {&statement, ticket_type_values(types), {}};
}

Step insert_layouts(std::span<const SeatLayout* const> layouts, std::span<const std::string> sections) {
  static const Statement statement = bulk_insert("seat_layouts", with_key(layout_fields()));
  return {&statement, layout_values(layouts, sections), {}};
}

Step update_layouts(std::span<const SeatLayout* const> layouts, std::span<const std::string> sections) {
  static const Statement statement = bulk_update("seat_layouts", key(), layout_fields());
  return {&statement, layout_values(layouts, sections), {}};
}

Step insert_keywords(std::span<const Keyword* const> keywords) {
  static const Statement statement =
      bulk_insert("keyword_mappings", {{"korean", Type::text}, {"english", Type::text}, {"entity_type", Type::text}},
                  "ON CONFLICT DO NOTHING");
  return {&statement,
          {column(keywords, [](const Keyword& keyword) { return std::string_view(keyword.korean); }),
           column(keywords, [](const Keyword& keyword) { return std::string_view(keyword.english); }),
           column(keywords, [](const Keyword& keyword) { return std::string_view(keyword.entity_type); })},
          {}};
}

}  // namespace tiketi::sql
