#pragma once
// Handlers of routes, made from functions that take the desks.

#include "desks.hpp"
#include "server/router.hpp"

#include <optional>
#include <string>
#include <utility>

namespace tiketi::http {

/// For routes that are no commands of a customer's, or whose answers are too secret to be kept.
inline const RouteOptions no_replay{.replays = false};

/// `handler(desks, request)` on a thread of `pool`.
template <class Handler>
Blocking blocking(Desks& desks, Handler handler, std::string pool = "store") {
  return Blocking{[&desks, handler](const Request& request) { return handler(desks, request); }, std::move(pool)};
}

/// `handler(desks, request, respond)`, which answers later.
template <class Handler>
Deferred deferred(Desks& desks, Handler handler) {
  return Deferred{
      [&desks, handler](const Request& request, const Respond& respond) { handler(desks, request, respond); }};
}

/// Whose things the caller may see and change: their own; an admin everybody's.
inline std::optional<UserId> owner_of(const Request& request) {
  return request.caller->admin ? std::nullopt : std::optional(request.caller->user_id);
}

}  // namespace tiketi::http
