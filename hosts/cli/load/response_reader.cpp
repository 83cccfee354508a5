#include "load/response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <optional>
#include <utility>

namespace tiketi::load {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

/// Beast's parser, which keeps of the answer only what a load driver looks at.
class Parser final : public http::basic_parser<false> {
 public:
  explicit Parser(std::string& body) : body_(body) {
    eager(true);
    header_limit(ResponseReader::max_header_bytes);
    body_limit(ResponseReader::max_body_bytes);
  }

  unsigned status = 0;
  std::string etag, content_encoding;

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override { status = static_cast<unsigned>(code); }
  void on_field_impl(http::field name, string_view, string_view value, error_code&) override {
    if (name == http::field::etag) etag.assign(value.data(), value.size());
    else if (name == http::field::content_encoding) content_encoding.assign(value.data(), value.size());
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view bytes, error_code&) override {
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  std::string& body_;
};

}  // namespace

struct ResponseReader::Impl {
  std::string body;      // its memory serves every answer
  std::string leftover;  // an unfinished header, or chunk header, that waits for its rest
  std::optional<Parser> parser;
  Response response;
  std::string error;

  State broken(std::string why) {
    error = std::move(why);
    return State::broken;
  }

  State finish() {
    response = {parser->status, body, parser->etag, parser->content_encoding, parser->keep_alive()};
    return State::done;
  }

  /// Parses as far as the bytes go; what was not taken is told by `used`.
  State parse(std::string_view bytes, std::size_t& used) {
    while (used < bytes.size()) {
      error_code code;
      const std::size_t taken = parser->put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), code);
      used += taken;
      if (code == http::error::need_more) return State::more;
      if (code) return broken(code.message());
      if (parser->is_done()) {
        if (parser->status >= 200) return State::done;
        parser.emplace(body);  // 100 Continue and the like come before the answer
      }
    }
    return State::more;
  }
};

ResponseReader::ResponseReader() : impl_(std::make_unique<Impl>()) {}
ResponseReader::~ResponseReader() = default;
ResponseReader::ResponseReader(ResponseReader&&) noexcept = default;
ResponseReader& ResponseReader::operator=(ResponseReader&&) noexcept = default;

ResponseReader::State ResponseReader::put(std::string_view bytes) {
  Impl& impl = *impl_;
  if (!impl.parser || impl.parser->is_done()) {
    impl.body.clear();
    impl.leftover.clear();
    impl.parser.emplace(impl.body);
  }
  const bool continued = !impl.leftover.empty();
  if (continued) {
    impl.leftover.append(bytes);
    bytes = impl.leftover;
  }
  std::size_t used = 0;
  const State state = impl.parse(bytes, used);
  if (state == State::done) {
    if (used != bytes.size()) return impl.broken("there are bytes after the end of the answer");
    return impl.finish();
  }
  if (state == State::more) {
    if (continued) impl.leftover.erase(0, used);
    else impl.leftover.assign(bytes.substr(used));
  }
  return state;
}

ResponseReader::State ResponseReader::end() {
  Impl& impl = *impl_;
  if (!impl.parser || impl.parser->is_done()) return impl.broken("the connection was closed");
  error_code code;
  impl.parser->put_eof(code);
  if (code) return impl.broken("the connection was closed in the middle of an answer");
  return impl.finish();
}

const Response& ResponseReader::response() const noexcept { return impl_->response; }
const std::string& ResponseReader::error() const noexcept { return impl_->error; }

}  // namespace tiketi::load
