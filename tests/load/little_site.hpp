#pragma once
// A site of a few hundred lines' worth of the HTTP contract, in memory, that can be told to lie: a load driver is worth
// something only if it finds that out.

#include <cstdint>
#include <memory>
#include <string>

namespace tiketi::test {

enum class Lie : std::uint8_t {
  none,
  seat_twice,        ///< gives a seat to everybody who asks
  another_seat,      ///< answers with a seat that was not asked for
  forgotten_hold,    ///< answers that a seat is held, and does not hold it
  forgotten_sale,    ///< answers that it is paid, and does not sell it
  internal_error,    ///< 500 for a reservation
  broken_map,        ///< a seat map with a seat of no known status
  hang_up,           ///< closes the connection instead of an answer to a reservation
  place_twice,       ///< tells everybody who enters a waiting room that he is the first who waits
  forgotten_entry,   ///< answers that somebody waits, and does not let him stand in the line
  lost_place,        ///< tells whoever looks another place than the one he was given
  all_admitted,      ///< admits everybody into a waiting room for one
  no_socket,         ///< refuses sockets by a CONNECT_ERROR
  forgotten_join,    ///< tells a socket that it has joined, and does not let it
  no_single_news,    ///< tells one of the sockets of no hold by `seat-locked`
  no_seats_changed,  ///< and by `seats-changed`
  news_of_another,   ///< tells of another seat than the one that is held
};

class LittleSite {
 public:
  explicit LittleSite(Lie lie = Lie::none);
  ~LittleSite();
  LittleSite(const LittleSite&) = delete;
  LittleSite& operator=(const LittleSite&) = delete;

  std::string url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tiketi::test
