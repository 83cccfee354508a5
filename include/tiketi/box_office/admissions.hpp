#pragma once
// Port: who stands at an event's door. In one process the waiting room.

#include <tiketi/base/id.hpp>
#include <tiketi/base/result.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace tiketi {

/// A customer who wants to reserve, and the entry token that he shows; it may be empty.
struct AdmissionClaim {
  EventId event_id;
  UserId user_id;
  std::string_view entry_token;
};

/// Thread-safe.
class Admissions {
 public:
  virtual ~Admissions() = default;

  /// Whether each may come in, in order. Refusals: queue_required, entry_token_forged, entry_token_other_event,
  /// entry_token_other_user, entry_token_expired, admission_over; also unavailable. Counts as activity.
  virtual std::vector<Result<void>> check(std::span<const AdmissionClaim> claims) = 0;
};

}  // namespace tiketi
