#include "server/problem.hpp"

#include "server/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace tiketi::http {
namespace {

/// How a detail of the core is shown. Whatever is not listed here is not shown.
struct Shown {
  std::string_view detail;
  std::string_view member;
  enum class As : std::uint8_t { text, number, list } as = As::text;
};
constexpr std::array shown = {
    Shown{"field", "field"},
    Shown{"limit", "limit", Shown::As::number},
    Shown{"seat", "seats", Shown::As::list},
    Shown{"label", "labels", Shown::As::list},
    Shown{"ticket_type", "ticket_types", Shown::As::list},
    Shown{"until", "until"},
    Shown{"opens_at", "opens_at"},
    Shown{"ended_at", "ended_at"},
    Shown{"expired_at", "expired_at"},
    Shown{"holding", "holding", Shown::As::number},
    Shown{"left", "left", Shown::As::number},
    Shown{"quantity", "quantity", Shown::As::number},
    Shown{"limit_ms", "limit_ms", Shown::As::number},
    Shown{"due", "due", Shown::As::number},
    Shown{"balance", "balance", Shown::As::number},
    Shown{"payment", "payment"},
    Shown{"provider_code", "provider_code"},
    Shown{"reason", "reason"},
    Shown{"at", "at"},
    Shown{"gate", "gate"},
};

/// The fact that a text ends with, for the errors where people need it.
struct Suffix {
  Errc code;
  std::string_view detail;
  std::string_view korean;  // before the values
  std::string_view english;
};
constexpr std::array suffixes = {
    Suffix{Errc::seat_taken, "label", "좌석: ", "seats: "},
    Suffix{Errc::seat_blocked, "label", "좌석: ", "seats: "},
    Suffix{Errc::stock_short, "left", "남은 수량: ", "left: "},
    Suffix{Errc::reservation_limit, "limit", "최대: ", "at most: "},
    Suffix{Errc::buyer_limit, "limit", "최대: ", "at most: "},
    Suffix{Errc::limit_exceeded, "limit", "최대: ", "at most: "},
    Suffix{Errc::sale_not_open, "opens_at", "판매 시작: ", "opens at: "},
    Suffix{Errc::account_locked, "until", "해제 시각: ", "until: "},
    Suffix{Errc::amount_mismatch, "due", "결제할 금액: ", "due: "},
    Suffix{Errc::points_short, "balance", "잔액: ", "balance: "},
    Suffix{Errc::refund_exceeds, "left", "환불 가능: ", "left: "},
};

std::string text_of(const Error& error, Language language) {
  std::string out(answer_to(error.code).text.in(language));
  if (error.code == Errc::already_exists && error.detail("field") == "email")
    out = language == Language::english ? "The e-mail address is in use already." : "이미 존재하는 이메일입니다.";
  const auto suffix = std::ranges::find(suffixes, error.code, &Suffix::code);
  if (suffix == suffixes.end()) return out;
  std::string values;
  for (const Detail& each : error.details)
    if (each.name == suffix->detail) values += (values.empty() ? "" : ", ") + each.value;
  if (values.empty()) return out;
  return out + " (" + std::string(language == Language::english ? suffix->english : suffix->korean) + values + ")";
}

void write_facts(JsonWriter& out, const Error& error) {
  for (const Shown& each : shown) {
    const auto same = [&](const Detail& detail) { return detail.name == each.detail; };
    const auto first = std::ranges::find_if(error.details, same);
    if (first == error.details.end()) continue;
    out.key(each.member);
    std::int64_t number = 0;
    const char* end = first->value.data() + first->value.size();
    if (each.as == Shown::As::list) {
      out.begin_array();
      for (const Detail& detail : error.details)
        if (same(detail)) out.value(detail.value);
      out.end_array();
    } else if (each.as == Shown::As::number && std::from_chars(first->value.data(), end, number).ptr == end) {
      out.value(number);
    } else {
      out.value(first->value);
    }
  }
}

void write_field_errors(JsonWriter& out, std::span<const FieldError> fields, Language language) {
  out.array("errors", [&](JsonWriter& list) {
    for (const FieldError& each : fields)
      list.object([&](JsonWriter& one) {
        one.member("field", each.field);
        one.member("message", language == Language::english ? each.english : each.korean);
      });
  });
}

/// The members that every problem has. The type names the code; it need not lead anywhere (RFC 9457 3.1.1).
void write_common(JsonWriter& out, int status, std::string_view code, std::string_view title, std::string_view text) {
  out.member("type", "urn:tiketi:problem:" + std::string(code));
  out.member("title", title);
  out.member("status", status);
  out.member("detail", text);
  out.member("code", code);
  out.member("error", text);
  out.member("message", text);
}

Response as_response(int status, std::string body) {
  Response out;
  out.status = status;
  out.content_type = problem_type;
  out.body = std::move(body);
  if (status == 503 || status == 429) out.headers.add("Retry-After", "1");
  if (status == 401) out.headers.add("WWW-Authenticate", "Bearer");
  return out;
}

/// What the log is told: the code, the core's message, and the cause.
std::string note_of(const Error& error) {
  std::string out(name(error.code));
  out += ": " + error.message;
  for (const Detail& each : error.details) out += " (" + each.name + ": " + each.value + ")";
  return out;
}

}  // namespace

Response problem(const Request& request, const Error& error) {
  return problem(request, error, answer_to(error.code).status);
}

Response problem(const Request& request, const Error& error, int status) {
  const std::string_view code = error.code == Errc::account_gone ? "USER_NOT_FOUND" : name(error.code);
  const std::string text = text_of(error, request.language);
  std::string body;
  JsonWriter(body).object([&](JsonWriter& out) {
    write_common(out, status, code, answer_to(error.code).text.in(request.language), text);
    write_facts(out, error);
    if (const std::string_view field = error.detail("field"); !field.empty())
      write_field_errors(out, std::vector{FieldError{std::string(field), text, text}}, request.language);
  });
  Response out = as_response(status, std::move(body));
  out.log_note = note_of(error);
  out.passing =
      retriable(error.code) || error.code == Errc::payment_in_progress || error.code == Errc::refund_in_progress;
  return out;
}

Response problem(Language language, int status, std::string_view code, Text text) {
  std::string body;
  JsonWriter(body).object(
      [&](JsonWriter& out) { write_common(out, status, code, reason_phrase(status), text.in(language)); });
  return as_response(status, std::move(body));
}

Response invalid_fields(Language language, std::span<const FieldError> fields) {
  const FieldError& first = fields.front();
  const std::string text = first.field + ": " + (language == Language::english ? first.english : first.korean);
  std::string body;
  JsonWriter(body).object([&](JsonWriter& out) {
    write_common(out, 400, name(Errc::invalid_argument), answer_to(Errc::invalid_argument).text.in(language), text);
    out.member("field", first.field);
    write_field_errors(out, fields, language);
  });
  return as_response(400, std::move(body));
}

}  // namespace tiketi::http
