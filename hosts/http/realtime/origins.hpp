#pragma once
// Which pages of other sites may talk to us (the Origin header, RFC 6454 7; https://fetch.spec.whatwg.org).

#include "server/request.hpp"
#include "server/response.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::realtime {

/// Browsers let any page open a WebSocket, so whoever lets clients in by cookies must name the pages. Thread-safe.
class Origins {
 public:
  /// Such as `https://tickets.example`; none: all are allowed, without cookies.
  explicit Origins(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

  /// Clients that are no browsers send no Origin: they may.
  bool allows(const http::Request& request) const;

  /// What lets the page read the answer.
  void add_headers(const http::Request& request, http::Response& response) const;

  /// The answer to OPTIONS.
  http::Response preflight(const http::Request& request) const;

 private:
  std::vector<std::string> allowed_;
};

}  // namespace tiketi::realtime
