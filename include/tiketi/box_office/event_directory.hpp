#pragma once
// Port: what the box office needs to know about events. In one process a direct call to the catalogue's
// storage.

#include <tiketi/base/id.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>

#include <optional>
#include <span>
#include <vector>

namespace tiketi {

/// When an event is sold, and how much one customer may take (0: no limit).
struct SaleTerms {
  EventId event_id;
  Timestamp sale_start;
  Timestamp sale_end;  ///< exclusive
  bool cancelled = false;
  std::int32_t limit_per_reservation = 0;
  std::int32_t limit_per_buyer = 0;
};

/// Thread-safe. An answer may be some seconds old: cancelling an event also closes its inventory, which
/// every commit checks.
class EventDirectory {
 public:
  virtual ~EventDirectory() = default;

  /// For each id in turn; nothing where there is no such event. unavailable.
  virtual Result<std::vector<std::optional<SaleTerms>>> terms(std::span<const EventId> events) = 0;
};

}  // namespace tiketi
