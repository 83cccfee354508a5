#include "load/answer.hpp"

#include <zlib.h>

#include <algorithm>
#include <cctype>

namespace tiketi::load {
namespace {

namespace json = boost::json;

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

JsonText::JsonText(std::string_view text) {
  boost::system::error_code malformed;
  value_ = json::parse(text, malformed, &arena_);
  valid_ = !malformed;
}

const json::value* JsonText::at(std::string_view pointer) const {
  boost::system::error_code missing;
  return value_.find_pointer(pointer, missing);
}

std::string_view JsonText::text(std::string_view pointer) const {
  const json::value* found = at(pointer);
  return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}

std::optional<std::int64_t> JsonText::number(std::string_view pointer) const {
  const json::value* found = at(pointer);
  if (found == nullptr || !found->is_int64()) return std::nullopt;
  return found->get_int64();
}

const json::array* JsonText::list(std::string_view pointer) const {
  const json::value* found = at(pointer);
  return found == nullptr ? nullptr : found->if_array();
}

Verdict wrong(const Response& response, std::string_view what) {
  constexpr std::size_t most_shown = 300;
  return {Judgement::wrong, std::string(what) + "; status " + std::to_string(response.status) + ": " +
                                std::string(response.body.substr(0, most_shown))};
}

Verdict refused(const Response& response, std::initializer_list<std::string_view> codes) {
  const JsonText body(response.body);
  const std::string_view code = body.text("/code");
  if (response.status == 503 || response.status == 429)
    return {Judgement::refused, code.empty() ? std::to_string(response.status) : std::string(code)};
  if (body.text("/error").empty()) return wrong(response, "a refusal without an `error` text");
  for (const std::string_view each : codes)
    if (same_word(code, each)) return {Judgement::refused, std::string(each)};
  return wrong(response, "refused for no reason");
}

std::optional<std::string> unzip(std::string_view body, std::size_t most) {
  z_stream stream{};
  constexpr int gzip_only = 16 + MAX_WBITS;
  if (inflateInit2(&stream, gzip_only) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  std::string out;
  std::array<char, 64 * 1024> piece;
  int code = Z_OK;
  while (code == Z_OK && out.size() <= most) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    code = inflate(&stream, Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (code != Z_STREAM_END || out.size() > most) return std::nullopt;
  return out;
}

}  // namespace tiketi::load
