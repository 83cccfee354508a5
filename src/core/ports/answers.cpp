#include <tiketi/ports/answers.hpp>

#include <tiketi/base/text.hpp>

#include <string_view>
#include <utility>

namespace tiketi {
namespace {

Error bad_field(std::string_view field, std::string message) {
  return {Errc::invalid_argument, std::move(message), {{"field", std::string(field)}}};
}

}  // namespace

Result<void> check(const Answer& answer) {
  if (answer.key.key.empty() || !is_clean_text(answer.key.key, max_answer_key_bytes))
    return bad_field(
        "key", "a key is 1 to " + std::to_string(max_answer_key_bytes) + " bytes of UTF-8 without control characters");
  if (answer.status < 100 || answer.status > 599) return bad_field("status", "a status is 100 to 599");
  if (!is_clean_text(answer.content_type, max_content_type_bytes))
    return bad_field("content_type", "a content type is at most " + std::to_string(max_content_type_bytes) +
                                         " bytes without control characters");
  if (answer.body.size() > max_answer_body_bytes)
    return Error{Errc::limit_exceeded,
                 "an answer that is kept has at most " + std::to_string(max_answer_body_bytes) + " bytes",
                 {{"field", "body"}, {"limit", std::to_string(max_answer_body_bytes)}}};
  return {};
}

}  // namespace tiketi
