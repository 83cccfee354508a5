// A process of its own that sells an event's places until none is left, and tells on its output what was
// acknowledged: `held ID`, `sold ID`, `freed ID`; at the end `done`, or `failed CODE` when the store fails.
//
//   store_worker ADDRESS EVENT SEED [LARGEST_FILE]

#include "store/store_fixture.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

namespace tiketi::test {

namespace {

/// Until it fails; each line in one write, so that a kill leaves no half of one unnoticed.
void say(const std::string& lines) {
  if (write(STDOUT_FILENO, lines.data(), lines.size()) < 0) std::_Exit(1);
}

class Seller {
 public:
  Seller(Stores& stores, EventId event, std::uint64_t seed)
      : store_(stores.box_office()), ids_(clock_, seed << 32), random_(seed) {
    places_.event_id = event;
    const SeatMap map = store_.seat_map(event).value();
    for (std::size_t i = 0; i < map.size(); ++i)
      places_.seats.push_back({(*map.places)[i].id, event, "A", 1, 1, (*map.places)[i].price_minor, 0, 0, {}});
    places_.stock = store_.stock_of(event).value();
  }

  /// Sells until somebody, perhaps another process, has taken everything.
  Result<void> sell() {
    while (true) {
      const auto sold_out = store_.sold_out();
      if (sold_out.has_error()) return sold_out.error();
      if (!sold_out->empty() && pending_.empty()) return {};
      if (auto done = commit_some(); done.has_error()) return done;
    }
  }

 private:
  Change random_hold() {
    std::vector<std::size_t> seats;
    std::vector<std::int64_t> tickets;
    if (!places_.stock.empty() && random_() % 2 == 0) tickets.push_back(1 + static_cast<std::int64_t>(random_() % 3));
    else seats.push_back(random_() % places_.seats.size());
    return make_hold(places_, seats, tickets, ids_, clock_.now());
  }

  Result<void> commit_some() {
    std::vector<Change> changes;
    // Of what it holds it sells most, and gives some back.
    for (const Reservation& each : std::exchange(pending_, {}))
      changes.push_back(random_() % 8 == 0 ? cancelled(each, clock_.now()) : confirmed(each, clock_.now()));
    for (std::size_t i = 1 + random_() % 8; i > 0; --i) changes.push_back(random_hold());
    const auto outcomes = store_.commit(changes);
    if (outcomes.has_error()) return outcomes.error();
    std::string lines;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if ((*outcomes)[i].kind != Outcome::Kind::applied) continue;
      const Change& change = changes[i];
      if (change.news == ReservationNews::held) pending_.push_back(change.after);
      const char* word = change.news == ReservationNews::held        ? "held "
                         : change.news == ReservationNews::confirmed ? "sold "
                                                                     : "freed ";
      lines += word + change.after.id.text() + '\n';
    }
    say(lines);
    return {};
  }

  BoxOfficeStore& store_;
  FakeClock clock_;
  CountingIds ids_;
  std::mt19937_64 random_;
  NewInventory places_;
  std::vector<Reservation> pending_;
};

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 4) return 2;
  if (arguments.size() > 4) {
    const rlimit limit{std::stoull(arguments[4]), std::stoull(arguments[4])};
    std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  auto stores = open_stores(arguments[1]);
  if (stores.has_error()) {
    say("failed " + std::string(name(stores.error().code)) + '\n');
    return 0;
  }
  Seller seller(**stores, EventId::parse(arguments[2]).value(), std::stoull(arguments[3]));
  const auto sold = seller.sell();
  say(sold.has_value() ? "done\n" : "failed " + std::string(name(sold.error().code)) + '\n');
  return 0;
}

}  // namespace

}  // namespace tiketi::test

int main(int argc, char** argv) { return tiketi::test::run({argv, argv + argc}); }
