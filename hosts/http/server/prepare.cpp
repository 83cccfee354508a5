// What is known of a request as soon as its headers are there.

#include "server/accept.hpp"
#include "server/dispatch.hpp"
#include "server/problem.hpp"
#include "server/target.hpp"
#include "server/web_socket_handshake.hpp"

#include <tiketi/base/id.hpp>

#include <algorithm>
#include <chrono>
#include <random>

namespace tiketi::http {
namespace {

bool is_word(std::string_view text, std::size_t most, std::string_view punctuation) noexcept {
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           punctuation.find(c) != punctuation.npos;
  });
}

/// Ids of requests have to be told apart, not to be unguessable.
std::string new_request_id() {
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  std::string out(36, '\0');
  write_uuid(make_uuid_v7(ms, {random(), random()}), out.data());
  return out;
}

/// The 32 hexadecimal digits of a W3C `traceparent`, or empty.
std::string_view trace_id_of(std::string_view traceparent) noexcept {
  if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-') return {};
  const std::string_view id = traceparent.substr(3, 32);
  return id.find_first_not_of("0123456789abcdef") == id.npos ? id : std::string_view();
}

/// Several lines of one list are the list (RFC 9110 5.3).
std::string all_forwarded_for(const Request& request) {
  std::string out;
  for (std::size_t i = 0; i < request.headers.size(); ++i)
    if (const NameValue each = request.headers[i]; same_ignoring_case(each.name, "x-forwarded-for"))
      out.append(out.empty() ? "" : ",").append(each.value);
  return out;
}

/// What the outermost of our own proxies saw: each one adds who it got the request from at the end.
std::string_view client_of(std::string_view forwarded_for, unsigned proxies, std::string_view peer) noexcept {
  std::string_view out = peer;
  for (unsigned i = 0; i < proxies && !forwarded_for.empty(); ++i) {
    const std::size_t comma = forwarded_for.rfind(',');
    const std::string_view last =
        trimmed(comma == forwarded_for.npos ? forwarded_for : forwarded_for.substr(comma + 1));
    if (!is_word(last, 45, ".:")) break;
    out = last;
    forwarded_for = comma == forwarded_for.npos ? std::string_view() : forwarded_for.substr(0, comma);
  }
  return out;
}

std::string list_of(std::uint8_t methods) {
  std::string out;
  for (std::size_t i = 0; i < method_count; ++i)
    if (methods >> i & 1) out.append(out.empty() ? "" : ", ").append(name(static_cast<Method>(i)));
  return out.append(out.empty() ? "" : ", ").append(name(Method::options));
}

/// Whatever a preflight asks for is allowed: tokens travel in a header that scripts set, never in cookies.
Response preflight(const Request& request, std::uint8_t allowed) {
  Response out = no_content();
  const std::string methods = list_of(allowed);
  out.headers.add("Allow", methods);
  if (request.header("access-control-request-method").empty()) return out;
  out.headers.add("Access-Control-Allow-Methods", methods);
  if (const std::string_view asked = request.header("access-control-request-headers"); !asked.empty())
    out.headers.add("Access-Control-Allow-Headers", asked);
  out.headers.add("Access-Control-Max-Age", "600");
  out.headers.add("Vary", "Access-Control-Request-Headers");
  return out;
}

std::optional<Response> read_idempotency_key(Request& request) {
  if (request.method != Method::post) return std::nullopt;
  const auto key = request.headers.find_ignoring_case("idempotency-key");
  if (!key) return std::nullopt;
  const auto visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (key->empty() || key->size() > 200 || !std::ranges::all_of(*key, visible))
    return invalid_fields(request.language,
                          std::vector{FieldError{"Idempotency-Key", "1~200자의 ASCII 문자여야 합니다.",
                                                 "must be 1 to 200 visible ASCII characters"}});
  request.idempotency_key = *key;
  return std::nullopt;
}

std::optional<Response> route(const Site& site, Exchange& exchange) {
  Request& request = exchange.request;
  if (request.target == "*" && request.method == Method::options) return no_content();
  const TargetBounds bounds{site.options.limits.max_query_parameters};
  if (!parse_target(request.target, bounds, request.path, exchange.segments, request.query_parameters))
    return problem(request.language, 400, "malformed_target", {"잘못된 요청 주소입니다.", "The URI is malformed."});
  exchange.match = site.router.find(request.method, exchange.segments);
  Match& match = exchange.match;
  if (match.web_socket && (!match.route || asks_for_web_socket(request))) {
    if (std::optional<Response> refusal = refuse_handshake(request)) return refusal;
    match.route = match.web_socket;
  }
  if (match.route) {
    request.route = match.route->pattern;
    for (std::size_t i = 0; i < match.values.size(); ++i)
      request.path_parameters.add(match.route->parameter_names[i], match.values[i]);
    return std::nullopt;
  }
  if (match.allowed == 0)
    return problem(request.language, 404, "route_not_found", {"요청한 경로를 찾을 수 없습니다.", "Not found"});
  if (request.method == Method::options) return preflight(request, match.allowed);
  return problem(request.language, 405, "method_not_allowed", {"허용되지 않은 메서드입니다.", "Method not allowed"})
      .with_header("Allow", list_of(match.allowed));
}

}  // namespace

std::optional<Response> prepare(const Site& site, Exchange& exchange, std::string_view peer, bool known_method) {
  Request& request = exchange.request;
  request.client = site.options.trusted_proxies == 0
                       ? peer
                       : client_of(all_forwarded_for(request), site.options.trusted_proxies, peer);
  const std::string_view id = request.header("x-request-id");
  request.id = is_word(id, 128, "-_.:") ? std::string(id) : new_request_id();
  request.trace_id = trace_id_of(request.header("traceparent"));
  request.language = preferred_language(request.header("accept-language"));
  if (!known_method)
    return problem(request.language, 501, "method_not_supported", {"지원하지 않는 메서드입니다.", "Unknown method"});
  if (std::optional<Response> refusal = route(site, exchange)) return refusal;
  return read_idempotency_key(request);
}

}  // namespace tiketi::http
