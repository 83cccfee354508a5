// SE1: what a client may send as a JSON body. Nothing of it crashes, and what is refused says why.

#include "server/json.hpp"

#include <boost/json/serialize.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace tiketi;

void check(bool holds) {
  if (!holds) std::abort();
}

/// Every reader, whatever the field is.
void read_fields(const http::Request& request) {
  http::JsonFields body = http::read_json(request);
  body.required_text("title");
  body.optional_text("text", {.max_bytes = 100, .min_bytes = 0, .multi_line = true});
  const std::int64_t number = body.required_integer("quantity", 1, 10);
  body.optional_boolean("flag");
  body.optional_time("at");
  body.optional_id<UserId>("id");
  const auto ids = body.optional_ids<SeatId>("seatIds", 3);
  for (http::JsonFields& each : body.objects("items", 0, 3)) each.required_integer("price", 0, 5);
  if (!body.failed()) check(number >= 1 && number <= 10 && ids.size() <= 3);
  else check(body.refusal().status == 400 && !body.refusal().body.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string why;
  if (const auto value = http::parse_json(text, why)) {
    // What was taken can be written and read again. (Not as the same: Boost.JSON rounds fractions by its own lights.)
    std::string again_why;
    check(http::parse_json(boost::json::serialize(*value), again_why).has_value());
  } else {
    check(!why.empty());
  }
  http::Request request;
  request.body = std::string(text);
  read_fields(request);
  return 0;
}
