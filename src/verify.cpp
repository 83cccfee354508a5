#include "verify.hpp"

#include <tiketi/adapters/local.hpp>

#include "verify_payments.hpp"
#include "verify_tickets.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace tiketi {
namespace {

constexpr std::size_t max_findings = 100;

/// Compares what the catalogue says with what the box office has, event by event.
class Comparison {
 public:
  Comparison(CatalogStore& catalog, Inventory& inventory, std::vector<Finding>& findings)
      : catalog_(catalog), inventory_(inventory), findings_(findings) {}

  Result<void> run() {
    const auto events = catalog_.all_events();
    if (!events) return events.error();
    if (auto known = learn_layouts(); !known) return known;
    std::vector<EventId> ids;
    for (const Event& event : *events) ids.push_back(event.id);
    const auto places = inventory_.availability(ids);
    if (!places) return places.error();
    for (std::size_t i = 0; i < events->size() && findings_.size() < max_findings; ++i)
      if (auto checked = check((*events)[i], (*places)[i]); !checked) return checked;
    return check_sold_out();
  }

 private:
  Result<void> learn_layouts() {
    const auto layouts = catalog_.all_layouts();
    if (!layouts) return layouts.error();
    for (const SeatLayout& layout : *layouts) layouts_.insert(layout.id);
    return {};
  }

  Result<void> check(const Event& event, const std::optional<Availability>& places) {
    const auto types = catalog_.ticket_types(event.id);
    if (!types) return types.error();
    if (!places) {
      if (event.layout_id || !types->empty())
        find("event-has-places", "event " + event.id.text() + " has a layout or ticket types, but no places for sale");
      return {};
    }
    if (event.layout_id && !layouts_.contains(*event.layout_id))
      find("event-layout",
           "event " + event.id.text() + " names the layout " + event.layout_id->text() + ", which does not exist");
    if (event.capacity != places->total)
      find("event-capacity", "event " + event.id.text() + " has a capacity of " + std::to_string(event.capacity) +
                                 ", but " + std::to_string(places->total) + " places for sale");
    return check_stock(event, *types);
  }

  Result<void> check_stock(const Event& event, const std::vector<TicketType>& types) {
    if (types.empty()) return {};
    std::vector<TicketTypeId> ids;
    for (const TicketType& type : types) ids.push_back(type.id);
    const auto stock = inventory_.availability(ids);
    if (!stock) return stock.error();
    for (std::size_t i = 0; i < types.size(); ++i) {
      const auto& available = (*stock)[i];
      if (!available || available->total != types[i].total_quantity)
        find("ticket-type-total", "ticket type " + types[i].id.text() + " of event " + event.id.text() + " has " +
                                      std::to_string(types[i].total_quantity) + " in the catalogue, but " +
                                      (available ? std::to_string(available->total) : "none") + " in the stock");
    }
    return {};
  }

  /// Inventories can't be listed, but those that are sold out can: their events must exist.
  Result<void> check_sold_out() {
    const auto ids = inventory_.sold_out();
    if (!ids) return ids.error();
    const auto events = catalog_.events(*ids);
    if (!events) return events.error();
    for (std::size_t i = 0; i < ids->size(); ++i)
      if (!(*events)[i])
        find("inventory-has-event", "places of event " + (*ids)[i].text() + " are sold, but there is no such event");
    return {};
  }

  void find(std::string invariant, std::string what) {
    if (findings_.size() < max_findings) findings_.push_back({std::move(invariant), std::move(what)});
  }

  CatalogStore& catalog_;
  Inventory& inventory_;
  std::vector<Finding>& findings_;
  std::set<SeatLayoutId> layouts_;
};

}  // namespace

Result<std::vector<Finding>> verify_all(Stores& stores, Inventory& inventory) {
  auto findings = stores.box_office().verify();
  if (!findings) return findings.error();
  if (auto compared = Comparison(stores.catalog(), inventory, *findings).run(); !compared) return compared.error();
  const auto reservations = local::make_ticket_reservations(stores.box_office());
  const auto tickets = verify_tickets(stores.tickets(), *reservations);
  if (!tickets) return tickets.error();
  findings->insert(findings->end(), tickets->begin(), tickets->end());
  for (const auto& more : {stores.identity().verify(), stores.payments().verify(),
                           verify_payments(stores.payments(), stores.box_office(), stores.catalog())}) {
    if (!more) return more.error();
    findings->insert(findings->end(), more->begin(), more->end());
  }
  return findings;
}

}  // namespace tiketi
