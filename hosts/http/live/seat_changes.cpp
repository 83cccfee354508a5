#include "live/seat_changes.hpp"

#include "server/json_writer.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace tiketi::http::live {
namespace {

/// Of one seat, the messages whose names differ don't take each other's place.
std::uint64_t key_of(SeatId seat, std::uint64_t kind) {
  return (std::hash<SeatId>{}(seat)*4 + kind) | std::uint64_t{1} << 63;
}

Message single(std::string_view name, std::string_view status, SeatId seat, Timestamp now, std::uint64_t kind) {
  std::string payload;
  JsonWriter(payload).object(
      [&](JsonWriter& json) { json.member("seatId", seat).member("status", status).member("timestamp", now); });
  return {name, payload, key_of(seat, kind)};
}

/// Clients listen to one or the other name of a hold.
void add_single(std::vector<Message>& out, SeatId seat, PlaceStatus status, Timestamp now) {
  constexpr std::uint64_t state = 0, selection = 1;
  switch (status) {
    case PlaceStatus::held:
      out.push_back(single("seat-locked", "locked", seat, now, state));
      out.push_back(single("seat-selected", "locked", seat, now, selection));
      return;
    case PlaceStatus::sold:
      return out.push_back(single("seat-reserved", "reserved", seat, now, state));
    case PlaceStatus::blocked:
      return out.push_back(single("seat-reserved", "blocked", seat, now, state));
    case PlaceStatus::available:
      return out.push_back(single("seat-released", "available", seat, now, state));
  }
}

Message all_of(const SeatMap& map, const std::vector<PlaceStatus>& statuses, const std::vector<std::size_t>& changed) {
  std::string payload;
  payload.reserve(40 + 9 * changed.size());
  JsonWriter(payload).object([&](JsonWriter& json) {
    json.member("version", map.version);
    json.array("changes", [&](JsonWriter& list) {
      for (const std::size_t each : changed)
        list.array([&](JsonWriter& pair) { pair.value(each).value(static_cast<std::uint64_t>(statuses[each])); });
    });
  });
  return {"seats-changed", payload};
}

bool are_same(const std::shared_ptr<const std::vector<SeatPlace>>& known, const SeatMap& map) {
  if (!known || known->size() != map.size()) return false;
  return known->empty() || known->front().id == map.places->front().id;
}

}  // namespace

std::vector<Message> KnownSeats::update(const SeatMap& map, Timestamp now) {
  const bool anew = !are_same(places_, map);
  if (anew) {
    places_ = map.places;
    statuses_.assign(map.size(), PlaceStatus::available);
  }
  next_expiry_.reset();
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const SeatLive& seat = map.live[i];
    const PlaceStatus status = seat.status_at(now);
    if (status == PlaceStatus::held) next_expiry_ = std::min(next_expiry_.value_or(seat.held_until), seat.held_until);
    if (std::exchange(statuses_[i], status) != status) changed.push_back(i);
  }
  std::vector<Message> out;
  if (changed.empty()) return out;
  if (!anew)
    for (std::size_t i = 0; i < std::min(changed.size(), max_single_changes); ++i)
      add_single(out, (*places_)[changed[i]].id, statuses_[changed[i]], now);
  out.push_back(all_of(map, statuses_, changed));
  return out;
}

}  // namespace tiketi::http::live
