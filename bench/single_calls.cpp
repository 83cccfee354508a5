// Single calls from many threads, which the Batcher makes into batches.

#include "bench.hpp"
#include "raw_sqlite.hpp"

#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/base/batcher.hpp>

#include <atomic>
#include <latch>
#include <thread>

namespace tiketi::bench {

namespace {

constexpr std::size_t threads = 64;
constexpr std::size_t event_seats = 48'000;

using ReserveBatcher = Batcher<Reserve, Result<Reserved>>;

ReserveBatcher::Work work_of(BoxOffice& box_office) {
  return [&box_office](std::span<const Reserve> commands) { return box_office.reserve(commands); };
}

/// The threads take turns at the commands, one call at a time each.
void call_all(Side& side, ReserveBatcher& batcher, const std::vector<Reserve>& commands) {
  std::latch ready(threads + 1);
  std::atomic<std::size_t> refused = 0;
  std::vector<std::jthread> callers;
  for (std::size_t thread = 0; thread < threads; ++thread)
    callers.emplace_back([&, thread] {
      ready.arrive_and_wait();
      for (std::size_t i = thread; i < commands.size(); i += threads)
        if (batcher.call(commands[i]).has_error()) ++refused;
    });
  side.time(static_cast<std::int64_t>(commands.size()), [&] {
    ready.arrive_and_wait();
    callers.clear();
  });
  require(refused == 0, std::to_string(refused) + " calls were refused");
}

void distinct_seats(Run& run) {
  const std::string name = "reserve/sqlite/batcher-64";
  if (!run.wants(name)) return;
  constexpr std::size_t batch = 256, piece = 16 * batch;
  const std::string raw_path = run.new_file("raw-batcher.db");
  Venue venue(sqlite::open(run.new_file("ours-batcher.db")).value(), event_seats);
  Venue raw_venue(sqlite::open(raw_path).value(), event_seats);
  RawSqlite raw(raw_path, RawSqlite::Mode::durable);
  ReserveBatcher batcher(work_of(venue.box_office()));
  Contest contest;
  do {
    const auto holds = raw_venue.next_holds(piece);
    contest.limit.time(piece, [&] {
      for (std::size_t i = 0; i < piece; i += batch) raw.hold(std::span(holds).subspan(i, batch));
    });
    call_all(contest.ours, batcher, venue.next_commands(piece));
  } while (contest.seconds() < run.seconds());
  venue.check();
  raw_venue.check();
  run.add(rate(name, "holds/s", contest.ours.rate(), contest.limit.rate(), "raw sqlite3 loop in batches of 256",
               "0.33 of the limit"));
}

void one_ticket_type(Run& run) {
  const std::string name = "stock-contended/sqlite";
  if (!run.wants(name)) return;
  constexpr std::size_t piece = 4096;
  Venue stock_venue(sqlite::open(run.new_file("contended.db")).value(), event_seats);
  Venue seat_venue(sqlite::open(run.new_file("distinct.db")).value(), event_seats);
  const NewInventory stock = make_stock(stock_venue.ids(), 1'000'000);
  stock_venue.load(stock);
  ReserveBatcher stock_batcher(work_of(stock_venue.box_office()));
  ReserveBatcher seat_batcher(work_of(seat_venue.box_office()));
  Contest contest;
  do {
    call_all(contest.limit, seat_batcher, seat_venue.next_commands(piece));
    std::vector<Reserve> commands;
    for (std::size_t i = 0; i < piece; ++i)
      commands.push_back({stock.event_id, somebody(), {}, {{stock.stock.front().id, 1}}, {}});
    call_all(contest.ours, stock_batcher, commands);
  } while (contest.seconds() < run.seconds());
  const auto left = stock_venue.store().stock_of(stock.event_id).value();
  require(left.size() == 1 && left.front().held == contest.ours.count, "the stock does not count its holds");
  stock_venue.check();
  seat_venue.check();
  run.add(rate(name, "holds/s", contest.ours.rate(), contest.limit.rate(), "distinct seats by the same threads",
               "1 of the limit"));
}

}  // namespace

void reserve_by_single_calls(Run& run) {
  distinct_seats(run);
  one_ticket_type(run);
}

}  // namespace tiketi::bench
