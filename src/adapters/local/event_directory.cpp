#include <tiketi/adapters/local.hpp>

namespace tiketi::local {
namespace {

class LocalEventDirectory final : public EventDirectory {
 public:
  explicit LocalEventDirectory(CatalogStore& catalog) : catalog_(catalog) {}

  Result<std::vector<std::optional<SaleTerms>>> terms(std::span<const EventId> ids) override {
    const auto events = catalog_.events(ids);
    if (!events) return events.error();
    std::vector<std::optional<SaleTerms>> out;
    out.reserve(events->size());
    for (const std::optional<Event>& event : *events) {
      if (event)
        out.push_back(SaleTerms{event->id, event->sale_start, event->sale_end, event->cancelled,
                                event->limits.per_reservation, event->limits.per_buyer});
      else out.push_back(std::nullopt);
    }
    return out;
  }

 private:
  CatalogStore& catalog_;
};

}  // namespace

std::unique_ptr<EventDirectory> make_event_directory(CatalogStore& catalog) {
  return std::make_unique<LocalEventDirectory>(catalog);
}

}  // namespace tiketi::local
