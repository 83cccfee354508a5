#include <tiketi/adapters/local.hpp>
#include <tiketi/waiting_room/room.hpp>

#include <unordered_map>

namespace tiketi::local {
namespace {

/// Over all events; each second, so it must not take long. If there are more, that is too many for each.
constexpr std::size_t max_payments_counted = 2 * max_room_payments;

/// Those with which the provider is busy.
struct Payments {
  std::unordered_map<EventId, std::int64_t> by_event;
  bool too_many = false;  // to be told apart

  std::int64_t of(EventId event) const {
    if (too_many) return max_payments_counted;
    const auto found = by_event.find(event);
    return found == by_event.end() ? 0 : found->second;
  }
};

class LocalSaleDirectory final : public SaleDirectory {
 public:
  LocalSaleDirectory(CatalogStore& catalog, BoxOfficeStore& box_office, PaymentStore& payments)
      : catalog_(catalog), box_office_(box_office), payments_(payments) {}

  Result<std::vector<std::optional<Sale>>> sales(std::span<const SaleQuestion> questions) override {
    std::vector<EventId> ids;
    bool with_payments = false;
    for (const SaleQuestion& each : questions) {
      ids.push_back(each.event_id);
      with_payments = with_payments || each.with_payments;
    }
    const auto events = catalog_.events(ids);
    if (events.has_error()) return events.error();
    const auto stock = box_office_.ask({.events = ids});
    if (stock.has_error()) return stock.error();
    Payments paying;
    if (with_payments)
      if (auto counted = count_payments(paying); counted.has_error()) return counted.error();

    std::vector<std::optional<Sale>> out(questions.size());
    for (std::size_t i = 0; i < questions.size(); ++i) {
      if (!(*events)[i]) continue;
      const Event& event = *(*events)[i];
      Sale& sale = out[i].emplace();
      sale.start = event.sale_start;
      sale.end = event.sale_end;
      sale.cancelled = event.cancelled;
      if (const auto& inventory = stock->inventories[i]) {
        sale.places = inventory->total;
        sale.free = inventory->available;
        sale.held = inventory->reservations[static_cast<std::size_t>(ReservationStatus::pending)];
      }
      if (questions[i].with_payments) sale.payments = paying.of(event.id);
    }
    return out;
  }

 private:
  Result<void> count_payments(Payments& payments) {
    const auto processing = payments_.due_payments(latest_timestamp, max_payments_counted);
    if (processing.has_error()) return processing.error();
    payments.too_many = processing->size() == max_payments_counted;
    if (payments.too_many) return {};
    std::vector<ReservationId> reservations;
    for (const Payment& each : *processing)
      if (!each.reservation_id.is_nil()) reservations.push_back(each.reservation_id);
    const auto found = box_office_.reservations(reservations);
    if (found.has_error()) return found.error();
    for (const auto& each : *found)
      if (each) ++payments.by_event[each->event_id];
    return {};
  }

  CatalogStore& catalog_;
  BoxOfficeStore& box_office_;
  PaymentStore& payments_;
};

}  // namespace

std::unique_ptr<SaleDirectory> make_sale_directory(CatalogStore& catalog, BoxOfficeStore& box_office,
                                                   PaymentStore& payments) {
  return std::make_unique<LocalSaleDirectory>(catalog, box_office, payments);
}

}  // namespace tiketi::local
