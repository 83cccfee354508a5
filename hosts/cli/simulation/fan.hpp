#pragma once
// A fan is data, not a thread: what somebody wants, and how far they have come.

#include "simulation/market.hpp"
#include "simulation/options.hpp"

#include <tiketi/box_office/reservation.hpp>

#include <cstdint>

namespace tiketi::cli {

/// Splitmix64: small enough that every fan has one, so that what a fan decides depends on nobody else.
struct Random {
  std::uint64_t state = 0;

  std::uint64_t next() noexcept;
  double unit() noexcept;                                              ///< 0 inclusive to 1 exclusive
  std::int64_t between(std::int64_t low, std::int64_t high) noexcept;  ///< both inclusive
};

enum class Plan : std::uint8_t { pay, pay_late, abandon };

/// Where a fan's day ends.
enum class Ending : std::uint8_t {
  bought,
  abandoned,  ///< held places, never paid
  too_late,   ///< held places, but the payment was refused
  sold_out,   ///< saw nothing free on the last look
  gave_up,    ///< was refused once too often
  count_of_endings
};

struct Fan {
  Random random;
  UserId user;
  Plan plan = Plan::pay;
  bool wants_front = false;
  std::int8_t wants = 1;         ///< places
  std::int16_t tries = 0;        ///< so far
  std::int16_t turned_away = 0;  ///< times the queue was full
  ReservationId reservation;     ///< nil: none held
  std::int64_t called_us = 0;    ///< when the call under way was made
};

/// The same fan for the same seed and number, but for the user id, which belongs to the run: `run` is any
/// fresh UUID.
Fan make_fan(const OnSaleOptions& options, Uuid run, std::uint64_t number);

/// When the fan arrives, counted from the opening: most of them at once, some later.
std::int64_t arrival_us(Fan& fan, const OnSaleOptions& options);

/// What the fan asks for, seeing what the market shows. Empty if there is nothing to be had. Front
/// lovers grow less picky with each try.
Reserve choose(Fan& fan, const Market& market, const OnSaleOptions& options);

/// When the fan pays, counted from the beginning of the hold.
std::int64_t payment_delay_us(Fan& fan, const OnSaleOptions& options);

}  // namespace tiketi::cli
