#pragma once
// Which handler answers which path.

#include "server/handler.hpp"
#include "server/request.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tiketi::http {

enum class Access : std::uint8_t {
  anyone,  ///< Blocking: a good token sets the caller, a bad one is ignored. Direct and Deferred: tokens aren't looked
           ///< at
  user,
  admin,
};

struct RouteOptions {
  std::size_t max_body = 0;  ///< bytes; 0: the server's limit
  /// A token may also come as `?token=`: for streams, as browsers' EventSource can't send headers. A header wins.
  bool token_in_query = false;
  bool replays = true;       ///< Blocking POST routes: repeat by Idempotency-Key through ServerOptions::around
};

struct Route {
  Method method = Method::get;
  std::string pattern;
  Access access = Access::anyone;
  std::variant<Direct, Blocking, Deferred, OpenStream, OpenWebSocket> handler;
  RouteOptions options;
  std::vector<std::string> parameter_names;
};

struct Match {
  const Route* route = nullptr;          ///< null: nothing answers this method here
  const Route* web_socket = nullptr;     ///< what a GET that asks for a WebSocket gets, besides or instead
  std::uint8_t allowed = 0;              ///< bit of each method that some route answers at this path
  std::vector<std::string_view> values;  ///< of the route's parameters, in order; views into the segments
};

/// Filled at start, then only read: `find` is thread-safe.
///
/// A pattern is made of segments: words, `:name` for any one segment, and at the end perhaps `*name` for the rest,
/// which may be empty. Words beat `:name`, which beats `*name`, segment by segment, in whatever order they were added.
/// A `*name` route answers only its own methods: it makes no 405 of what would be a 404.
class Router {
 public:
  using Handler = std::variant<Direct, Blocking, Deferred, OpenStream>;

  Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  /// Throws std::logic_error if the pattern is malformed, or was added before for this method.
  Router& add(Method method, std::string_view pattern, Access access, Handler handler, RouteOptions options = {});

  /// For WebSocket handshakes. There may be other routes of the same pattern, also for GET; if there is none for GET,
  /// one that is no handshake is answered 426.
  Router& add_web_socket(std::string_view pattern, Access access, OpenWebSocket handler);

  /// Adds routes under each of several prefixes: `router.under({"/api", "/api/v1"}).add(…)`.
  class Group {
   public:
    Group& add(Method method, std::string_view pattern, Access access, const Handler& handler,
               RouteOptions options = {});
    Group& add_web_socket(std::string_view pattern, Access access, const OpenWebSocket& handler);

   private:
    friend class Router;
    Group(Router& router, std::vector<std::string> prefixes) : router_(router), prefixes_(std::move(prefixes)) {}
    Router& router_;
    std::vector<std::string> prefixes_;
  };
  Group under(std::vector<std::string> prefixes) { return {*this, std::move(prefixes)}; }

  /// HEAD is answered by GET's route if it has none of its own.
  Match find(Method method, std::span<const std::string_view> segments) const;

  /// All routes, in the order in which they were added. They stay where they are as long as the router lives.
  std::vector<const Route*> routes() const;

 private:
  struct Node;
  Router& put(std::unique_ptr<Route> route, std::size_t slot);
  std::vector<std::unique_ptr<Route>> routes_;
  std::unique_ptr<Node> root_;
};

}  // namespace tiketi::http
