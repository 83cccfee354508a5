#pragma once
// Refusals as `application/problem+json` (RFC 9457): type, title, status, detail, code, the facts of the error, and
// `error` and `message` with the text of `detail` again, which is what existing clients show.

#include "server/request.hpp"
#include "server/response.hpp"

#include <tiketi/base/error.hpp>

#include <span>
#include <string>
#include <string_view>

namespace tiketi::http {

/// What is wrong with one field.
struct FieldError {
  std::string field;  ///< `items[2].quantity`
  std::string korean;
  std::string english;
};

/// How the documented routes answer an error of the core; the table is in errors.cpp.
struct ErrorAnswer {
  int status = 500;
  Text text;
};
ErrorAnswer answer_to(Errc code) noexcept;

/// The error's answer by the table. Of the details only those documented with Errc are shown; `cause` and the
/// error's own message go to the log.
Response problem(const Request& request, const Error& error);

/// The same with another status, for routes that tell conflicts by 409, 410 or 422.
Response problem(const Request& request, const Error& error, int status);

/// A refusal of the host's own.
Response problem(Language language, int status, std::string_view code, Text text);

/// 400 with `errors: [{field, message}]`; the first message is the text. `fields` must not be empty.
Response invalid_fields(Language language, std::span<const FieldError> fields);

}  // namespace tiketi::http
