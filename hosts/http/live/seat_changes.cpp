#include "live/seat_changes.hpp"

#include "server/json_writer.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace tiketi::http::live {
namespace {

Message single(std::string_view name, std::string_view status, SeatId seat, Timestamp now,
               Supersedes kind = Supersedes::seat) {
  std::string payload;
  JsonWriter(payload).object(
      [&](JsonWriter& json) { json.member("seatId", seat).member("status", status).member("timestamp", now); });
  return {name, payload, key_of(kind, seat)};
}

/// Clients listen to one or the other name of a hold.
void add_single(std::vector<Message>& out, SeatId seat, PlaceStatus status, Timestamp now) {
  switch (status) {
    case PlaceStatus::held:
      out.push_back(single("seat-locked", "locked", seat, now));
      out.push_back(single("seat-selected", "locked", seat, now, Supersedes::selection));
      return;
    case PlaceStatus::sold:
    case PlaceStatus::blocked:  // for which clients of old have no word
      return out.push_back(single("seat-reserved", "reserved", seat, now));
    case PlaceStatus::available:
      return out.push_back(single("seat-released", "available", seat, now));
  }
}

/// `remade`: indexes mean other seats than before.
Message all_of(const SeatMap& map, const std::vector<PlaceStatus>& statuses, const std::vector<std::size_t>& changed,
               bool remade) {
  std::string payload;
  payload.reserve(40 + 9 * changed.size());
  JsonWriter(payload).object([&](JsonWriter& json) {
    json.member("version", map.version);
    if (remade) json.member("reload", true);
    json.array("changes", [&](JsonWriter& list) {
      for (const std::size_t each : changed)
        list.array([&](JsonWriter& pair) { pair.value(each).value(static_cast<std::uint64_t>(statuses[each])); });
    });
  });
  return {"seats-changed", payload};
}

bool are_same(const SeatMap& one, const SeatMap& other) {
  if (one.size() != other.size()) return false;
  return one.size() == 0 || one.places->front().id == other.places->front().id;
}

}  // namespace

std::size_t max_single_changes(std::size_t watchers) noexcept {
  constexpr std::size_t most = 25, most_to_all = 2'000;
  return std::clamp<std::size_t>(most_to_all / std::max<std::size_t>(1, watchers), 1, most);
}

void KnownSeats::read(SeatMap map) {
  const bool is_first = map_.places == nullptr;
  if (!is_first && !are_same(map, map_)) anew_ = remade_ = true;
  map_ = std::move(map);
  if (!anew_) return;
  told_.assign(map_.size(), PlaceStatus::available);
  waits_.assign(map_.size(), false);
  waiting_.clear();
}

void KnownSeats::read(std::span<const Seat> seats) {
  for (const Seat& each : seats) map_.update(each.id, each.state);
}

std::vector<Message> KnownSeats::tell(Timestamp now, std::size_t watchers) {
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < map_.size(); ++i) {
    const PlaceStatus status = map_.live[i].status_at(now);
    if (std::exchange(told_[i], status) != status) changed.push_back(i);
  }
  std::vector<Message> out;
  const bool remade = std::exchange(remade_, false);
  if (std::exchange(anew_, false)) told_singly_ = told_;
  else tell_singly(changed, now, max_single_changes(watchers), out);
  if (!changed.empty() || remade) out.push_back(all_of(map_, told_, changed, remade));
  return out;
}

/// What has just changed comes first, then what has waited longest.
void KnownSeats::tell_singly(std::span<const std::size_t> changed, Timestamp now, std::size_t most,
                             std::vector<Message>& out) {
  const auto tell = [&](std::size_t seat) {
    if (std::exchange(told_singly_[seat], told_[seat]) == told_[seat]) return;  // it is as it was meanwhile
    add_single(out, (*map_.places)[seat].id, told_[seat], now);
    --most;
  };
  for (const std::size_t each : changed) {
    if (most > 0) tell(each);
    else wait(each);
  }
  while (most > 0 && !waiting_.empty()) {
    waits_[waiting_.front()] = false;
    tell(waiting_.front());
    waiting_.pop_front();
  }
}

void KnownSeats::wait(std::size_t seat) {
  if (waits_[seat]) return;
  waits_[seat] = true;
  waiting_.push_back(seat);
}

std::vector<SeatId> KnownSeats::over(Timestamp now) const {
  std::vector<SeatId> out;
  for (std::size_t i = 0; i < map_.size(); ++i)
    if (told_[i] == PlaceStatus::held && map_.live[i].held_until <= now) out.push_back((*map_.places)[i].id);
  return out;
}

std::optional<Timestamp> KnownSeats::next_expiry(Timestamp now) const {
  std::optional<Timestamp> out;
  for (const SeatLive& each : map_.live)
    if (each.status == PlaceStatus::held && each.held_until > now)
      out = std::min(out.value_or(each.held_until), each.held_until);
  return out;
}

}  // namespace tiketi::http::live
