// The waiting room's part of the report.

#include "simulation/report_room.hpp"

#include "simulation/report.hpp"

#include <string>
#include <utility>

namespace tiketi::cli {
namespace {

std::string count(const char* what, std::int64_t number) { return std::string(what) + ' ' + with_commas(number); }

std::string counts(std::initializer_list<std::pair<const char*, std::int64_t>> all) {
  std::string out;
  for (const auto& [what, number] : all) out += (out.empty() ? "" : "   ") + count(what, number);
  return out;
}

std::string seconds(std::uint32_t us) { return format_one_decimal(us / 1'000'000.0) + " s"; }

}  // namespace

Rows rows_before_sale(const OnSaleReport& report) {
  const RoomReport& room = report.room;
  const RoomTally& tally = report.tally.room;
  const WaitingRoomOptions& options = report.options.waiting_room;
  std::vector<std::uint32_t> waits = tally.waits_us;
  Rows rows;
  const auto add = [&rows](const char* what, std::string value) { rows.push_back({what, std::move(value)}); };
  if (room.commitment.empty()) add("  lobby", "none: first come, first served");
  else {
    add("  lobby", with_commas(tally.came_early) + " came in " +
                       format_one_decimal(static_cast<double>(options.lobby_ms) / 1000.0) + " s; " +
                       with_commas(room.shuffled) + " were shuffled");
    add("", "seed " + room.seed + (room.seed_fits ? ", which fits" : ", which DOES NOT FIT"));
    add("", "the commitment " + room.commitment);
  }
  add("  queue", with_commas(tally.came_later) + " came later; at most " + with_commas(room.most_waiting) +
                     " waited, and " + with_commas(room.most_active) + " of " + with_commas(options.threshold) +
                     " were inside");
  add("", "waited p50 " + seconds(percentile(waits, 0.50)) + "   p99 " + seconds(percentile(waits, 0.99)) +
              "   at most " + seconds(percentile(waits, 1.0)));
  add("", counts({{"admitted", room.admitted},
                  {"of them at once", room.admitted_at_once},
                  {"gave up", report.tally.of(Ending::left_line)},
                  {"heard it is sold out", tally.sold_out_in_line},
                  {"idled out", report.tally.of(Ending::idled_out)}}));
  add("",
      counts({{"reloads", tally.reloads}, {"entered again", static_cast<std::int64_t>(tally.entered_again.size())}}) +
          "   refused " + refusals_text(tally.refused));
  add("  bots", with_commas(tally.bots) + " accounts asked for " + with_commas(tally.asked_by_bots) + " places" +
                    "   turned away " + refusals_text(tally.turned_away));
  return rows;
}

Rows rows_after_sale(const OnSaleReport& report) {
  const RoomReport& room = report.room;
  Rows rows{{"  room", with_commas(room.records) + " records of " + report.event.id.text() + ", audit " +
                           (room.audit_clean ? "clean" : "NOT CLEAN")}};
  const auto told = static_cast<std::int64_t>(report.tally.room.told.size());
  rows.push_back({"", "of " + with_commas(told) + " who were told so " +
                          counts({{"out of order", room.out_of_order}, {"admitted twice", room.admitted_twice}})});
  if (room.waiting_after + room.active_after > 0)
    rows.push_back({"", "sent away " + counts({{"waiting", room.waiting_after}, {"inside", room.active_after}})});
  return rows;
}

boost::json::object room_json(const OnSaleReport& report) {
  const RoomReport& room = report.room;
  const RoomTally& tally = report.tally.room;
  const WaitingRoomOptions& options = report.options.waiting_room;
  std::vector<std::uint32_t> waits = tally.waits_us;
  boost::json::object lobby{{"open_ms", options.lobby_ms}, {"arrived", tally.came_early},
                            {"shuffled", room.shuffled},   {"commitment", room.commitment},
                            {"seed", room.seed},           {"seed_fits", room.seed_fits}};
  boost::json::object waited{
      {"p50", percentile(waits, 0.50)}, {"p99", percentile(waits, 0.99)}, {"max", percentile(waits, 1.0)}};
  boost::json::object bots{
      {"accounts", tally.bots}, {"asked_for", tally.asked_by_bots}, {"turned_away", refusals_json(tally.turned_away)}};
  boost::json::object queue{{"arrived", tally.came_later},
                            {"most_waiting", room.most_waiting},
                            {"most_active", room.most_active},
                            {"waited_us", std::move(waited)},
                            {"admitted", room.admitted},
                            {"admitted_at_once", room.admitted_at_once},
                            {"gave_up", report.tally.of(Ending::left_line)},
                            {"heard_sold_out", tally.sold_out_in_line},
                            {"idled_out", report.tally.of(Ending::idled_out)},
                            {"reloads", tally.reloads},
                            {"entered_again", tally.entered_again.size()},
                            {"refused", refusals_json(tally.refused)},
                            {"bots", std::move(bots)}};
  boost::json::object after{
      {"records", room.records},           {"audit_clean", room.audit_clean},       {"told", tally.told.size()},
      {"out_of_order", room.out_of_order}, {"admitted_twice", room.admitted_twice}, {"places_lost", tally.places_lost},
      {"intruders", tally.intruders},      {"waiting", room.waiting_after},         {"active", room.active_after}};
  return {{"threshold", options.threshold},
          {"rate", options.rate_per_second},
          {"lobby", std::move(lobby)},
          {"queue", std::move(queue)},
          {"after", std::move(after)}};
}

}  // namespace tiketi::cli
