#include "cancelled_events.hpp"

#include <cstdlib>
#include <string>

namespace tiketi {
namespace {

constexpr std::size_t max_findings = 100;

// Longer than it takes to go from the catalogue to the cashier.
constexpr std::int64_t hand_over_after_ms = minute_ms;

// Time enough for the housekeeping.
constexpr std::int64_t find_after_ms = hour_ms;

/// How long ago an event was cancelled, as nothing of it changes after that; negative if the clock was set back.
std::int64_t cancelled_since_ms(const Event& event, Timestamp now) { return now.ms - event.updated_at.ms; }

}  // namespace

Result<bool> CancelledEvents::is_with_cashier(EventId event) {
  if (with_cashier_.contains(event)) return true;
  const auto stored = payments_.event_cancellation(event);
  if (stored.has_error()) return stored.error();
  if (*stored) with_cashier_.insert(event);
  return stored->has_value();
}

Result<std::size_t> CancelledEvents::hand_over(std::size_t limit) {
  // Read before the events: what changes in between is looked at the next time.
  const auto revision = events_.revision();
  if (revision.has_error()) return revision.error();
  if (seen_ == *revision) return std::size_t{0};
  const auto events = events_.all_events();
  if (events.has_error()) return events.error();
  const Timestamp now = clock_.now();
  std::size_t handed = 0;
  bool all_seen = true;
  for (const Event& event : *events) {
    if (!event.cancelled) continue;
    const auto known = is_with_cashier(event.id);
    if (known.has_error()) return known.error();
    if (*known) continue;
    const bool is_fresh = std::abs(cancelled_since_ms(event, now)) < hand_over_after_ms;
    if (is_fresh || handed == limit) {
      all_seen = false;
      continue;
    }
    // Closes its sale too, if that had not been done.
    if (const auto closed = catalog_.cancel(event.id); closed.has_error()) return closed.error();
    if (const auto begun = cashier_.cancel_event_later(event.id); begun.has_error()) return begun.error();
    ++handed;
  }
  if (all_seen) seen_ = *revision;
  return handed;
}

Result<std::vector<Finding>> verify_cancelled_events(CatalogStore& events, PaymentStore& payments,
                                                     BoxOfficeStore& box_office, Timestamp now) {
  std::vector<Finding> findings;
  const auto all = events.all_events();
  if (all.has_error()) return all.error();
  for (const Event& event : *all) {
    if (!event.cancelled || cancelled_since_ms(event, now) < find_after_ms) continue;
    const auto cancellation = payments.event_cancellation(event.id);
    if (cancellation.has_error()) return cancellation.error();
    if (*cancellation && (*cancellation)->finished_at.ms == 0) continue;  // the recovery is at it
    const auto left = box_office.reservations_of_event(event.id, {}, 1);
    if (left.has_error()) return left.error();
    if (!left->empty())
      findings.push_back({"cancelled-event", "event " + event.id.text() + " was cancelled, but its reservation " +
                                                 left->front().id.text() + " is not, and nobody is at it"});
    if (findings.size() == max_findings) break;
  }
  return findings;
}

}  // namespace tiketi
