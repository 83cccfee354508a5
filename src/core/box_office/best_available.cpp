#include <tiketi/box_office/best_available.hpp>

#include <tuple>

namespace tiketi::box_office {

namespace {

/// A run of free seats beside each other: [begin, end) in the map's order.
struct Run {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Smaller is better.
using Rank = std::tuple<bool, std::int64_t, std::uint32_t, std::int32_t, std::int64_t, std::size_t>;

class Search {
 public:
  Search(const SeatMap& map, const ReserveBest& command, Timestamp now) : map_(map), command_(command), now_(now) {}

  std::optional<std::size_t> first_seat() {
    const auto& places = *map_.places;
    for (std::size_t begin = 0; begin < places.size();) {
      std::size_t end = begin + 1;
      while (end < places.size() && same_row(places[begin], places[end])) ++end;
      if (is_asked(places[begin])) look_at_row(begin, end);
      begin = end;
    }
    return best_;
  }

 private:
  static bool same_row(const SeatPlace& a, const SeatPlace& b) { return a.section == b.section && a.row == b.row; }

  bool is_asked(const SeatPlace& place) const {
    return command_.section.empty() || (*map_.sections)[place.section] == command_.section;
  }

  bool is_free(std::size_t index) const { return map_.live[index].status_at(now_) == PlaceStatus::available; }

  bool is_affordable(std::size_t index) const {
    return !command_.max_price_minor || (*map_.places)[index].price_minor <= *command_.max_price_minor;
  }

  void look_at_row(std::size_t begin, std::size_t end) {
    const auto& places = *map_.places;
    // Twice the middle's number, to stay with integers.
    const std::int64_t middle = std::int64_t{places[begin].number} + places[end - 1].number;
    for (std::size_t at = begin; at < end;) {
      if (!is_free(at)) {
        ++at;
        continue;
      }
      Run run{at, at + 1};
      while (run.end < end && is_free(run.end) && places[run.end].number == places[run.end - 1].number + 1) ++run.end;
      look_at_run(run, middle);
      at = run.end;
    }
  }

  void look_at_run(const Run& run, std::int64_t middle) {
    const auto& places = *map_.places;
    const auto wanted = static_cast<std::size_t>(command_.quantity);
    for (std::size_t first = run.begin; first + wanted <= run.end; ++first) {
      const std::size_t last = first + wanted - 1;
      bool affordable = true;
      for (std::size_t i = first; i <= last; ++i) affordable = affordable && is_affordable(i);
      if (!affordable) continue;
      const bool leaves_orphan = first - run.begin == 1 || run.end - 1 - last == 1;
      const std::int64_t off_middle = std::abs(std::int64_t{places[first].number} + places[last].number - middle);
      const Rank rank{leaves_orphan, -places[first].price_minor, places[first].section, places[first].row, off_middle,
                      first};
      if (!best_ || rank < rank_) {
        best_ = first;
        rank_ = rank;
      }
    }
  }

  const SeatMap& map_;
  const ReserveBest& command_;
  const Timestamp now_;
  std::optional<std::size_t> best_;
  Rank rank_;
};

bool has_section(const SeatMap& map, std::string_view name) {
  for (const std::string& section : *map.sections)
    if (section == name) return true;
  return false;
}

}  // namespace

Result<std::vector<SeatId>> best_available(const SeatMap& map, const ReserveBest& command, Timestamp now) {
  const bool seated = map.places && map.sections;
  if (!command.section.empty() && !(seated && has_section(map, command.section)))
    return Error{Errc::seat_not_found, "there is no section " + command.section, {{"section", command.section}}};
  const auto first = seated ? Search(map, command, now).first_seat() : std::nullopt;
  if (!first)
    return Error{Errc::no_best_seats,
                 "there are no " + std::to_string(command.quantity) + " free seats beside each other; ask for fewer",
                 {{"quantity", std::to_string(command.quantity)}}};
  std::vector<SeatId> seats;
  for (std::int32_t i = 0; i < command.quantity; ++i)
    seats.push_back((*map.places)[*first + static_cast<std::size_t>(i)].id);
  return seats;
}

}  // namespace tiketi::box_office
