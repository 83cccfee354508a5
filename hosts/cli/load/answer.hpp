#pragma once
// Looking into answers.

#include "load/scenario.hpp"

#include <boost/json.hpp>

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi::load {

/// A JSON text, looked into by JSON pointers (RFC 6901): `/reservation/seats/0/id`. What is not there, or is something
/// else, is empty.
class JsonText {
 public:
  explicit JsonText(std::string_view text);
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  bool is_json() const { return valid_; }
  const boost::json::value* at(std::string_view pointer) const;
  std::string_view text(std::string_view pointer) const;
  std::optional<std::int64_t> number(std::string_view pointer) const;
  const boost::json::array* list(std::string_view pointer) const;

 private:
  std::array<unsigned char, 8192> memory_;  // enough for what is answered often
  boost::json::monotonic_resource arena_{memory_.data(), memory_.size()};
  boost::json::value value_ = boost::json::value(boost::json::storage_ptr(&arena_));
  bool valid_ = false;
};

Verdict wrong(const Response& response, std::string_view what);

/// A refusal that the scenario reckons with: one of these code words, or that the server is overloaded. Wrong if it
/// is another.
Verdict refused(const Response& response, std::initializer_list<std::string_view> codes = {});

/// The body as it was before it was compressed; nothing if it is not gzip, or larger than `most`.
std::optional<std::string> unzip(std::string_view body, std::size_t most = std::size_t{64} << 20);

}  // namespace tiketi::load
