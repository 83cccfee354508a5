#pragma once
// What can be chosen about an on-sale day.

#include <cstdint>
#include <string>

namespace tiketi::cli {

/// The waiting room before the sale.
struct WaitingRoomOptions {
  bool on = false;  ///< then a copy of the event is sold, so that nobody else stands in its line
  std::int64_t threshold = 5'000;
  std::int64_t rate_per_second = 5'000;
  std::int64_t lobby_ms = 3'000;  ///< between its opening and the sale's; 0: no lobby
};

/// After this the recovery asks what became of a payment whose answer was lost: soon, for the day is short.
inline constexpr std::int64_t recovery_after_ms = 2'000;

struct OnSaleOptions {
  std::string event = "흠뻑쇼";  ///< the sample catalogue's stadium concert, 48,000 seats
  bool fresh = false;            ///< sell a copy of the event, with all its places free
  std::int64_t fans = 100'000;
  std::int32_t threads = 0;        ///< 0: four for each core
  std::int32_t seats_per_fan = 4;  ///< at most; each fan wants 1 to that many
  double abandon_rate = 0.10;      ///< of the fans who got places, never pay
  double late_rate = 0.03;         ///< pay when their hold is over
  double decline_rate = 0.02;      ///< of first cards, refused by the sandbox; the second one is good
  double lost_rate = 0.005;  ///< of first cards: the sandbox's answer is lost, half of the time after it took the money
  std::int64_t hold_ms = 3'000;
  std::int64_t burst_ms = 3'000;  ///< within which nearly all fans arrive
  std::int64_t refresh_ms = 250;  ///< how often the shared seat map is loaded anew
  std::int32_t tries = 6;         ///< before a fan gives up
  std::uint64_t seed = 1;
  WaitingRoomOptions waiting_room;
};

/// For so long a hold is kept while it is paid for: until the recovery has surely looked.
constexpr std::int64_t hold_while_paying_ms(const OnSaleOptions& options) noexcept {
  return options.hold_ms + 4 * recovery_after_ms;
}

}  // namespace tiketi::cli
