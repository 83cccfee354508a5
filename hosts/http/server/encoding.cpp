#include "server/encoding.hpp"

#include "server/accept.hpp"
#include "server/gzip.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

namespace tiketi::http {
namespace {

constexpr std::size_t least_to_compress = 1024;

bool compressible(std::string_view content_type) noexcept {
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  static constexpr std::array<std::string_view, 9> texts = {
      "application/json", "application/problem+json", "application/javascript",    "image/svg+xml",   "application/xml",
      "application/yaml", "application/openapi+yaml", "application/manifest+json", "application/wasm"};
  return type.starts_with("text/") || std::ranges::find(texts, type) != texts.end();
}

bool has_no_body(int status) noexcept { return status < 200 || status == 204 || status == 304; }

/// A line end inside would let a value write headers of its own.
bool is_clean_header(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 24> text{};
  out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

/// The standing headers without those that the response has itself.
void append_standing(std::string& out, std::string_view standing, const NameValues& own) {
  if (own.empty()) {
    out += standing;
    return;
  }
  while (!standing.empty()) {
    const std::size_t end = standing.find("\r\n") + 2;
    const std::string_view line = standing.substr(0, end);
    if (!own.find_ignoring_case(line.substr(0, line.find(':')))) out += line;
    standing.remove_prefix(end);
  }
}

}  // namespace

Encoded encode(const Request& request, Response& response) {
  Encoded out{response.status, response.body, response.content_type, response.etag};
  const bool reads = request.method == Method::get || request.method == Method::head;
  const std::string_view accept = request.header("accept-encoding");
  if (response.ready) {
    out.content_type = response.ready->content_type;
    out.etag = response.ready->etag;
    out.varies = !response.ready->gzip.empty();
  } else {
    out.varies = response.body.size() >= least_to_compress && compressible(response.content_type) &&
                 !response.headers.find_ignoring_case("content-encoding");
  }
  if (reads && response.status == 200 && names_etag(request.header("if-none-match"), out.etag)) {
    out.status = 304;
    out.body = {};
    return out;
  }
  if (response.ready) {
    out.gzip = out.varies && accepts_gzip(accept);
    out.body = out.gzip ? std::string_view(response.ready->gzip) : response.ready->plain;
  } else if (out.varies && accepts_gzip(accept)) {
    if (std::string compressed = gzip(response.body, 1); !compressed.empty()) {
      response.body = std::move(compressed);
      out.body = response.body;
      out.gzip = true;
    }
  }
  return out;
}

std::string standing_headers(bool tls) {
  std::string out;
  append_header(out, "X-Content-Type-Options", "nosniff");
  append_header(out, "X-Frame-Options", "DENY");
  append_header(out, "Content-Security-Policy", "frame-ancestors 'none'");
  append_header(out, "Referrer-Policy", "strict-origin-when-cross-origin");
  if (tls) append_header(out, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  append_header(out, "Access-Control-Allow-Origin", "*");
  append_header(out, "Access-Control-Expose-Headers", "ETag, Idempotent-Replayed, Location, Retry-After, X-Request-Id");
  return out;
}

bool sends_body(const Request& request, const Encoded& encoded) noexcept {
  return request.method != Method::head && !has_no_body(encoded.status);
}

void append_head(std::string& out, const Request& request, const Response& response, const Encoded& encoded,
                 const HeadOptions& options) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(std::clamp(encoded.status, 100, 999)));
  out.append(" ").append(reason_phrase(encoded.status));
  out.append("\r\nDate: ").append(options.date).append("\r\n");
  const NameValues& own = response.headers;
  if (!has_no_body(encoded.status)) {
    if (!encoded.content_type.empty() && is_clean_header(encoded.content_type))
      append_header(out, "Content-Type", encoded.content_type);
    if (!options.open_ended) {
      out += "Content-Length: ";
      append_number(out, encoded.body.size());
      out += "\r\n";
    }
    if (encoded.gzip) append_header(out, "Content-Encoding", "gzip");
  }
  if (!encoded.etag.empty() && is_clean_header(encoded.etag))
    out.append(encoded.gzip && !encoded.etag.starts_with("W/") ? "ETag: W/" : "ETag: ")
        .append(encoded.etag)
        .append("\r\n");
  if (encoded.varies) append_header(out, "Vary", "Accept-Encoding");
  if (!own.find_ignoring_case("cache-control"))
    append_header(out, "Cache-Control", encoded.etag.empty() ? "no-store" : "no-cache");
  append_header(out, "X-Request-Id", request.id);
  if (!options.keep_alive) append_header(out, "Connection", "close");
  else if (options.http_1_0) append_header(out, "Connection", "keep-alive");
  append_standing(out, options.standing, own);
  for (std::size_t i = 0; i < own.size(); ++i)
    if (is_clean_header(own[i].name) && is_clean_header(own[i].value)) append_header(out, own[i].name, own[i].value);
  out += "\r\n";
}

std::string_view http_date() {
  thread_local std::time_t second = -1;
  thread_local std::array<char, 32> text{};
  thread_local std::size_t size = 0;
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != second) {
    second = now.tv_sec;
    std::tm parts{};
    gmtime_r(&second, &parts);
    size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  }
  return {text.data(), size};
}

}  // namespace tiketi::http
