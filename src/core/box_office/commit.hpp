#pragma once
// What reserving and changing reservations share.

#include <tiketi/box_office/admissions.hpp>
#include <tiketi/box_office/event_directory.hpp>
#include <tiketi/box_office/rules.hpp>
#include <tiketi/box_office/store.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/ids.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace tiketi::box_office {

/// How often a batch is decided anew before it is given up: each round is only for commands whose guards
/// failed because somebody else was quicker.
inline constexpr int max_rounds = 8;

/// What the services work with.
struct Desk {
  BoxOfficeStore& store;
  EventDirectory& events;
  Clock& clock;
  Ids& ids;
  BoxOfficePolicy policy;
  Admissions* admissions = nullptr;
};

/// Commits, and commits again what may or may not have been applied: the store tells which of the new
/// reservations it has. Of changes to older ones it tells no more than version_conflict then; `repeated` is set,
/// and who needs to know reads them again.
Result<std::vector<Outcome>> commit(Desk& desk, std::span<const Change> changes, bool* repeated = nullptr);

/// The refusal that an outcome means, for those that deciding anew would not change.
Error refusal(const Outcome& outcome, const Change& change);

/// Releases those of the reservations whose hold is over; returns how many.
Result<std::size_t> release_expired(Desk& desk, std::span<const Reservation> reservations, Timestamp now);

/// Releases holds that are over, earliest first; returns how many.
Result<std::size_t> sweep(Desk& desk, std::size_t limit);

/// A short sorted list of distinct ids, with a value for each.
template <class StrongId, class Value>
struct ById {
  std::vector<StrongId> ids;
  std::vector<Value> values;

  void finish_ids() {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }
  const Value& operator[](StrongId id) const {
    return values[static_cast<std::size_t>(std::lower_bound(ids.begin(), ids.end(), id) - ids.begin())];
  }
};

}  // namespace tiketi::box_office
