#pragma once
// The whole server put together: services, routes, chores, telemetry.

#include "config.hpp"
#include "server/router.hpp"

#include <tiketi/base/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tiketi::http {

class App {
 public:
  /// Opens the store (and migrates an embedded one), makes the keys that are missing, and the first admin if the
  /// configuration names one. The errors of `tiketi::open` and `check`.
  static Result<std::unique_ptr<App>> make(const Config& config);
  virtual ~App() = default;

  /// Serves on threads of its own. The errors of `Server::start`.
  virtual Result<void> start() = 0;

  /// Stops gracefully: no new connections, what is in flight is finished within the grace period, then the batchers and
  /// chores end.
  virtual void stop() = 0;

  virtual std::uint16_t port() const = 0;
};

/// `METHOD /path` of every route that there is, sorted.
Result<std::vector<std::string>> list_routes();

}  // namespace tiketi::http
