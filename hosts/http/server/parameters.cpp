#include "server/json.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <charconv>

namespace tiketi::http {

Response Parameters::refusal() const { return invalid_fields(request_.language, errors_); }

Uuid Parameters::path_uuid(std::string_view name) {
  if (const auto uuid = parse_uuid(request_.parameter(name))) return *uuid;
  errors_.push_back({std::string(name), "UUID여야 합니다.", "must be a UUID"});
  return {};
}

std::optional<Uuid> Parameters::query_uuid(std::string_view name) {
  const std::string_view text = request_.query(name).value_or("");
  if (text.empty()) return std::nullopt;
  const std::optional<Uuid> uuid = parse_uuid(text);
  if (!uuid) errors_.push_back({std::string(name), "UUID여야 합니다.", "must be a UUID"});
  return uuid;
}

std::int64_t Parameters::query_integer(std::string_view name, std::int64_t lowest, std::int64_t highest,
                                       std::int64_t otherwise) {
  const std::string_view text = request_.query(name).value_or("");
  if (text.empty()) return otherwise;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stopped == end && number >= lowest && number <= highest) return number;
  const std::string low = std::to_string(lowest);
  const std::string high = std::to_string(highest);
  errors_.push_back({std::string(name), low + "~" + high + " 범위의 정수여야 합니다.",
                     "must be an integer from " + low + " to " + high});
  return otherwise;
}

std::string Parameters::query_text(std::string_view name, std::size_t max_bytes) {
  const std::string_view text = request_.query(name).value_or("");
  if (is_clean_text(text, max_bytes)) return std::string(text);
  const std::string most = std::to_string(max_bytes);
  errors_.push_back({std::string(name), most + "바이트 이하의 올바른 텍스트여야 합니다.",
                     "must be clean text of at most " + most + " bytes"});
  return {};
}

bool Parameters::query_boolean(std::string_view name, bool otherwise) {
  const std::string_view text = request_.query(name).value_or("");
  if (text.empty()) return otherwise;
  if (text == "true" || text == "1") return true;
  if (text != "false" && text != "0")
    errors_.push_back({std::string(name), "true 또는 false여야 합니다.", "must be true or false"});
  return false;
}

std::optional<std::size_t> Parameters::query_word(std::string_view name, std::span<const std::string_view> words) {
  const std::string_view text = request_.query(name).value_or("");
  if (text.empty()) return std::nullopt;
  const auto at = std::ranges::find(words, text);
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  std::string list;
  for (const std::string_view each : words) list.append(list.empty() ? "" : ", ").append(each);
  errors_.push_back({std::string(name), "다음 중 하나여야 합니다: " + list, "must be one of " + list});
  return std::nullopt;
}

std::optional<Timestamp> Parameters::query_time(std::string_view name, std::int64_t default_offset_ms) {
  const std::string_view text = request_.query(name).value_or("");
  if (text.empty()) return std::nullopt;
  const std::optional<Timestamp> time = parse_iso8601(text, default_offset_ms);
  if (!time) errors_.push_back({std::string(name), "ISO 8601 시각이어야 합니다.", "must be a time in ISO 8601"});
  return time;
}

Paging read_paging(Parameters& parameters, std::int64_t default_limit) {
  constexpr std::int64_t most_pages = 1'000'000'000;
  Paging out;
  out.page = parameters.query_integer("page", 1, most_pages, 1);
  out.limit = parameters.query_integer("limit", 1, 1000, default_limit);
  return out;
}

}  // namespace tiketi::http
