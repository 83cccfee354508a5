#include "load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tiketi::load {

std::size_t Histogram::bucket_of(std::uint64_t value) noexcept {
  if (value < linear) return static_cast<std::size_t>(value);
  const auto shift = static_cast<std::size_t>(std::bit_width(value)) - 1 - linear_bits;
  // The top bit is always set: what follows it chooses among the buckets of this power of two.
  return (shift << linear_bits) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t Histogram::highest_in(std::size_t bucket) noexcept {
  if (bucket < linear) return bucket;
  const std::size_t shift = (bucket >> linear_bits) - 1;
  const std::uint64_t lowest = std::uint64_t{linear + bucket % linear} << shift;
  return lowest + ((std::uint64_t{1} << shift) - 1);
}

void Histogram::add(std::uint64_t value) noexcept {
  value = std::min(value, max_value);
  ++counts_[bucket_of(value)];
  ++count_;
  max_ = std::max(max_, value);
}

void Histogram::add(const Histogram& other) noexcept {
  for (std::size_t i = 0; i < bucket_count; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::percentile(double share) const noexcept {
  if (count_ == 0) return 0;
  const auto rank = std::clamp<std::int64_t>(std::llround(std::ceil(share * static_cast<double>(count_))), 1, count_);
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(highest_in(i), max_);
  }
  return max_;
}

}  // namespace tiketi::load
