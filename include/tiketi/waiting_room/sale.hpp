#pragma once
// Port: what the waiting room needs to know about the sales before which it stands. In one process direct calls to the
// storage of catalogue, box office and payments.

#include <tiketi/base/id.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tiketi {

/// What an event's sale can take.
struct Sale {
  Timestamp start;
  Timestamp end;  ///< exclusive
  bool cancelled = false;
  std::int64_t places = 0;  ///< for sale in all; 0: nothing is known of its stock, which then counts as endless
  std::int64_t free = 0;    ///< neither held nor sold
  std::int64_t held = 0;    ///< reservations that hold places and are not paid for yet
  /// In progress; only if it was asked for. Exact up to `max_room_payments`; more than that if there are more, or so
  /// many in the whole house that they were not counted by event.
  std::int64_t payments = 0;
  friend bool operator==(const Sale&, const Sale&) = default;

  constexpr bool is_open(Timestamp now) const noexcept { return !cancelled && start <= now && now < end; }
};

struct SaleQuestion {
  EventId event_id;
  bool with_payments = false;
};

/// Thread-safe. An answer may be some seconds old.
class SaleDirectory {
 public:
  virtual ~SaleDirectory() = default;

  /// For each question in turn; nothing where there is no such event. unavailable.
  virtual Result<std::vector<std::optional<Sale>>> sales(std::span<const SaleQuestion> questions) = 0;
};

}  // namespace tiketi
