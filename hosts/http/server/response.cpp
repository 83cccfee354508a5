#include "server/response.hpp"

#include "server/gzip.hpp"

#include <openssl/evp.h>

#include <array>

namespace tiketi::http {
namespace {

/// A quoted tag made of the bytes, the same on every process.
std::string etag_of(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) return {};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t i = 0; i < 12; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 0xf];
  }
  return out + '"';
}

/// Takes only what it needs: what is ready stays for long.
void compress(ReadyBytes& bytes) {
  bytes.etag = etag_of(bytes.plain);
  std::string compressed = gzip(bytes.plain, 6);
  if (compressed.size() + compressed.size() / 10 >= bytes.plain.size()) return;
  bytes.gzip = std::move(compressed);
  bytes.gzip.shrink_to_fit();
}

}  // namespace

std::shared_ptr<const ReadyBytes> make_ready(std::string plain, std::string content_type) {
  auto out = std::make_shared<ReadyBytes>();
  plain.shrink_to_fit();
  out->owned = std::move(plain);
  out->plain = out->owned;
  out->content_type = std::move(content_type);
  compress(*out);
  return out;
}

std::shared_ptr<const ReadyBytes> make_ready_constant(std::string_view plain, std::string content_type) {
  auto out = std::make_shared<ReadyBytes>();
  out->plain = plain;
  out->content_type = std::move(content_type);
  compress(*out);
  return out;
}

Response json(int status, std::string body) {
  Response out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

Response text(int status, std::string body, std::string_view content_type) {
  Response out;
  out.status = status;
  out.content_type = content_type;
  out.body = std::move(body);
  return out;
}

Response ready(std::shared_ptr<const ReadyBytes> bytes) {
  Response out;
  out.ready = std::move(bytes);
  return out;
}

Response no_content() {
  Response out;
  out.status = 204;
  out.content_type.clear();
  return out;
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 425:
      return "Too Early";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
  }
  return "Unknown";
}

}  // namespace tiketi::http
