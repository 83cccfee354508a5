#pragma once
// Money: an integer number of a currency's smallest unit (won, cents). Arithmetic is checked: a sum
// that does not fit is no sum.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi {

/// An ISO 4217 alphabetic code.
struct Currency {
  std::array<char, 3> code{'K', 'R', 'W'};

  friend constexpr auto operator<=>(const Currency&, const Currency&) = default;
  constexpr std::string_view text() const noexcept { return {code.data(), code.size()}; }

  /// Three capital letters, or nothing.
  static constexpr std::optional<Currency> parse(std::string_view text) noexcept {
    if (text.size() != 3) return std::nullopt;
    Currency out;
    for (std::size_t i = 0; i < 3; ++i) {
      if (text[i] < 'A' || text[i] > 'Z') return std::nullopt;
      out.code[i] = text[i];
    }
    return out;
  }
};

inline constexpr Currency krw{};

constexpr std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t out = 0;
  if (__builtin_add_overflow(a, b, &out)) return std::nullopt;
  return out;
}

constexpr std::optional<std::int64_t> checked_multiply(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t out = 0;
  if (__builtin_mul_overflow(a, b, &out)) return std::nullopt;
  return out;
}

struct Money {
  std::int64_t minor = 0;  ///< in the currency's smallest unit
  Currency currency;

  friend constexpr bool operator==(const Money&, const Money&) = default;
};

/// The sum, or nothing if the currencies differ or it does not fit.
constexpr std::optional<Money> add(Money a, Money b) noexcept {
  if (a.currency != b.currency) return std::nullopt;
  if (const auto sum = checked_add(a.minor, b.minor)) return Money{*sum, a.currency};
  return std::nullopt;
}

/// The price of `quantity` things, or nothing if it does not fit.
constexpr std::optional<Money> multiply(Money price, std::int64_t quantity) noexcept {
  if (const auto product = checked_multiply(price.minor, quantity)) return Money{*product, price.currency};
  return std::nullopt;
}

}  // namespace tiketi
