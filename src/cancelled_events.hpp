#pragma once
// Events that were cancelled in the catalogue, and whose holders nobody gives their money back.

#include <tiketi/base/finding.hpp>
#include <tiketi/box_office/store.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/catalog/store.hpp>
#include <tiketi/payment/cashier.hpp>
#include <tiketi/payment/store.hpp>
#include <tiketi/ports/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace tiketi {

/// An event is cancelled in the catalogue first, and then at the cashier. Whoever does both may die in between: then
/// this does the rest. For one thread at a time.
class CancelledEvents {
 public:
  /// All of them must outlive it.
  CancelledEvents(Catalog& catalog, CatalogStore& events, PaymentStore& payments, Cashier& cashier, Clock& clock)
      : catalog_(catalog), events_(events), payments_(payments), cashier_(cashier), clock_(clock) {}

  /// A chore: hands at most `limit` events to the cashier, whose recovery then cancels their reservations; returns how
  /// many. Costs one small read while no event has changed.
  Result<std::size_t> hand_over(std::size_t limit);

 private:
  Result<bool> is_with_cashier(EventId event);

  Catalog& catalog_;
  CatalogStore& events_;
  PaymentStore& payments_;
  Cashier& cashier_;
  Clock& clock_;
  std::optional<std::int64_t> seen_;     // the catalogue's revision, of which nothing is left to do
  std::set<EventId> with_cashier_ = {};  // for good
};

/// Cancelled events with reservations that nobody is at, though there was time to.
Result<std::vector<Finding>> verify_cancelled_events(CatalogStore& events, PaymentStore& payments,
                                                     BoxOfficeStore& box_office, Timestamp now);

}  // namespace tiketi
