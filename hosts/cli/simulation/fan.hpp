#pragma once
// A fan is data, not a thread: what somebody wants, and how far they have come.

#include "simulation/market.hpp"
#include "simulation/options.hpp"

#include <tiketi/box_office/reservation.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace tiketi::cli {

/// Splitmix64: small enough that every fan has one, so that what a fan decides depends on nobody else.
struct Random {
  std::uint64_t state = 0;

  std::uint64_t next() noexcept;
  double unit() noexcept;                                              ///< 0 inclusive to 1 exclusive
  std::int64_t between(std::int64_t low, std::int64_t high) noexcept;  ///< both inclusive
};

enum class Plan : std::uint8_t { pay, pay_late, abandon };

/// What a fan does about a waiting room.
enum class Habit : std::uint8_t {
  waits,      ///< as one should
  impatient,  ///< gives up after a while
  reloads,    ///< loads the page again and again, which asks for a place each time
  idles,      ///< once admitted, does nothing
  bot,        ///< asks for many places for one account, and tries to buy without being admitted
};

/// Where a fan is. Without a waiting room all are inside.
enum class Stage : std::uint8_t {
  outside,
  in_line,  ///< of the lobby or the queue; or asking to be
  inside,
  idle,  ///< inside, and doing nothing
  leaving,
  left,
};

/// Where a fan's day ends.
enum class Ending : std::uint8_t {
  bought,
  abandoned,  ///< held places, never paid
  unpaid,     ///< held places, but could not pay: too late, no card was good, or the request was lost
  sold_out,   ///< saw nothing free on the last look
  gave_up,    ///< was refused once too often
  left_line,  ///< did not want to wait any longer
  idled_out,  ///< was admitted, did nothing, and was sent away
  count_of_endings
};

/// What a fan has to pay for, and whether that is done.
struct Bill {
  ReservationId reservation;  ///< nil: the fan holds nothing
  Money due;
  bool told_paid = false;
  std::int8_t cards_refused = 0;
};

struct Fan {
  Random random;
  UserId user;
  Plan plan = Plan::pay;
  bool wants_front = false;
  std::int8_t wants = 1;   ///< places
  std::int16_t tries = 0;  ///< so far
  std::int16_t turned_away =
      0;  ///< times that the queue was full, or it was not known yet whether the payment was made
  Bill bill;
  std::vector<ReservationLine> lines;  ///< of the reservation
  double card_luck = 1;                ///< 0 inclusive to 1 exclusive; the lower, the worse
  std::int64_t called_us = 0;          ///< when the call under way was made
  std::int64_t wake_us = -1;           ///< when the fan acts next; -1: when something is heard
  std::int16_t calls = 0;              ///< under way

  Habit habit = Habit::waits;
  Stage stage = Stage::inside;
  bool has_come = false;            ///< the waiting room knows the fan
  Ending ending = Ending::gave_up;  ///< once the stage is `leaving`
  std::int64_t placed_us = -1;      ///< when the fan was told of a place in the line; -1: not yet
  std::int64_t position = 0;        ///< as told last; 0: none so far
  std::string entry_token;
};

/// The same fan for the same seed and number, but for the user id, which belongs to the run: `run` is any
/// fresh UUID.
Fan make_fan(const OnSaleOptions& options, Uuid run, std::uint64_t number);

/// When the fan arrives, counted from the opening: most of them at once, some later. The lobby's opening, if there is
/// one: then most arrive before the sale starts.
std::int64_t arrival_us(Fan& fan, const OnSaleOptions& options);

/// What the fan asks for, seeing what the market shows. Empty if there is nothing to be had. Front
/// lovers grow less picky with each try.
Reserve choose(Fan& fan, const Market& market, const OnSaleOptions& options);

/// How long somebody impatient waits.
std::int64_t patience_us(Fan& fan, const OnSaleOptions& options);

/// When the fan pays, counted from the beginning of the hold.
std::int64_t payment_delay_us(Fan& fan, const OnSaleOptions& options);

}  // namespace tiketi::cli
