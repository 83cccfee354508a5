#pragma once
// Writes JSON to the end of a string, without building it in memory first.

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi::http {

/// Commas are its care; balance is the caller's:
///
///   JsonWriter(out).object([&](JsonWriter& json) {
///     json.member("id", event.id).member("title", event.title);
///     json.array("seats", [&](JsonWriter& list) { for (const Seat& each : seats) list.value(each.label); });
///   });
///
/// Texts must be UTF-8.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(bool truth);
  JsonWriter& value(double number);  ///< not finite: null
  JsonWriter& value(std::nullptr_t);
  JsonWriter& value(Uuid id);
  JsonWriter& value(Timestamp time);  ///< ISO 8601, UTC, milliseconds
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) JsonWriter& value(Integer number) {
    if constexpr (std::is_signed_v<Integer>) return signed_value(static_cast<std::int64_t>(number));
    else return unsigned_value(static_cast<std::uint64_t>(number));
  }
  template <class Tag>
  JsonWriter& value(Id<Tag> id) {
    return value(id.uuid);
  }
  /// Nothing: null.
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : value(nullptr);
  }
  JsonWriter& raw(std::string_view json);  ///< JSON that is written already

  template <class T>
  JsonWriter& member(std::string_view name, const T& of) {
    return key(name).value(of);
  }

  template <class Members>
  JsonWriter& object(Members&& members) {
    begin_object();
    members(*this);
    return end_object();
  }
  template <class Elements>
  JsonWriter& array(Elements&& elements) {
    begin_array();
    elements(*this);
    return end_array();
  }
  template <class Members>
  JsonWriter& object(std::string_view name, Members&& members) {
    return key(name).object(members);
  }
  template <class Elements>
  JsonWriter& array(std::string_view name, Elements&& elements) {
    return key(name).array(elements);
  }

 private:
  JsonWriter& signed_value(std::int64_t number);
  JsonWriter& unsigned_value(std::uint64_t number);
  void comma();

  std::string& out_;
  bool first_ = true;  // nothing before the next value needs a comma
};

/// Appends the text with quotes and escapes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace tiketi::http
