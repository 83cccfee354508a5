#pragma once
// Ids of what a request makes, for requests that bring an idempotency key.

#include "server/request.hpp"

#include <tiketi/base/fingerprint.hpp>
#include <tiketi/base/id.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace tiketi::http {

/// The same for the same key of the same caller, so that the request makes one thing however often it is repeated:
/// also if we crashed before its answer was kept. Nothing without a key.
template <class StrongId>
std::optional<StrongId> id_of_key(const Request& request) {
  if (request.idempotency_key.empty() || !request.caller) return std::nullopt;
  const Uuid caller = request.caller->user_id.uuid;
  const auto bits = [&](std::string_view half) {
    Fingerprint out;
    out.add(half);
    out.add(caller);
    out.add(request.idempotency_key);
    return out.value();
  };
  return StrongId{make_uuid_v7(uuid_v7_ms(caller), {bits("high"), bits("low")})};
}

}  // namespace tiketi::http
