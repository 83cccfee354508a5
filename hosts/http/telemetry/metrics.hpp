#pragma once
// Numbers for Prometheus. A handle is looked up once, kept, and then costs an atomic operation or so.

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace tiketi::telemetry {

struct Label {
  std::string name;
  std::string value;
};
using Labels = std::vector<Label>;

/// Handles are copied freely and used from any thread. They belong to their Metrics, which must outlive them; an empty
/// one does nothing.
class Counter {
 public:
  Counter() = default;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  void add(double amount = 1) const;  ///< amount ≥ 0
  double value() const;

 private:
  prometheus::Counter* counter_ = nullptr;
};

class Gauge {
 public:
  Gauge() = default;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  void set(double value) const;
  void add(double amount) const;  ///< may be negative
  double value() const;

 private:
  prometheus::Gauge* gauge_ = nullptr;
};

class Histogram {
 public:
  Histogram() = default;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  void observe(double value) const;

 private:
  prometheus::Histogram* histogram_ = nullptr;
};

/// Upper bounds of buckets for durations in seconds, 1 ms to 10 s.
std::span<const double> duration_buckets() noexcept;

/// Thread-safe. The same name and labels give the same series. A name stays what it was first: asking for it as another
/// kind gives an empty handle, and so does a series beyond `max_series` of a name, so that labels made of what clients
/// send can't grow without bound.
class Metrics {
 public:
  explicit Metrics(std::size_t max_series = 5'000);
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();

  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram histogram(const std::string& name, const std::string& help, const Labels& labels = {},
                      std::span<const double> buckets = duration_buckets());

  /// All of it, in Prometheus' text format.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace tiketi::telemetry
