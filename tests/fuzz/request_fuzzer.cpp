// SE1: the bytes of a connection, in pieces of any size; and where the router takes what comes of them.

#include "server/request_parser.hpp"
#include "server/router.hpp"
#include "server/target.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace tiketi::http;

void check(bool holds) {
  if (!holds) std::abort();
}

Router make_router() {
  const auto nothing = Direct{[](Request&) { return Response(); }};
  Router router;
  router.add(Method::get, "/api/events", Access::anyone, nothing);
  router.add(Method::get, "/api/events/:id", Access::anyone, nothing);
  router.add(Method::post, "/api/events/:id/cancel", Access::anyone, nothing);
  router.add(Method::get, "/api/reservations/my", Access::anyone, nothing);
  router.add(Method::get, "/*page", Access::anyone, nothing);
  return router;
}

void find_route(const Router& router, std::string_view target) {
  std::string path;
  std::vector<std::string_view> segments;
  NameValues query;
  if (!parse_target(target, {}, path, segments, query)) return;
  check(path.starts_with("/") && tiketi::is_utf8(path) && path.find('\0') == path.npos && query.size() <= 64);
  for (const std::string_view each : segments) check(each != ".." && each != "." && each.find('/') == each.npos);
  const Match match = router.find(Method::get, segments);
  if (match.route != nullptr) check(match.values.size() == match.route->parameter_names.size());
}

/// True if the bytes were a request; it is left in `into`.
bool read_request(std::string_view bytes, std::size_t piece, Request& into) {
  const Limits limits;
  RequestParser parser(limits);
  parser.start(into);
  std::string waiting;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t taken = std::min(piece, bytes.size() - at);
    waiting.append(bytes.substr(at, taken));
    at += taken;
    for (bool going = true; going;) {
      std::size_t used = 0;
      const auto progress = parser.put(waiting, used);
      check(used <= waiting.size());
      waiting.erase(0, used);
      if (progress == RequestParser::Progress::done) return true;
      if (progress == RequestParser::Progress::malformed) {
        check(parser.why().status >= 400);
        return false;
      }
      going = progress == RequestParser::Progress::header;
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Router router = make_router();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  find_route(router, bytes);
  Request whole;
  const bool complete = read_request(bytes, std::max<std::size_t>(size, 1), whole);
  if (complete) {
    check(whole.body.size() <= Limits().max_body && whole.headers.size() <= Limits().max_headers);
    find_route(router, whole.target);
    Request bit_by_bit;  // the same, however it arrives
    check(read_request(bytes, 1, bit_by_bit) && bit_by_bit.body == whole.body && bit_by_bit.target == whole.target);
  }
  return 0;
}
