#include "server/json.hpp"

#include <tiketi/base/text.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <utility>

namespace tiketi::http {

/// The parsed body, and what was found wrong with it.
struct JsonFields::Notes {
  boost::json::value value;
  Language language = Language::korean;
  std::vector<FieldError> errors;
  std::string malformed;  ///< why nothing could be read, or empty
};

namespace {

struct Wording {
  std::string korean;
  std::string english;
};

Wording text_wording(TextBounds bounds) {
  const std::string least = std::to_string(bounds.min_bytes);
  const std::string most = std::to_string(bounds.max_bytes);
  return {least + "~" + most + "바이트의 올바른 텍스트여야 합니다.",
          "must be clean text of " + least + " to " + most + " bytes"};
}

Wording integer_wording(std::int64_t lowest, std::int64_t highest) {
  const std::string low = std::to_string(lowest);
  const std::string high = std::to_string(highest);
  return {low + "~" + high + " 범위의 정수여야 합니다.", "must be an integer from " + low + " to " + high};
}

Wording count_wording(std::size_t least, std::size_t most) {
  const std::string low = std::to_string(least);
  const std::string high = std::to_string(most);
  return {low + "~" + high + "개의 배열이어야 합니다.", "must be an array of " + low + " to " + high};
}

Wording words_wording(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view each : words) list.append(list.empty() ? "" : ", ").append(each);
  return {"다음 중 하나여야 합니다: " + list, "must be one of " + list};
}

const Wording uuid_wording{"UUID여야 합니다.", "must be a UUID"};
const Wording time_wording{"ISO 8601 시각이어야 합니다.", "must be a time in ISO 8601"};
const Wording boolean_wording{"true 또는 false여야 합니다.", "must be true or false"};
const Wording missing_wording{"필수 항목입니다.", "is required"};

}  // namespace

JsonFields read_json(const Request& request, const JsonBounds& bounds) {
  auto notes = std::make_shared<JsonFields::Notes>();
  notes->language = request.language;
  if (request.body.find_first_not_of(" \t\r\n") == std::string::npos) {
    notes->value.emplace_object();
  } else if (std::optional<boost::json::value> value = parse_json(request.body, notes->malformed, bounds)) {
    notes->value = *std::move(value);
    if (!notes->value.is_object()) notes->malformed = "the body is not a JSON object";
  }
  const boost::json::object* object = notes->malformed.empty() ? &notes->value.get_object() : nullptr;
  return {std::move(notes), object, {}};
}

bool JsonFields::failed() const noexcept { return !notes_->malformed.empty() || !notes_->errors.empty(); }

Response JsonFields::refusal() const {
  if (!notes_->malformed.empty()) {
    Response out = problem(notes_->language, 400, "malformed_json",
                           {"요청 본문이 올바른 JSON이 아닙니다.", "The body is not valid JSON."});
    out.log_note = notes_->malformed;
    return out;
  }
  return invalid_fields(notes_->language, notes_->errors);
}

void JsonFields::note(std::string_view name, std::string korean, std::string english) {
  constexpr std::size_t most_told = 100;
  if (object_ && notes_->errors.size() < most_told)
    notes_->errors.push_back({prefix_ + std::string(name), std::move(korean), std::move(english)});
}

void JsonFields::refuse(std::string_view name, Text text) {
  note(name, std::string(text.korean), std::string(text.english));
}

const boost::json::value* JsonFields::find(std::string_view name) const noexcept {
  const boost::json::value* value = object_ ? object_->if_contains({name.data(), name.size()}) : nullptr;
  return value && value->is_null() ? nullptr : value;
}

const boost::json::value* JsonFields::required(std::string_view name) {
  const boost::json::value* value = find(name);
  if (!value) note(name, missing_wording.korean, missing_wording.english);
  return value;
}

bool JsonFields::has(std::string_view name) const noexcept { return find(name) != nullptr; }

std::optional<std::string> JsonFields::read_text(std::string_view name, const boost::json::value& value,
                                                 TextBounds bounds) {
  if (const boost::json::string* text = value.if_string())
    if (const std::string_view view(text->data(), text->size());
        view.size() >= bounds.min_bytes && is_clean_text(view, bounds.max_bytes, bounds.multi_line))
      return std::string(view);
  const Wording wording = text_wording(bounds);
  note(name, wording.korean, wording.english);
  return std::nullopt;
}

std::string JsonFields::required_text(std::string_view name, TextBounds bounds) {
  const boost::json::value* value = required(name);
  return value ? read_text(name, *value, bounds).value_or("") : "";
}

std::optional<std::string> JsonFields::optional_text(std::string_view name, TextBounds bounds) {
  const boost::json::value* value = find(name);
  return value ? read_text(name, *value, bounds) : std::nullopt;
}

std::optional<std::int64_t> JsonFields::read_integer(std::string_view name, const boost::json::value& value,
                                                     std::int64_t lowest, std::int64_t highest) {
  // Boost.JSON keeps integers that don't fit in 64 bits with a sign as something else.
  if (const std::int64_t* number = value.if_int64(); number && *number >= lowest && *number <= highest) return *number;
  const Wording wording = integer_wording(lowest, highest);
  note(name, wording.korean, wording.english);
  return std::nullopt;
}

std::int64_t JsonFields::required_integer(std::string_view name, std::int64_t lowest, std::int64_t highest) {
  const boost::json::value* value = required(name);
  return value ? read_integer(name, *value, lowest, highest).value_or(lowest) : lowest;
}

std::optional<std::int64_t> JsonFields::optional_integer(std::string_view name, std::int64_t lowest,
                                                         std::int64_t highest) {
  const boost::json::value* value = find(name);
  return value ? read_integer(name, *value, lowest, highest) : std::nullopt;
}

bool JsonFields::required_boolean(std::string_view name) {
  return required(name) ? optional_boolean(name).value_or(false) : false;
}

std::optional<bool> JsonFields::optional_boolean(std::string_view name) {
  const boost::json::value* value = find(name);
  if (!value) return std::nullopt;
  if (const bool* truth = value->if_bool()) return *truth;
  note(name, boolean_wording.korean, boolean_wording.english);
  return std::nullopt;
}

std::optional<Timestamp> JsonFields::read_time(std::string_view name, const boost::json::value& value,
                                               std::int64_t offset_ms) {
  if (const boost::json::string* text = value.if_string())
    if (const auto time = parse_iso8601({text->data(), text->size()}, offset_ms)) return time;
  note(name, time_wording.korean, time_wording.english);
  return std::nullopt;
}

Timestamp JsonFields::required_time(std::string_view name, std::int64_t default_offset_ms) {
  const boost::json::value* value = required(name);
  return value ? read_time(name, *value, default_offset_ms).value_or(Timestamp()) : Timestamp();
}

std::optional<Timestamp> JsonFields::optional_time(std::string_view name, std::int64_t default_offset_ms) {
  const boost::json::value* value = find(name);
  return value ? read_time(name, *value, default_offset_ms) : std::nullopt;
}

std::optional<std::size_t> JsonFields::read_word(std::string_view name, const boost::json::value& value,
                                                 std::span<const std::string_view> words) {
  if (const boost::json::string* text = value.if_string()) {
    const auto at = std::ranges::find(words, std::string_view(text->data(), text->size()));
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  }
  const Wording wording = words_wording(words);
  note(name, wording.korean, wording.english);
  return std::nullopt;
}

std::size_t JsonFields::required_word(std::string_view name, std::span<const std::string_view> words) {
  const boost::json::value* value = required(name);
  return value ? read_word(name, *value, words).value_or(0) : 0;
}

std::optional<std::size_t> JsonFields::optional_word(std::string_view name, std::span<const std::string_view> words) {
  const boost::json::value* value = find(name);
  return value ? read_word(name, *value, words) : std::nullopt;
}

std::optional<Uuid> JsonFields::read_uuid(std::string_view name, const boost::json::value& value) {
  if (const boost::json::string* text = value.if_string())
    if (const auto uuid = parse_uuid({text->data(), text->size()})) return uuid;
  note(name, uuid_wording.korean, uuid_wording.english);
  return std::nullopt;
}

Uuid JsonFields::required_uuid(std::string_view name) {
  const boost::json::value* value = required(name);
  return value ? read_uuid(name, *value).value_or(Uuid()) : Uuid();
}

std::optional<Uuid> JsonFields::optional_uuid(std::string_view name) {
  const boost::json::value* value = find(name);
  return value ? read_uuid(name, *value) : std::nullopt;
}

const boost::json::array* JsonFields::array(std::string_view name, std::size_t least, std::size_t most) {
  const boost::json::value* value = least > 0 ? required(name) : find(name);
  if (!value) return nullptr;
  const boost::json::array* array = value->if_array();
  if (array && array->size() >= least && array->size() <= most) return array;
  const Wording wording = count_wording(least, most);
  note(name, wording.korean, wording.english);
  return nullptr;
}

std::vector<Uuid> JsonFields::uuids(std::string_view name, std::size_t least, std::size_t most) {
  std::vector<Uuid> out;
  const boost::json::array* all = array(name, least, most);
  if (!all) return out;
  out.reserve(all->size());
  for (std::size_t i = 0; i < all->size(); ++i)
    out.push_back(read_uuid(std::string(name) + "[" + std::to_string(i) + "]", (*all)[i]).value_or(Uuid()));
  return out;
}

JsonFields JsonFields::required_object(std::string_view name) {
  if (required(name))
    if (std::optional<JsonFields> object = optional_object(name)) return *std::move(object);
  return {notes_, nullptr, {}};
}

std::optional<JsonFields> JsonFields::optional_object(std::string_view name) {
  const boost::json::value* value = find(name);
  if (!value) return std::nullopt;
  if (const boost::json::object* object = value->if_object())
    return JsonFields(notes_, object, prefix_ + std::string(name) + ".");
  note(name, "객체여야 합니다.", "must be an object");
  return std::nullopt;
}

std::vector<JsonFields> JsonFields::objects(std::string_view name, std::size_t least, std::size_t most) {
  std::vector<JsonFields> out;
  const boost::json::array* all = array(name, least, most);
  if (!all) return out;
  for (std::size_t i = 0; i < all->size(); ++i) {
    const std::string each = std::string(name) + "[" + std::to_string(i) + "]";
    if (const boost::json::object* object = (*all)[i].if_object())
      out.push_back({notes_, object, prefix_ + each + "."});
    else note(each, "객체여야 합니다.", "must be an object");
  }
  return out;
}

}  // namespace tiketi::http
