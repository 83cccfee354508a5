#pragma once
// What is counted while fans are at it. Each thread has a tally of its own; they are added up at the end.

#include "simulation/fan.hpp"

#include <tiketi/base/error.hpp>
#include <tiketi/box_office/reservation.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <vector>

namespace tiketi::cli {

/// Who was told to be which admission of the room.
struct ToldAdmission {
  std::int64_t number = 0;  ///< as the entry token has it
  UserId user_id;
};

/// What happened before the box office's door.
struct RoomTally {
  std::int64_t came_early = 0;               ///< fans who were told that places are drawn
  std::int64_t came_later = 0;               ///< fans
  std::int64_t reloads = 0;                  ///< times that somebody with a place asked for one
  std::int64_t bots = 0;                     ///< accounts
  std::int64_t asked_by_bots = 0;            ///< places, in all
  std::int64_t sold_out_in_line = 0;         ///< went home when they heard
  std::int64_t intruders = 0;                ///< got places without being admitted
  std::int64_t places_lost = 0;              ///< times that a place was worse than before
  std::map<Errc, std::int64_t> refused;      ///< of those who wanted a place in the line
  std::map<Errc, std::int64_t> turned_away;  ///< by the box office, of bots who had not been admitted
  std::vector<std::uint32_t> waits_us;       ///< of those who had to wait, since the sale started or they came
  std::vector<ToldAdmission> told;
  std::vector<UserId> entered_again;  ///< once for each time, after an admission was over
  std::vector<UserId> holders;        ///< got places

  void merge(const RoomTally& other);
};

struct Tally {
  std::array<std::int64_t, static_cast<std::size_t>(Ending::count_of_endings)> endings{};
  std::int64_t holds = 0;                ///< reservations
  std::int64_t sales = 0;                ///< reservations
  std::int64_t unresolved_payments = 0;  ///< the infrastructure failed: paid or not, nobody knows
  std::map<Errc, std::int64_t> refused;
  std::map<Errc, std::int64_t> payment_refused;
  std::vector<std::uint32_t> latencies_us;  ///< of reserve, one for each answer
  std::vector<std::int64_t> holds_by_second;
  std::int64_t last_answer_us = 0;
  std::vector<std::uint32_t> payments_us;  ///< one for each answer of the cashier's
  std::vector<Bill> bills;                 ///< of all who held places
  std::vector<SeatId> sold_seats;          ///< whose payment was answered
  std::map<TicketTypeId, std::int64_t> sold_tickets;
  RoomTally room;

  std::int64_t& of(Ending ending) { return endings[static_cast<std::size_t>(ending)]; }
  std::int64_t of(Ending ending) const { return endings[static_cast<std::size_t>(ending)]; }
  void add_hold(std::int64_t at_us);
  void add_sale(const std::vector<ReservationLine>& lines);
  void merge(const Tally& other);
};

}  // namespace tiketi::cli
