#include <tiketi/adapters/local.hpp>

#include <unordered_map>

namespace tiketi::local {
namespace {

/// More are as good as too many.
constexpr std::size_t max_payments_counted = 2'000;

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
    std::unordered_map<EventId, std::int64_t> paying;
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
      if (const auto found = paying.find(event.id); found != paying.end()) sale.payments = found->second;
    }
    return out;
  }

 private:
  /// Those with which the provider is busy.
  Result<void> count_payments(std::unordered_map<EventId, std::int64_t>& counts) {
    const auto processing = payments_.due_payments(latest_timestamp, max_payments_counted);
    if (processing.has_error()) return processing.error();
    std::vector<ReservationId> reservations;
    for (const Payment& each : *processing)
      if (!each.reservation_id.is_nil()) reservations.push_back(each.reservation_id);
    const auto found = box_office_.reservations(reservations);
    if (found.has_error()) return found.error();
    for (const auto& each : *found)
      if (each) ++counts[each->event_id];
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
