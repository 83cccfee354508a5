#pragma once
// The state of one simulation: the dice, the clock, the model, what was acknowledged, and the trace.

#include "books.hpp"
#include "consumer.hpp"
#include "programme.hpp"
#include "random.hpp"
#include "rooms.hpp"
#include "support/fakes.hpp"
#include "till.hpp"

#include <tiketi/catalog/catalog.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::test {

/// How often each fault strikes, of a thousand calls of a port.
struct Weather {
  std::int64_t crash = 0;
  std::int64_t unavailable = 0;
  std::int64_t lost_request = 0;
  std::int64_t lost_answer = 0;
  std::int64_t interleave = 0;  ///< another process does something in between
  std::int64_t clock_step = 0;
  std::int64_t bus_failure = 0;
};

/// Some seeds are calm, some bring races only, and some everything at once.
Weather make_weather(Random& random);

/// One call of a service that is under way.
struct Call {
  int process = 0;
  bool disturbed = false;  ///< something failed, or somebody else acted, while it ran
  bool crashed = false;
  std::uint64_t programme_changes = 0;                   ///< when it began
  std::vector<Timestamp> times;                          ///< that the clock showed while it ran
  std::vector<std::pair<ReservationId, Entry>> entered;  ///< what it changed
  RoomCall room;
};

struct Scene {
  explicit Scene(std::uint64_t seed_number, bool print_trace)
      : seed(seed_number), verbose(print_trace), random(seed_number), ids(clock), consumer(books, till) {}

  /// A line of the trace: for the determinism test, and for whoever looks into a failure.
  void note(const std::string& line);
  /// The first failure ends the simulation.
  void fail(const std::string& what);
  void count(std::string_view what, std::int64_t by = 1) { tally[std::string(what)] += by; }
  void set_clock(Timestamp time);
  Timestamp clock_now() const { return now_; }

  const std::uint64_t seed;
  const bool verbose;
  Random random;
  FakeClock clock;
  CountingIds ids;
  Weather weather;
  Books books;
  Programme programme;
  Rooms rooms;
  Till till{clock};
  Consumer consumer;
  std::deque<Call> calls;  // the innermost last; a deque, as others begin while one is under way
  int step = 0;

  // What clients know.
  std::vector<UserId> users;
  std::vector<EventId> events;
  std::map<ReservationId, std::int64_t> acknowledged;  // the latest version that somebody was told
  std::map<BuyerKey, ReservationId> key_answers;
  std::vector<Reserve> unresolved;           // requests with a key whose outcome is unknown
  std::vector<ReserveBest> unresolved_best;  // likewise
  std::int64_t next_key = 1;
  std::vector<NewEvent> unfinished;  // events whose creation was not answered yet

  std::optional<std::string> failure;
  std::uint64_t trace_hash = 0xcbf29ce484222325ULL;
  std::deque<std::string> last_lines;
  std::map<std::string, std::int64_t> tally;

 private:
  Timestamp now_ = clock.now();
};

}  // namespace tiketi::test
