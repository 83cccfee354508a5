#pragma once
// Values as people read them in a terminal.

#include <tiketi/base/money.hpp>
#include <tiketi/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::cli {

std::string with_commas(std::int64_t number);   ///< 48,000
std::string format_money(Money money);          ///< 198,000 KRW; 19.90 USD
std::string format_time(Timestamp time);        ///< 2026-11-20 19:00:00 KST
std::string format_bytes(std::int64_t bytes);   ///< 12.3 MB
std::string format_one_decimal(double number);  ///< 12.3

/// Columns that a text takes in a terminal: Hangul and the like take two.
std::size_t display_width(std::string_view text);

/// Columns as wide as their widest cell; the first row is the heading.
using Rows = std::vector<std::vector<std::string>>;
std::string format_table(const Rows& rows);

}  // namespace tiketi::cli
