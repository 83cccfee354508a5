#pragma once
// Events and layouts to test with, and what an error says about a field.

#include <gtest/gtest.h>
#include <tiketi/base/result.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/catalog/rules.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tiketi::test {

inline LayoutSection section(std::string name, std::int32_t rows, std::int32_t seats_per_row, std::int64_t price,
                             std::int32_t start_row = 1) {
  return {.name = std::move(name),
          .rows = rows,
          .seats_per_row = seats_per_row,
          .start_row = start_row,
          .price_minor = price};
}

inline SeatLayout layout_of(std::vector<LayoutSection> sections) {
  return {.name = "hall", .description = "A hall", .sections = std::move(sections)};
}

/// 265 seats in three sections.
inline SeatLayout small_theater() {
  SeatLayout layout =
      layout_of({section("VIP", 3, 10, 150'000, 1), section("R", 5, 15, 100'000, 4), section("S", 8, 20, 70'000, 9)});
  layout.name = "small_theater";
  return layout;
}

/// 48,000 seats: a floor and sixty blocks around it, of 25 rows by 26 seats.
inline SeatLayout stadium() {
  SeatLayout layout = layout_of({section("Floor", 60, 150, 198'000)});
  layout.name = "stadium";
  for (int block = 1; block <= 60; ++block)
    layout.sections.push_back(section("Block-" + std::to_string(block), 25, 26, 165'000));
  return layout;
}

/// On sale from 10:00 to 20:00 of a day, and held a day later.
inline Event concert(std::string title = "흠뻑쇼") {
  Event event;
  event.title = std::move(title);
  event.description = "첫째 줄\n둘째 줄";
  event.venue = "잠실종합운동장 주경기장";
  event.address = "서울특별시 송파구 올림픽로 25";
  event.artist = "싸이";
  event.poster_url = "https://example.org/poster.jpg";
  event.sale_start = {1'795'136'400'000};
  event.sale_end = event.sale_start.plus_ms(10 * hour_ms);
  event.event_date = event.sale_end.plus_ms(day_ms);
  return event;
}

inline TicketType standing(std::string name = "Standing", std::int64_t price = 50'000, std::int64_t quantity = 400) {
  TicketType type;
  type.name = std::move(name);
  type.price.minor = price;
  type.total_quantity = quantity;
  return type;
}

/// The refusal is of that kind, names the field both to a person and to a program.
template <class T>
::testing::AssertionResult refused(const Result<T>& result, Errc code, const std::string& field) {
  if (result.has_value()) return ::testing::AssertionFailure() << "accepted, though " << field << " is wrong";
  const Error& error = result.error();
  if (error.code != code || error.detail("field") != field || error.message.find(field) == std::string::npos)
    return ::testing::AssertionFailure() << name(error.code) << " of \"" << error.detail("field")
                                         << "\": " << error.message;
  return ::testing::AssertionSuccess();
}

/// And it says in which line of the text.
template <class T>
::testing::AssertionResult refused(const Result<T>& result, Errc code, const std::string& field, int line) {
  const auto outcome = refused(result, code, field);
  if (!outcome) return outcome;
  const Error& error = result.error();
  if (error.detail("line") != std::to_string(line) || !error.message.starts_with("line " + std::to_string(line) + ": "))
    return ::testing::AssertionFailure() << "line " << error.detail("line") << ": " << error.message;
  return ::testing::AssertionSuccess();
}

}  // namespace tiketi::test
