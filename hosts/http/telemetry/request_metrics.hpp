#pragma once
// The metrics that every HTTP request is counted in (OB1).

#include "telemetry/metrics.hpp"

#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_map>

namespace tiketi::telemetry {

/// http_requests_total and http_request_duration_seconds {method, path, status}, http_requests_active {method, path},
/// where the path is the route's pattern. Of one thread, which remembers its series: nothing is locked to find them.
class RequestMetrics {
 public:
  explicit RequestMetrics(Metrics* metrics) : metrics_(metrics) {}  ///< null: does nothing

  /// `route` tells patterns apart and lives as long as this does; null for requests that no route answers.
  void done(const void* route, std::string_view pattern, std::string_view method, int status, double seconds);
  Gauge active(const void* route, std::string_view pattern, std::string_view method);

 private:
  struct Key {
    const void* route;
    const char* method;  // names of methods are constants
    int status;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<const void*>{}(key.route) ^ std::hash<const void*>{}(key.method) * 31 ^
             static_cast<std::size_t>(key.status) * 0x9e3779b97f4a7c15ULL;
    }
  };
  struct Series {
    Counter total;
    Histogram duration;
  };

  Metrics* metrics_;
  std::unordered_map<Key, Series, Hash> series_;
  std::unordered_map<Key, Gauge, Hash> active_;
};

}  // namespace tiketi::telemetry
