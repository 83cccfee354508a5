#include "seat_drawing.hpp"

#include "format.hpp"

#include <algorithm>

namespace tiketi::cli {
namespace {

struct Ink {
  char sign;
  const char* colour;
  const char* word;
};

/// By PlaceStatus. Told apart without colours too.
constexpr std::array<Ink, 4> inks{
    {{'.', "\x1b[32m", "free"}, {'h', "\x1b[33m", "held"}, {'X', "\x1b[31m", "sold"}, {'#', "\x1b[90m", "blocked"}}};
constexpr const char* plain = "\x1b[0m";

std::size_t index_of(PlaceStatus status) { return static_cast<std::size_t>(status); }

/// Draws signs, changing the colour only where it changes.
class Brush {
 public:
  Brush(std::string& out, bool colour) : out_(out), colour_(colour) {}
  void draw(PlaceStatus status, std::size_t times = 1) {
    const Ink& ink = inks[index_of(status)];
    if (colour_ && ink.colour != last_) out_ += ink.colour;
    out_.append(times, ink.sign);
    last_ = ink.colour;
  }
  void rest() {
    if (colour_ && last_ != nullptr) out_ += plain;
    last_ = nullptr;
  }

 private:
  std::string& out_;
  bool colour_;
  const char* last_ = nullptr;
};

/// The seats of each section, as [first, last) in the map.
std::vector<std::pair<std::size_t, std::size_t>> section_ranges(const SeatMap& map) {
  std::vector<std::pair<std::size_t, std::size_t>> out;
  for (std::size_t i = 0; i < map.size(); ++i) {
    if (i == 0 || (*map.places)[i].section != (*map.places)[i - 1].section) out.emplace_back(i, i);
    out.back().second = i + 1;
  }
  return out;
}

void draw_section(const SeatMap& map, Timestamp now, bool colour, std::pair<std::size_t, std::size_t> range,
                  std::string& out) {
  const auto& places = *map.places;
  std::int32_t lowest = places[range.first].number;
  std::size_t label_width = 1;
  for (std::size_t i = range.first; i < range.second; ++i) {
    lowest = std::min(lowest, places[i].number);
    label_width = std::max(label_width, std::to_string(places[i].row).size());
  }
  Brush brush(out, colour);
  std::int32_t next_number = lowest;
  for (std::size_t i = range.first; i < range.second; ++i) {
    const SeatPlace& place = places[i];
    if (i == range.first || place.row != places[i - 1].row) {
      brush.rest();
      if (i != range.first) out += '\n';
      const std::string row = std::to_string(place.row);
      out.append(2 + label_width - row.size(), ' ').append(row) += ' ';
      next_number = lowest;
    }
    if (place.number > next_number) out.append(static_cast<std::size_t>(place.number - next_number), ' ');
    brush.draw(map.live[i].status_at(now));
    next_number = place.number + 1;
  }
  brush.rest();
  out += '\n';
}

}  // namespace

StatusCounts count_statuses(const SeatMap& map, Timestamp now, std::int64_t section) {
  StatusCounts counts{};
  for (std::size_t i = 0; i < map.size(); ++i)
    if (section < 0 || (*map.places)[i].section == section) ++counts[index_of(map.live[i].status_at(now))];
  return counts;
}

std::string draw_seats(const SeatMap& map, Timestamp now, bool colour, std::int64_t section) {
  std::string out;
  for (const auto& range : section_ranges(map)) {
    const SeatPlace& first = (*map.places)[range.first];
    if (section >= 0 && first.section != section) continue;
    out += (*map.sections)[first.section] + "  " + format_money({first.price_minor, map.currency}) + '\n';
    draw_section(map, now, colour, range, out);
  }
  return out;
}

std::string draw_sections(const SeatMap& map, Timestamp now, bool colour) {
  constexpr std::int64_t bar = 40;
  Rows rows{{"SECTION", "PRICE", "SEATS", "FREE", "HELD", "SOLD", "BLOCKED", "MAP"}};
  for (const auto& range : section_ranges(map)) {
    const SeatPlace& first = (*map.places)[range.first];
    StatusCounts counts{};
    for (std::size_t i = range.first; i < range.second; ++i) ++counts[index_of(map.live[i].status_at(now))];
    const auto seats = static_cast<std::int64_t>(range.second - range.first);
    std::string drawn;
    Brush brush(drawn, colour);
    std::int64_t from = 0, before = 0;
    for (const PlaceStatus status :
         {PlaceStatus::sold, PlaceStatus::held, PlaceStatus::blocked, PlaceStatus::available}) {
      before += counts[index_of(status)];
      const std::int64_t to = before * bar / seats;
      if (to > from) brush.draw(status, static_cast<std::size_t>(to - from));
      from = to;
    }
    brush.rest();
    rows.push_back({(*map.sections)[first.section], format_money({first.price_minor, map.currency}), with_commas(seats),
                    with_commas(counts[0]), with_commas(counts[1]), with_commas(counts[2]), with_commas(counts[3]),
                    std::move(drawn)});
  }
  return format_table(rows);
}

std::string draw_legend(const StatusCounts& counts, bool colour) {
  std::string out;
  Brush brush(out, colour);
  for (std::size_t i = 0; i < inks.size(); ++i) {
    if (i > 0) out += "   ";
    brush.draw(static_cast<PlaceStatus>(i));
    brush.rest();
    out += std::string(" ") + inks[i].word + ' ' + with_commas(counts[i]);
  }
  return out + '\n';
}

}  // namespace tiketi::cli
