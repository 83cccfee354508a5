#pragma once
// From a Response to the bytes that are sent: what the request lets us leave out or compress, and the head.

#include "server/request.hpp"
#include "server/response.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace tiketi::http {

/// What is sent of a Response.
struct Encoded {
  int status = 200;
  std::string_view body;  ///< of the Response, which must stay where it is
  std::string_view content_type;
  std::string_view etag;
  bool gzip = false;    ///< the body is compressed
  bool varies = false;  ///< by Accept-Encoding
};

/// Decides between 200 and 304 (If-None-Match on GET and HEAD) and about compression. Texts from 1 KiB up are
/// compressed on the spot, in `response.body`, fast rather than small.
Encoded encode(const Request& request, Response& response);

struct HeadOptions {
  std::string_view standing;  ///< the server's own headers, each with its line end
  std::string_view date;
  bool keep_alive = true;
  bool http_1_0 = false;
  bool open_ended = false;  ///< nobody knows the length of the body; the connection is closed behind it
};

/// The headers that every answer carries.
std::string standing_headers(bool tls);

/// Appends status line and headers with the empty line behind them.
void append_head(std::string& out, const Request& request, const Response& response, const Encoded& encoded,
                 const HeadOptions& options);

/// True if a body follows the head.
bool sends_body(const Request& request, const Encoded& encoded) noexcept;

/// Now, as `Date` wants it. The view holds until the thread's next call.
std::string_view http_date();

}  // namespace tiketi::http
