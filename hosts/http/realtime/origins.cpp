#include "realtime/origins.hpp"

#include <algorithm>

namespace tiketi::realtime {

bool Origins::allows(const http::Request& request) const {
  const std::string_view origin = request.header("origin");
  return allowed_.empty() || origin.empty() || std::ranges::find(allowed_, origin) != allowed_.end();
}

void Origins::add_headers(const http::Request& request, http::Response& response) const {
  if (allowed_.empty()) return;  // the server says that all may read what is sent without cookies
  const std::string_view origin = request.header("origin");
  const bool named = !origin.empty() && allows(request);
  response.headers.add("Access-Control-Allow-Origin", named ? origin : std::string_view(allowed_.front()));
  response.headers.add("Access-Control-Allow-Credentials", "true");
  response.headers.add("Vary", "Origin");
}

http::Response Origins::preflight(const http::Request& request) const {
  http::Response out = http::no_content();
  add_headers(request, out);
  const std::string_view asked = request.header("access-control-request-headers");
  out.headers.add("Access-Control-Allow-Methods", "GET,POST");
  out.headers.add("Access-Control-Allow-Headers", asked.empty() ? "Content-Type" : asked);
  out.headers.add("Access-Control-Max-Age", "600");
  out.headers.add("Vary", "Access-Control-Request-Headers");
  return out;
}

}  // namespace tiketi::realtime
