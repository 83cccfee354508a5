#pragma once
// How often which duration was measured, in constant memory.

#include <array>
#include <cstddef>
#include <cstdint>

namespace tiketi::load {

/// Counts by log-linear buckets: exact below 128, above it each power of two has 128 buckets, so that a value is told
/// to within 1 % of what it was. Values beyond 2^40 (as nanoseconds: 18 minutes) count as that.
class Histogram {
 public:
  static constexpr std::uint64_t max_value = (std::uint64_t{1} << 40) - 1;

  void add(std::uint64_t value) noexcept;
  void add(const Histogram& other) noexcept;

  std::int64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }

  /// The value that `share` (0 to 1) of them do not exceed; 0 if there are none.
  std::uint64_t percentile(double share) const noexcept;

 private:
  static constexpr std::size_t linear_bits = 7;
  static constexpr std::size_t linear = std::size_t{1} << linear_bits;
  static constexpr std::size_t bucket_count = linear * (40 - linear_bits + 1);

  static std::size_t bucket_of(std::uint64_t value) noexcept;
  static std::uint64_t highest_in(std::size_t bucket) noexcept;

  std::array<std::int64_t, bucket_count> counts_{};
  std::int64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace tiketi::load
