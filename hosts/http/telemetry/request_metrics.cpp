#include "telemetry/request_metrics.hpp"

#include <string>

namespace tiketi::telemetry {

void RequestMetrics::done(const void* route, std::string_view pattern, std::string_view method, int status,
                          double seconds) {
  if (!metrics_) return;
  const Key key{route, method.data(), status};
  auto at = series_.find(key);
  if (at == series_.end()) {
    const Labels labels = {
        {"method", std::string(method)}, {"path", std::string(pattern)}, {"status", std::to_string(status)}};
    at = series_
             .emplace(key, Series{metrics_->counter("http_requests_total", "Requests that were answered", labels),
                                  metrics_->histogram("http_request_duration_seconds",
                                                      "From the headers of a request to its answer", labels)})
             .first;
  }
  at->second.total.add();
  at->second.duration.observe(seconds);
}

Gauge RequestMetrics::active(const void* route, std::string_view pattern, std::string_view method) {
  if (!metrics_) return {};
  const Key key{route, method.data(), 0};
  auto at = active_.find(key);
  if (at == active_.end())
    at = active_
             .emplace(key, metrics_->gauge("http_requests_active", "Requests that are being worked on",
                                           {{"method", std::string(method)}, {"path", std::string(pattern)}}))
             .first;
  return at->second;
}

}  // namespace tiketi::telemetry
