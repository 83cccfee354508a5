// The one place that instantiates Boost.JSON's parser, with bounds that its own `parse` does not have: duplicate keys,
// and the sizes of arrays, objects and strings.

#include "server/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <cmath>

namespace tiketi::http {
namespace {

namespace json = boost::json;

/// Builds the value as the parser tells of its parts; refuses what breaks a bound as soon as it does.
class Builder {
 public:
  constexpr static std::size_t max_object_size = static_cast<std::size_t>(-1);
  constexpr static std::size_t max_array_size = static_cast<std::size_t>(-1);
  constexpr static std::size_t max_key_size = static_cast<std::size_t>(-1);
  constexpr static std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit Builder(const JsonBounds& bounds) : bounds_(bounds) { stack_.reset(); }

  json::value release() { return stack_.release(); }
  const std::string& why() const noexcept { return why_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code& error) {
    if (!count_value(error)) return false;
    open_.push_back({.is_array = true});
    return true;
  }
  bool on_array_end(std::size_t count, json::error_code&) {
    open_.pop_back();
    stack_.push_array(count);
    return true;
  }
  bool on_object_begin(json::error_code& error) {
    if (!count_value(error)) return false;
    open_.push_back({.is_array = false, .first_key = keys_.size()});
    return true;
  }
  bool on_object_end(std::size_t count, json::error_code& error) {
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(open_.back().first_key);
    std::sort(begin, keys_.end());
    if (const auto twice = std::adjacent_find(begin, keys_.end()); twice != keys_.end())
      return refuse("the key " + *twice + " is there twice", error);
    keys_.erase(begin, keys_.end());
    open_.pop_back();
    stack_.push_object(count);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t size, json::error_code& error) {
    if (size > bounds_.max_string) return refuse("a string is too long", error);
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t size, json::error_code& error) {
    if (size > bounds_.max_string) return refuse("a string is too long", error);
    if (!count_value(error)) return false;
    stack_.push_string(part);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t size, json::error_code& error) {
    if (size > bounds_.max_key) return refuse("a key is too long", error);
    stack_.push_chars(part);
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t size, json::error_code& error) {
    if (size > bounds_.max_key) return refuse("a key is too long", error);
    stack_.push_key(part);
    key_.append(part.data(), part.size());
    keys_.push_back(std::move(key_));
    key_.clear();
    if (keys_.size() - open_.back().first_key > bounds_.max_members)
      return refuse("an object has too many members", error);
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code& error) {
    if (!count_value(error)) return false;
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code& error) {
    if (!count_value(error)) return false;
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, json::string_view, json::error_code& error) {
    if (!std::isfinite(number)) return refuse("a number is too large", error);
    if (!count_value(error)) return false;
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool truth, json::error_code& error) {
    if (!count_value(error)) return false;
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(json::error_code& error) {
    if (!count_value(error)) return false;
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool refuse(std::string why, json::error_code& error) {
    why_ = std::move(why);
    error = json::make_error_code(json::error::exception);
    return false;
  }

  struct Open {
    bool is_array = false;
    std::size_t elements = 0;   // of an array, so far
    std::size_t first_key = 0;  // of an object, in keys_
  };

  /// A value begins.
  bool count_value(json::error_code& error) {
    if (open_.empty() || !open_.back().is_array || ++open_.back().elements <= bounds_.max_elements) return true;
    return refuse("an array has too many elements", error);
  }

  JsonBounds bounds_;
  json::value_stack stack_;
  std::string key_;
  std::vector<std::string> keys_;  // of all objects that are open
  std::vector<Open> open_;         // arrays and objects, the innermost last
  std::string why_;
};

}  // namespace

std::optional<boost::json::value> parse_json(std::string_view text, std::string& why, const JsonBounds& bounds) {
  json::parse_options options;
  options.max_depth = bounds.max_depth;
  json::basic_parser<Builder> parser(options, bounds);
  json::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (error) {
    why = parser.handler().why().empty() ? error.message() : parser.handler().why();
    return std::nullopt;
  }
  if (used != text.size()) {
    why = "something follows the JSON text";
    return std::nullopt;
  }
  return parser.handler().release();
}

}  // namespace tiketi::http
