#pragma once
// JSON bodies in and out, and parameters of path and query. What a client sends is read field by field; all that is
// wrong is collected and told at once:
//
//   JsonFields body = read_json(request);
//   const auto event = body.required_id<EventId>("eventId");
//   const auto seats = body.required_ids<SeatId>("seatIds", 10);
//   if (body.failed()) return body.refusal();

#include "server/problem.hpp"
#include "server/request.hpp"
#include "server/response.hpp"

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::http {

/// Bounds on a JSON text. What goes beyond is refused with 400 before it is built.
struct JsonBounds {
  std::size_t max_depth = 32;
  std::size_t max_elements = 10'000;  ///< of one array
  std::size_t max_members = 1'000;    ///< of one object
  std::size_t max_string = 256 * 1024;
  std::size_t max_key = 256;
};

/// Nothing if the text is malformed, breaks a bound, has duplicate keys or anything after its end; then `why` says so.
std::optional<boost::json::value> parse_json(std::string_view text, std::string& why, const JsonBounds& bounds = {});

struct TextBounds {
  std::size_t max_bytes = 200;
  std::size_t min_bytes = 1;
  bool multi_line = false;
};

/// The members of a JSON object. A reader that finds its field missing or wrong notes that and returns a default value;
/// unknown members are ignored; null is as good as missing. Copies and nested readers share the notes.
class JsonFields {
 public:
  /// Empty if optional and missing.
  std::string required_text(std::string_view name, TextBounds bounds = {});
  std::optional<std::string> optional_text(std::string_view name, TextBounds bounds = {});

  /// A JSON integer: `"2"`, 2.0 and 1.5 are none.
  std::int64_t required_integer(std::string_view name, std::int64_t lowest, std::int64_t highest);
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t lowest, std::int64_t highest);

  bool required_boolean(std::string_view name);
  std::optional<bool> optional_boolean(std::string_view name);

  /// ISO 8601; without a zone it is wall time at `default_offset_ms`.
  Timestamp required_time(std::string_view name, std::int64_t default_offset_ms = seoul_offset_ms);
  std::optional<Timestamp> optional_time(std::string_view name, std::int64_t default_offset_ms = seoul_offset_ms);

  /// The index of the word among `words`.
  std::size_t required_word(std::string_view name, std::span<const std::string_view> words);
  std::optional<std::size_t> optional_word(std::string_view name, std::span<const std::string_view> words);

  template <class StrongId>
  StrongId required_id(std::string_view name) {
    return StrongId{required_uuid(name)};
  }
  template <class StrongId>
  std::optional<StrongId> optional_id(std::string_view name) {
    const std::optional<Uuid> uuid = optional_uuid(name);
    return uuid ? std::optional(StrongId{*uuid}) : std::nullopt;
  }

  /// An array of 1 (required) or 0 (optional) to `most` ids.
  template <class StrongId>
  std::vector<StrongId> required_ids(std::string_view name, std::size_t most) {
    return as_ids<StrongId>(uuids(name, 1, most));
  }
  template <class StrongId>
  std::vector<StrongId> optional_ids(std::string_view name, std::size_t most) {
    return as_ids<StrongId>(uuids(name, 0, most));
  }

  /// An object inside. Missing and optional: nothing. Missing and required: noted, and a reader without members.
  JsonFields required_object(std::string_view name);
  std::optional<JsonFields> optional_object(std::string_view name);

  /// An array of `least` to `most` objects; missing is fine if `least` is 0.
  std::vector<JsonFields> objects(std::string_view name, std::size_t least, std::size_t most);

  bool has(std::string_view name) const noexcept;

  /// Notes what a rule of the route finds wrong with a field.
  void refuse(std::string_view name, Text text);

  bool failed() const noexcept;
  /// The 400 that tells all that was noted. Only if failed().
  Response refusal() const;

 private:
  struct Notes;
  friend JsonFields read_json(const Request&, const JsonBounds&);
  JsonFields(std::shared_ptr<Notes> notes, const boost::json::object* object, std::string prefix)
      : notes_(std::move(notes)), object_(object), prefix_(std::move(prefix)) {}

  const boost::json::value* find(std::string_view name) const noexcept;
  const boost::json::value* required(std::string_view name);
  std::optional<std::string> read_text(std::string_view name, const boost::json::value& value, TextBounds bounds);
  std::optional<std::int64_t> read_integer(std::string_view name, const boost::json::value& value, std::int64_t lowest,
                                           std::int64_t highest);
  std::optional<Timestamp> read_time(std::string_view name, const boost::json::value& value, std::int64_t offset_ms);
  std::optional<std::size_t> read_word(std::string_view name, const boost::json::value& value,
                                       std::span<const std::string_view> words);
  Uuid required_uuid(std::string_view name);
  std::optional<Uuid> optional_uuid(std::string_view name);
  std::optional<Uuid> read_uuid(std::string_view name, const boost::json::value& value);
  std::vector<Uuid> uuids(std::string_view name, std::size_t least, std::size_t most);
  const boost::json::array* array(std::string_view name, std::size_t least, std::size_t most);
  void note(std::string_view name, std::string korean, std::string english);

  template <class StrongId>
  static std::vector<StrongId> as_ids(const std::vector<Uuid>& uuids) {
    std::vector<StrongId> out;
    out.reserve(uuids.size());
    for (const Uuid& each : uuids) out.push_back(StrongId{each});
    return out;
  }

  std::shared_ptr<Notes> notes_;
  const boost::json::object* object_ = nullptr;  // in notes_; null: nothing could be read, all readers keep quiet
  std::string prefix_;
};

/// The request's body, which must be a JSON object or empty (as good as `{}`).
JsonFields read_json(const Request& request, const JsonBounds& bounds = {});

/// Parameters of the path and the query, read the same way. Refers to the request.
class Parameters {
 public:
  explicit Parameters(const Request& request) : request_(request) {}

  template <class StrongId>
  StrongId path_id(std::string_view name) {
    return StrongId{path_uuid(name)};
  }
  template <class StrongId>
  std::optional<StrongId> query_id(std::string_view name) {
    const std::optional<Uuid> uuid = query_uuid(name);
    return uuid ? std::optional(StrongId{*uuid}) : std::nullopt;
  }

  /// A decimal number. Missing or empty: `otherwise`.
  std::int64_t query_integer(std::string_view name, std::int64_t lowest, std::int64_t highest, std::int64_t otherwise);
  /// Clean text of at most `max_bytes`. Missing: empty.
  std::string query_text(std::string_view name, std::size_t max_bytes = 200);
  bool query_boolean(std::string_view name, bool otherwise);  ///< `true`, `false`, `1`, `0`
  std::optional<std::size_t> query_word(std::string_view name, std::span<const std::string_view> words);
  std::optional<Timestamp> query_time(std::string_view name, std::int64_t default_offset_ms = seoul_offset_ms);

  bool failed() const noexcept { return !errors_.empty(); }
  Response refusal() const;

 private:
  Uuid path_uuid(std::string_view name);
  std::optional<Uuid> query_uuid(std::string_view name);

  const Request& request_;
  std::vector<FieldError> errors_;
};

/// `page` ≥ 1 and `limit` 1…1000.
struct Paging {
  std::int64_t page = 1;
  std::int64_t limit = 10;
  std::int64_t offset() const noexcept { return (page - 1) * limit; }
};
Paging read_paging(Parameters& parameters, std::int64_t default_limit);

}  // namespace tiketi::http
