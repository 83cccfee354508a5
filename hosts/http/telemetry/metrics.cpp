#include "telemetry/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>
#include <mutex>
#include <set>
#include <variant>

namespace tiketi::telemetry {
namespace {

using LabelMap = std::map<std::string, std::string>;

/// One name, with all its series.
struct Named {
  std::variant<prometheus::Family<prometheus::Counter>*, prometheus::Family<prometheus::Gauge>*,
               prometheus::Family<prometheus::Histogram>*>
      family;
  std::set<LabelMap> series;
};

LabelMap as_map(const Labels& labels) {
  LabelMap out;
  for (const Label& each : labels) out[each.name] = each.value;
  return out;
}

}  // namespace

struct Metrics::Impl {
  explicit Impl(std::size_t most) : max_series(most) {}

  std::size_t max_series;
  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::string, Named, std::less<>> names;

  /// The series, or null if the name is another kind's or has too many. `build` makes the family, `add` the series in
  /// it.
  template <class Kind, class Build, class Add>
  Kind* find(const std::string& name, const Labels& labels, Build&& build, Add&& add) {
    const LabelMap map = as_map(labels);
    const std::lock_guard lock(mutex);
    auto at = names.find(name);
    if (at == names.end()) at = names.emplace(name, Named{&build(), {}}).first;
    auto* const family = std::get_if<prometheus::Family<Kind>*>(&at->second.family);
    if (!family) return nullptr;
    if (!at->second.series.contains(map)) {
      if (at->second.series.size() >= max_series) return nullptr;
      at->second.series.insert(map);
    }
    return &add(**family, map);
  }
};

Metrics::Metrics(std::size_t max_series) : impl_(std::make_unique<Impl>(max_series)) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const auto build = [&]() -> auto& {
    return prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry);
  };
  const auto add = [](auto& family, const LabelMap& map) -> auto& { return family.Add(map); };
  return Counter(impl_->find<prometheus::Counter>(name, labels, build, add));
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  const auto build = [&]() -> auto& {
    return prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
  };
  const auto add = [](auto& family, const LabelMap& map) -> auto& { return family.Add(map); };
  return Gauge(impl_->find<prometheus::Gauge>(name, labels, build, add));
}

Histogram Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels,
                             std::span<const double> buckets) {
  const prometheus::Histogram::BucketBoundaries bounds(buckets.begin(), buckets.end());
  const auto build = [&]() -> auto& {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
  };
  const auto add = [&](auto& family, const LabelMap& map) -> auto& { return family.Add(map, bounds); };
  return Histogram(impl_->find<prometheus::Histogram>(name, labels, build, add));
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(impl_->registry.Collect()); }

std::span<const double> duration_buckets() noexcept {
  static constexpr std::array bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0};
  return bounds;
}

void Counter::add(double amount) const {
  if (counter_) counter_->Increment(amount);
}
double Counter::value() const { return counter_ ? counter_->Value() : 0; }

void Gauge::set(double value) const {
  if (gauge_) gauge_->Set(value);
}
void Gauge::add(double amount) const {
  if (gauge_) gauge_->Increment(amount);
}
double Gauge::value() const { return gauge_ ? gauge_->Value() : 0; }

void Histogram::observe(double value) const {
  if (histogram_) histogram_->Observe(value);
}

}  // namespace tiketi::telemetry
