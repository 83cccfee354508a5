#pragma once
// What is answered. The server adds what every answer carries: Date, Content-Length, X-Request-Id, CORS and
// security headers, and decides by the request between 200 and 304, plain and compressed, body and HEAD.

#include "server/name_values.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tiketi::http {

inline constexpr std::string_view json_type = "application/json; charset=utf-8";
inline constexpr std::string_view problem_type = "application/problem+json; charset=utf-8";
inline constexpr std::string_view text_type = "text/plain; charset=utf-8";

/// A body that many answers share, made once and never changed.
struct ReadyBytes {
  ReadyBytes() = default;
  ReadyBytes(const ReadyBytes&) = delete;
  ReadyBytes& operator=(const ReadyBytes&) = delete;

  std::string content_type;
  std::string_view plain;  ///< `owned`, or a constant of the program
  std::string owned;
  std::string gzip;  ///< the same compressed, or empty if that does not pay
  std::string etag;  ///< with its quotes; sent weak with the compressed form

  /// What it takes in memory.
  std::size_t size() const noexcept { return sizeof(ReadyBytes) + owned.capacity() + gzip.capacity(); }
};

/// Compresses (level 6) and derives the ETag from the bytes.
std::shared_ptr<const ReadyBytes> make_ready(std::string plain, std::string content_type = std::string(json_type));
/// The same without a copy, of a text that lives as long as the program.
std::shared_ptr<const ReadyBytes> make_ready_constant(std::string_view plain, std::string content_type);

struct Response {
  int status = 200;
  std::string content_type = std::string(json_type);
  NameValues headers;  ///< besides those that the server adds; what is here takes the place of a default
  std::string body;
  std::shared_ptr<const ReadyBytes> ready;  ///< if set, the body, content type and ETag
  std::string etag;                         ///< with its quotes, or empty
  bool passing = false;                     ///< a refusal that time may mend: no idempotency key keeps it
  std::string log_note;                     ///< for the log only, such as the cause of a 503; never sent

  Response& with_header(std::string_view name, std::string_view value) & {
    headers.add(name, value);
    return *this;
  }
  Response&& with_header(std::string_view name, std::string_view value) && {
    headers.add(name, value);
    return std::move(*this);
  }
};

Response json(int status, std::string body);
Response text(int status, std::string body, std::string_view content_type = text_type);
Response ready(std::shared_ptr<const ReadyBytes> bytes);
Response no_content();  ///< 204

/// `Not Found` for 404.
std::string_view reason_phrase(int status) noexcept;

}  // namespace tiketi::http
