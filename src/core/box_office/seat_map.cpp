#include <tiketi/box_office/seat_map.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace tiketi {

namespace {

constexpr std::string_view status_word(PlaceStatus status) noexcept {
  switch (status) {
    case PlaceStatus::available:
      return "available";
    case PlaceStatus::held:
      return "locked";
    case PlaceStatus::sold:
      return "reserved";
    case PlaceStatus::blocked:
      break;
  }
  return "blocked";
}

/// Escapes what JSON does not allow inside a string.
std::string escaped(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

/// Two hexadecimal digits for each byte.
constexpr auto hex_pairs = [] {
  std::array<std::array<char, 2>, 256> out{};
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = {digits[i >> 4], digits[i & 15]};
  return out;
}();

/// Writes into a buffer that is large enough: encoding a stadium is nothing but this.
struct Writer {
  char* at;

  void text(std::string_view value) noexcept {
    std::memcpy(at, value.data(), value.size());
    at += value.size();
  }
  void number(std::int64_t value) noexcept { at = std::to_chars(at, at + 20, value).ptr; }
  void bytes(std::uint64_t value, int first, int last) noexcept {
    for (int i = first; i < last; ++i, at += 2) std::memcpy(at, hex_pairs[value >> (56 - 8 * i) & 255].data(), 2);
  }
  void uuid(Uuid value) noexcept {
    bytes(value.high, 0, 4);
    *at++ = '-';
    bytes(value.high, 4, 6);
    *at++ = '-';
    bytes(value.high, 6, 8);
    *at++ = '-';
    bytes(value.low, 0, 2);
    *at++ = '-';
    bytes(value.low, 2, 8);
  }
};

/// What the entries of one row have in common, written once a row.
class RowText {
 public:
  void start(const SeatPlace& place, std::string_view section) {
    if (started_ && section_ == place.section && row_ == place.row && price_ == place.price_minor) return;
    started_ = true;
    section_ = place.section;
    row_ = place.row;
    price_ = place.price_minor;
    const std::string row = std::to_string(row_);
    before_number = R"(","section":")";
    before_number.append(section).append(R"(","row_number":)").append(row).append(R"(,"seat_number":)");
    before_label_number = R"(,"seat_label":")";
    before_label_number.append(section).append("-").append(row).append("-");
    before_status = R"(","price":)" + std::to_string(price_) + R"(,"status":")";
  }
  std::size_t size() const { return before_number.size() + before_label_number.size() + before_status.size(); }

  std::string before_number;
  std::string before_label_number;
  std::string before_status;

 private:
  bool started_ = false;
  std::uint32_t section_ = 0;
  std::int32_t row_ = 0;
  std::int64_t price_ = 0;
};

// What an entry takes beside its row's text: braces, id, four numbers, status, commas.
constexpr std::size_t entry_room = 200;
// A usual entry, to make room for a map at once.
constexpr std::size_t usual_entry = 176;

void write_entry(Writer& out, const SeatPlace& place, const RowText& row, PlaceStatus status) {
  out.text(R"({"id":")");
  out.uuid(place.id.uuid);
  out.text(row.before_number);
  const char* number = out.at;
  out.number(place.number);
  const std::string_view number_text(number, static_cast<std::size_t>(out.at - number));
  out.text(row.before_label_number);
  out.text(number_text);
  out.text(row.before_status);
  out.text(status_word(status));
  out.text(R"(","x":)");
  out.number(place.x);
  out.text(R"(,"y":)");
  out.number(place.y);
  out.text("}");
}

}  // namespace

std::optional<std::size_t> SeatMap::find(SeatId id) const noexcept {
  if (!places) return std::nullopt;
  const auto at = std::lower_bound(places->begin(), places->end(), id,
                                   [](const SeatPlace& place, SeatId wanted) { return place.id < wanted; });
  if (at == places->end() || at->id != id) return std::nullopt;
  return static_cast<std::size_t>(at - places->begin());
}

std::string SeatMap::label(std::size_t index) const {
  const SeatPlace& place = (*places)[index];
  return (*sections)[place.section] + '-' + std::to_string(place.row) + '-' + std::to_string(place.number);
}

bool SeatMap::update(SeatId id, const SeatState& state) noexcept {
  const auto index = find(id);
  if (!index || live[*index].version >= state.version) return false;
  version += state.version - live[*index].version;
  live[*index] = {state.status, state.version, state.held_until};
  return true;
}

std::string encode_seats_json(const SeatMap& map, Timestamp now) {
  std::vector<std::string> sections;
  if (map.sections)
    for (const std::string& section : *map.sections) sections.push_back(escaped(section));
  // Entries are written into a small buffer that stays in the cache, and appended by the piece.
  std::vector<char> buffer(64 * 1024);
  std::string text;
  text.reserve(200 + map.size() * usual_entry);
  Writer out{buffer.data()};
  out.text("[");
  RowText row;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const SeatPlace& place = (*map.places)[i];
    row.start(place, sections[place.section]);
    if (buffer.data() + buffer.size() - out.at < static_cast<std::ptrdiff_t>(entry_room + row.size())) {
      text.append(buffer.data(), out.at);
      out.at = buffer.data();
    }
    if (i != 0) out.text(",");
    write_entry(out, place, row, map.live[i].status_at(now));
  }
  out.text("]");
  text.append(buffer.data(), out.at);
  return text;
}

std::string encode_seat_map_json(const SeatMap& map, Timestamp now) {
  std::string text = R"({"event":")" + map.event_id.text() + R"(","currency":")";
  text.append(map.currency.text()).append(R"(","version":)").append(std::to_string(map.version));
  text.append(R"(,"seats":)").append(encode_seats_json(map, now)).append("}");
  return text;
}

std::vector<std::uint8_t> encode_seat_statuses(const SeatMap& map, Timestamp now) {
  std::vector<std::uint8_t> out((map.size() + 3) / 4);
  for (std::size_t i = 0; i < map.size(); ++i) {
    const auto bits = static_cast<unsigned>(map.live[i].status_at(now)) << (2 * (i % 4));
    out[i / 4] = static_cast<std::uint8_t>(out[i / 4] | bits);
  }
  return out;
}

}  // namespace tiketi
