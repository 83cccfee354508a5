#include "server/request_parser.hpp"

#include "server/accept.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace tiketi::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr Malformed bad_request{400, "malformed_request", {"잘못된 요청입니다.", "The request is malformed."}};
constexpr Malformed header_too_large{
    431, "header_too_large", {"요청 헤더가 너무 큽니다.", "The request headers are too large."}};
constexpr Malformed target_too_long{414, "target_too_long", {"요청 주소가 너무 깁니다.", "The URI is too long."}};
constexpr Malformed body_too_large{413, "body_too_large", {"요청 본문이 너무 큽니다.", "The body is too large."}};
constexpr Malformed bad_version{
    505, "version_not_supported", {"지원하지 않는 HTTP 버전입니다.", "This HTTP version is not supported."}};
constexpr Malformed unknown_coding{
    501, "coding_not_supported", {"지원하지 않는 전송 방식입니다.", "This transfer coding is not supported."}};
constexpr Malformed unknown_expectation{
    417, "expectation_failed", {"지원하지 않는 Expect 헤더입니다.", "This expectation can't be met."}};

std::optional<Method> method_of(beast::http::verb verb) noexcept {
  switch (verb) {
    case beast::http::verb::get:
      return Method::get;
    case beast::http::verb::head:
      return Method::head;
    case beast::http::verb::post:
      return Method::post;
    case beast::http::verb::put:
      return Method::put;
    case beast::http::verb::patch:
      return Method::patch;
    case beast::http::verb::delete_:
      return Method::del;
    case beast::http::verb::options:
      return Method::options;
    default:
      return std::nullopt;
  }
}

std::string_view view(beast::string_view text) noexcept { return {text.data(), text.size()}; }

/// Beast's parser of one message, storing what it finds in a Request.
class OneRequest : public beast::http::basic_parser<true> {
 public:
  OneRequest(const Limits& limits, Request& into) : limits_(limits), into_(into), max_body_(limits.max_body) {
    header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits.max_header_bytes, UINT32_MAX)));
    body_limit(boost::none);  // limits are counted here: they are not known before the header is
  }

  void set_max_body(std::size_t bytes) noexcept { max_body_ = bytes; }
  bool known_method() const noexcept { return known_method_; }
  bool expects_continue() const noexcept { return expects_continue_; }
  bool http_1_0() const noexcept { return version_ == 10; }
  const Malformed* refused() const noexcept { return refused_; }

 private:
  void refuse(const Malformed& why, error_code& error) {
    refused_ = &why;
    error = beast::http::error::bad_value;
  }

  void on_request_impl(beast::http::verb verb, beast::string_view, beast::string_view target, int version,
                       error_code& error) override {
    if (target.size() > limits_.max_target_bytes) return refuse(target_too_long, error);
    const std::optional<Method> method = method_of(verb);
    known_method_ = method.has_value();
    into_.method = method.value_or(Method::get);
    into_.target.assign(target.data(), target.size());
    version_ = version;
  }

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     error_code& error) override {
    if (is_header_done()) return;  // trailers say nothing that we want to know
    if (into_.headers.size() >= limits_.max_headers) return refuse(header_too_large, error);
    if (field == beast::http::field::transfer_encoding && !same_ignoring_case(view(value), "chunked"))
      return refuse(unknown_coding, error);
    if (field == beast::http::field::host && ++hosts_ > 1) return refuse(bad_request, error);
    if (field == beast::http::field::expect) {
      if (!same_ignoring_case(view(value), "100-continue")) return refuse(unknown_expectation, error);
      expects_continue_ = version_ > 10;
    }
    into_.headers.add(view(name), view(value));
  }

  void on_header_impl(error_code& error) override {
    if (version_ > 10 && hosts_ == 0) refuse(bad_request, error);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    constexpr std::uint64_t most_at_once = 64 * 1024;  // before a byte of it was seen
    if (length) into_.body.reserve(static_cast<std::size_t>(std::min(*length, most_at_once)));
  }

  std::size_t on_body_impl(beast::string_view part, error_code& error) override {
    if (part.size() > max_body_ - std::min(max_body_, into_.body.size())) {
      refuse(body_too_large, error);
      return 0;
    }
    into_.body.append(part.data(), part.size());
    return part.size();
  }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view part, error_code& error) override {
    return on_body_impl(part, error);
  }

  void on_chunk_header_impl(std::uint64_t size, beast::string_view, error_code& error) override {
    if (size > max_body_ - std::min(max_body_, into_.body.size())) refuse(body_too_large, error);
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  const Limits& limits_;
  Request& into_;
  std::size_t max_body_;
  const Malformed* refused_ = nullptr;
  int version_ = 11;
  int hosts_ = 0;
  bool known_method_ = false;
  bool expects_continue_ = false;
};

const Malformed& meaning(const error_code& error) {
  if (error == beast::http::error::header_limit) return header_too_large;
  if (error == beast::http::error::bad_version) return bad_version;
  return bad_request;
}

}  // namespace

struct RequestParser::Impl {
  const Limits& limits;
  std::optional<OneRequest> one;
  std::size_t header_bytes = 0;
  bool header_told = false;
  Malformed why;

  Progress refuse(const Malformed& reason) {
    why = reason;
    return Progress::malformed;
  }
};

RequestParser::RequestParser(const Limits& limits) : impl_(new Impl{limits, {}, 0, false, {}}) {}
RequestParser::~RequestParser() = default;

void RequestParser::start(Request& into) {
  impl_->one.emplace(impl_->limits, into);
  impl_->header_bytes = 0;
  impl_->header_told = false;
}

RequestParser::Progress RequestParser::put(std::string_view bytes, std::size_t& used) {
  Impl& self = *impl_;
  used = 0;
  if (self.header_told && self.one->is_done()) return Progress::done;
  // An empty line before a request is left over from a careless client's last one (RFC 9112 2.2).
  if (self.header_bytes == 0)
    while (bytes.size() - used >= 2 && bytes.substr(used, 2) == "\r\n") used += 2;
  if (used == bytes.size() || (self.header_bytes == 0 && bytes.substr(used) == "\r")) return Progress::more;
  while (true) {
    const bool in_header = !self.one->is_header_done();
    error_code error;
    const std::size_t taken = self.one->put({bytes.data() + used, bytes.size() - used}, error);
    used += taken;
    if (in_header) {
      self.header_bytes += taken;
      // What is there of a line that has not ended yet counts too.
      const std::size_t pending = self.one->is_header_done() ? 0 : bytes.size() - used;
      if (self.header_bytes + pending > self.limits.max_header_bytes) return self.refuse(header_too_large);
    }
    if (error == beast::http::error::need_more) return Progress::more;
    if (error) return self.refuse(self.one->refused() ? *self.one->refused() : meaning(error));
    if (self.one->is_header_done() && !self.header_told) {
      self.header_told = true;
      return Progress::header;
    }
    if (self.one->is_done()) return Progress::done;
    if (used == bytes.size()) return Progress::more;
  }
}

void RequestParser::set_max_body(std::size_t bytes) noexcept { impl_->one->set_max_body(bytes); }
bool RequestParser::started() const noexcept { return impl_->header_bytes > 0; }
bool RequestParser::in_body() const noexcept { return impl_->header_told && !impl_->one->is_done(); }
bool RequestParser::known_method() const noexcept { return impl_->one->known_method(); }
bool RequestParser::keep_alive() const noexcept { return impl_->one->keep_alive(); }
bool RequestParser::http_1_0() const noexcept { return impl_->one->http_1_0(); }
bool RequestParser::expects_continue() const noexcept { return impl_->one->expects_continue() && in_body(); }
bool RequestParser::announces_more_than(std::size_t bytes) const noexcept {
  const auto length = impl_->one->content_length();
  return length && *length > bytes;
}
bool RequestParser::body_ends_within(std::size_t bytes) const noexcept {
  return impl_->one->content_length() && !announces_more_than(bytes);
}
const Malformed& RequestParser::why() const noexcept { return impl_->why; }

}  // namespace tiketi::http
