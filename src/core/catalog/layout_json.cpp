#include "core/catalog/json_line.hpp"

#include "core/catalog/field_error.hpp"

#include <tiketi/catalog/layout_text.hpp>
#include <tiketi/catalog/rules.hpp>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>

namespace tiketi::catalog {
namespace {

namespace json = boost::json;

constexpr std::size_t max_depth = 8;  // a layout has five
constexpr std::size_t max_told_name_bytes = 50;

/// Reads values into a layout and keeps the first thing that is wrong.
class Reader {
 public:
  const std::optional<Error>& error() const { return error_; }

  void layout(const json::value& value, SeatLayout& out) {
    const json::object* object = object_of(value, "", {"name", "description", "sections"});
    if (object == nullptr) return;
    text(*object, "", "name", true, out.name);
    text(*object, "", "description", false, out.description);
    if (const json::value* array = member(*object, "", "sections", true)) sections(*array, out.sections);
  }

  void sections(const json::value& value, std::vector<LayoutSection>& out) {
    list(value, "sections",
         [&](const json::value& item, const std::string& path) { section(item, path, out.emplace_back()); });
  }

 private:
  void section(const json::value& value, const std::string& path, LayoutSection& out) {
    const json::object* object = object_of(
        value, path, {"name", "rows", "seatsPerRow", "price", "startRow", "geometry", "gaps", "blocked", "placed"});
    if (object == nullptr) return;
    text(*object, path, "name", true, out.name);
    integer(*object, path, "rows", true, out.rows);
    integer(*object, path, "seatsPerRow", true, out.seats_per_row);
    integer(*object, path, "price", true, out.price_minor);
    integer(*object, path, "startRow", false, out.start_row);
    if (const json::value* part = member(*object, path, "geometry", false))
      geometry(*part, path + ".geometry", out.geometry.emplace());
    const auto positions = [&](std::string_view name, std::vector<SeatPosition>& to) {
      if (const json::value* part = member(*object, path, name, false))
        list(*part, join(path, name), [&](const json::value& item, const std::string& item_path) {
          const auto numbers = tuple<2>(item, item_path, "[row, number]");
          to.push_back({numbers[0], numbers[1]});
        });
    };
    positions("gaps", out.gaps);
    positions("blocked", out.blocked);
    if (const json::value* part = member(*object, path, "placed", false))
      list(*part, path + ".placed", [&](const json::value& item, const std::string& item_path) {
        const auto numbers = tuple<4>(item, item_path, "[row, number, x, y]");
        out.placed.push_back({{numbers[0], numbers[1]}, numbers[2], numbers[3]});
      });
  }

  void geometry(const json::value& value, const std::string& path, SectionGeometry& out) {
    const json::object* object = object_of(value, path, {"x", "y", "seatPitch", "rowPitch", "angle"});
    if (object == nullptr) return;
    integer(*object, path, "x", true, out.x);
    integer(*object, path, "y", true, out.y);
    integer(*object, path, "seatPitch", false, out.seat_pitch);
    integer(*object, path, "rowPitch", false, out.row_pitch);
    integer(*object, path, "angle", false, out.angle_degrees);
  }

  const json::object* object_of(const json::value& value, const std::string& path,
                                std::initializer_list<std::string_view> known) {
    const json::object* object = value.if_object();
    if (object == nullptr) {
      fail(path, "must be an object");
      return nullptr;
    }
    for (const auto& each : *object) {
      const std::string_view name = each.key();
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      fail(is_clean_text(name, max_told_name_bytes) ? join(path, name) : path, "is not known here; check the spelling");
    }
    return object;
  }

  const json::value* member(const json::object& object, const std::string& path, std::string_view name, bool required) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr && required) fail(join(path, name), "is missing");
    return value;
  }

  void text(const json::object& object, const std::string& path, std::string_view name, bool required,
            std::string& out) {
    const json::value* value = member(object, path, name, required);
    if (value == nullptr) return;
    if (const json::string* string = value->if_string()) out.assign(string->data(), string->size());
    else fail(join(path, name), "must be a text");
  }

  template <class Integer>
  void integer(const json::object& object, const std::string& path, std::string_view name, bool required,
               Integer& out) {
    if (const json::value* value = member(object, path, name, required))
      out = number<Integer>(*value, join(path, name));
  }

  /// What does not fit becomes the nearest that does: past every bound that `check` has for it.
  template <class Integer>
  Integer number(const json::value& value, const std::string& path) {
    using Limits = std::numeric_limits<Integer>;
    if (value.is_uint64()) return Limits::max();  // the parser makes one only of what int64 can't hold
    if (const std::int64_t* whole = value.if_int64())
      return static_cast<Integer>(std::clamp<std::int64_t>(*whole, Limits::min(), Limits::max()));
    fail(path, "must be a whole number");
    return 0;
  }

  template <std::size_t size>
  std::array<std::int32_t, size> tuple(const json::value& value, const std::string& path, std::string_view form) {
    std::array<std::int32_t, size> out{};
    const json::array* array = value.if_array();
    if (array == nullptr || array->size() != size) {
      fail(path, "must be " + std::string(form));
      return out;
    }
    for (std::size_t i = 0; i < size; ++i) out[i] = number<std::int32_t>((*array)[i], path);
    return out;
  }

  template <class TakeItem>
  void list(const json::value& value, const std::string& path, TakeItem take_item) {
    const json::array* array = value.if_array();
    if (array == nullptr) return fail(path, "must be an array");
    for (std::size_t i = 0; i < array->size() && !error_; ++i)
      take_item((*array)[i], path + '[' + std::to_string(i) + ']');
  }

  static std::string join(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + '.' + std::string(name);
  }

  void fail(const std::string& path, std::string_view what) {
    if (!error_) error_ = refuse(path.empty() ? "layout" : path, what);
  }

  std::optional<Error> error_;
};

Result<json::value> parse(std::string_view text) {
  if (text.size() > max_layout_text_bytes)
    return exceeds("layout", static_cast<std::int64_t>(max_layout_text_bytes), " bytes long");
  json::parser parser({}, json::parse_options{.max_depth = max_depth});
  json::error_code failed;
  const std::size_t read = parser.write_some(text, failed);
  if (!failed && text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) failed = json::error::extra_data;
  if (!failed) return parser.release();
  const std::string_view before = text.substr(0, read);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::string what =
      failed == json::error::too_deep ? "is nested too deeply" : "is not valid JSON: " + failed.message();
  return at_line(
      line, refuse("layout", what, failed == json::error::too_deep ? Errc::limit_exceeded : Errc::invalid_argument));
}

/// `check` names fields as the structs do; JSON writes `seatsPerRow`.
Error in_json_names(Error error) {
  const std::string field(error.detail("field"));
  std::string renamed;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] == '_' && i + 1 < field.size())
      renamed += static_cast<char>(std::toupper(static_cast<unsigned char>(field[++i])));
    else renamed += field[i];
  }
  error.message.replace(0, field.size(), renamed);
  for (Detail& detail : error.details)
    if (detail.name == "field") detail.value = renamed;
  return error;
}

json::array positions_json(const std::vector<SeatPosition>& positions) {
  json::array out;
  for (const SeatPosition position : positions) out.push_back({position.row, position.number});
  return out;
}

json::object section_json(const LayoutSection& section) {
  json::object out{{"name", section.name},
                   {"rows", section.rows},
                   {"seatsPerRow", section.seats_per_row},
                   {"price", section.price_minor},
                   {"startRow", section.start_row}};
  if (section.geometry)
    out["geometry"] = {{"x", section.geometry->x},
                       {"y", section.geometry->y},
                       {"seatPitch", section.geometry->seat_pitch},
                       {"rowPitch", section.geometry->row_pitch},
                       {"angle", section.geometry->angle_degrees}};
  if (!section.gaps.empty()) out["gaps"] = positions_json(section.gaps);
  if (!section.blocked.empty()) out["blocked"] = positions_json(section.blocked);
  json::array placed;
  for (const PlacedSeat& seat : section.placed)
    placed.push_back({seat.position.row, seat.position.number, seat.x, seat.y});
  if (!placed.empty()) out["placed"] = std::move(placed);
  return out;
}

std::string join_sections(const std::vector<LayoutSection>& sections, std::string_view separator) {
  std::string out;
  for (const LayoutSection& section : sections) {
    if (!out.empty()) out += separator;
    out += json::serialize(section_json(section));
  }
  return out;
}

}  // namespace

Result<SeatLayout> parse_layout_json(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const Result<json::value> value = parse(text);
  if (!value) return value.error();
  Reader reader;
  SeatLayout layout;
  reader.layout(*value, layout);
  std::optional<Error> error = reader.error();
  if (!error)
    if (const auto ok = check(layout); !ok) error = in_json_names(ok.error());
  if (error) return at_line(line_in_json(text, error->detail("field")), *error);
  return layout;
}

std::string layout_to_json(const SeatLayout& layout) {
  return "{\n  \"name\": " + json::serialize(json::string(layout.name)) +
         ",\n  \"description\": " + json::serialize(json::string(layout.description)) + ",\n  \"sections\": [\n    " +
         join_sections(layout.sections, ",\n    ") + "\n  ]\n}\n";
}

std::string sections_to_json(const std::vector<LayoutSection>& sections) {
  return '[' + join_sections(sections, ",") + ']';
}

Result<std::vector<LayoutSection>> parse_sections_json(std::string_view text) {
  const Result<json::value> value = parse(text);
  if (!value) return value.error();
  Reader reader;
  std::vector<LayoutSection> sections;
  reader.sections(*value, sections);
  if (reader.error()) return *reader.error();
  return sections;
}

}  // namespace tiketi::catalog
