#include "simulation/on_sale.hpp"

#include "format.hpp"
#include "simulation/audience.hpp"
#include "simulation/backstage.hpp"

#include <algorithm>
#include <iterator>
#include <thread>

namespace tiketi::cli {
namespace {

using namespace std::chrono_literals;

std::string lobby_text(const Sale& sale, std::int64_t left_us) {
  return with_commas(sale.door->waiting) + " in the lobby, the sale starts in " +
         format_one_decimal(static_cast<double>(left_us) / 1'000'000.0) + " s";
}

std::string sale_text(const Sale& sale) {
  std::string out = with_commas(sale.fans_done) + " of " + with_commas(sale.options().fans) + " fans done, ";
  if (sale.door) out += with_commas(sale.door->waiting) + " wait, " + with_commas(sale.door->active) + " are inside, ";
  return out + with_commas(sale.holds) + " holds, " + with_commas(sale.market()->sold) + " places sold";
}

/// Watches until all fans are done, or the sale is interrupted.
void watch(Sale& sale, const std::atomic<bool>& interrupted, Progress& progress) {
  const std::int64_t fans = sale.options().fans;
  while (sale.fans_done < fans && !interrupted) {
    std::this_thread::sleep_for(20ms);
    const std::int64_t left_us = sale.start_us() - sale.now_us();
    progress.show(sale.fans_done, fans, left_us > 0 ? lobby_text(sale, left_us) : sale_text(sale));
  }
  if (interrupted) sale.stop();
}

/// The holds that nobody paid for end by themselves; the day is over when they have.
void wait_for_holds(Sale& sale, const std::atomic<bool>& interrupted) {
  const std::int64_t patience_us = (hold_while_paying_ms(sale.options()) + sale.options().refresh_ms + 5'000) * 1000;
  const std::int64_t last_us = sale.now_us() + patience_us;
  std::this_thread::sleep_for(std::chrono::milliseconds(2 * sale.options().refresh_ms));
  while (sale.market()->held > 0 && sale.now_us() < last_us && !interrupted) std::this_thread::sleep_for(20ms);
}

/// What the fans were told must be what is stored: every sold place once, and still sold.
void compare(const Tally& tally, const Places& places, std::vector<Finding>& findings) {
  std::vector<SeatId> sold = tally.sold_seats;
  std::sort(sold.begin(), sold.end());
  for (auto twice = std::adjacent_find(sold.begin(), sold.end()); twice != sold.end();
       twice = std::adjacent_find(std::next(twice), sold.end()))
    findings.push_back({"sold-once", "seat " + twice->text() + " was sold to two fans"});
  for (const SeatId seat : sold) {
    const auto index = places.seats.find(seat);
    if (!index || places.seats.live[*index].status != PlaceStatus::sold)
      findings.push_back({"sold-stays-sold", "seat " + seat.text() + " was sold but is not stored as sold"});
  }
  for (const auto& [type, quantity] : tally.sold_tickets) {
    const auto stock = std::find_if(places.stock.begin(), places.stock.end(),
                                    [type = type](const TicketStock& each) { return each.id == type; });
    if (stock == places.stock.end() || stock->sold < quantity)
      findings.push_back({"sold-stays-sold", "fewer tickets of " + type.text() + " are stored as sold than were sold"});
  }
}

/// `places` is how many there were before.
void count_sold(std::int64_t places, OnSaleReport& report) {
  if (report.sold_after > places)
    report.findings.push_back({"sold-at-most-all", std::to_string(report.sold_after) + " places were sold, of " +
                                                       std::to_string(places) + " there are"});
}

Result<void> conclude(Services& services, std::int64_t all_places, OnSaleReport& report) {
  const auto places = services.box_office().places(report.event.id);
  if (places.has_error()) return places.error();
  const Market after = make_market(*places, rank_seats(places->seats), services.clock().now());
  report.free_after = static_cast<std::int64_t>(after.free.size()) + after.free_tickets;
  report.held_after = after.held;
  report.sold_after = after.sold;
  const auto size = services.stores().size_bytes();
  if (size.has_error()) return size.error();
  report.database_bytes = *size;
  auto findings = services.verify();
  if (findings.has_error()) return findings.error();
  report.findings = std::move(*findings);
  compare(report.tally, *places, report.findings);
  count_sold(all_places, report);
  auto money = audit_money(services, report.tally.bills);
  if (money.has_error()) return money.error();
  report.money = std::move(*money);
  std::ranges::copy(report.money.findings, std::back_inserter(report.findings));
  report.findings.insert(report.findings.end(), report.room.findings.begin(), report.room.findings.end());
  return {};
}

/// What was left to us, and what the event does not allow.
void resolve(OnSaleOptions& options, const Event& event) {
  if (options.threads == 0)
    options.threads = static_cast<std::int32_t>(std::clamp(4 * std::thread::hardware_concurrency(), 4U, 64U));
  if (event.limits.per_reservation > 0)
    options.seats_per_fan = std::min(options.seats_per_fan, event.limits.per_reservation);
}

}  // namespace

std::int64_t OnSaleReport::published(std::string_view topic) const {
  const auto found = messages.find(std::string(topic));
  return found == messages.end() ? 0 : found->second;
}

Result<OnSaleReport> run_on_sale(Services& services, MovedClock& clock, const Event& event, OnSaleOptions options,
                                 const std::atomic<bool>& interrupted, Progress& progress) {
  resolve(options, event);
  OnSaleReport report;
  report.event = event;
  report.options = options;

  const auto places = services.box_office().places(event.id);
  if (places.has_error()) return places.error();
  const auto ranking = rank_seats(places->seats);
  auto before = std::make_shared<Market>(make_market(*places, ranking, services.clock().now()));
  report.free_before = static_cast<std::int64_t>(before->free.size()) + before->free_tickets;
  const std::int64_t all_places = report.free_before + before->held + before->sold;

  Sale sale(services, options);
  sale.show(std::move(before));
  Audience audience(sale, services.ids().next<UserId>().uuid);
  if (options.waiting_room.on) {
    auto opened = open_room(services, clock, event, options);
    if (opened.has_error()) return opened.error();
    report.room = std::move(*opened);
    sale.door = std::make_unique<Door>(services.waiting_room(), event.id);
  }
  sale.open_doors();
  Backstage backstage(services, clock, sale, audience, event.id, ranking);
  {
    std::vector<std::jthread> threads;
    for (const auto& crowd : audience.crowds()) threads.emplace_back([&crowd] { crowd->run(); });
    watch(sale, interrupted, progress);
  }
  sale.reserve.stop();
  sale.pay.stop();
  if (sale.door) sale.door->stop();
  for (const auto& crowd : audience.crowds()) report.tally.merge(crowd->tally());
  report.interrupted = sale.stopping();
  if (!report.interrupted) wait_for_holds(sale, interrupted);
  report.duration_ms = sale.now_us() / 1000;
  report.selling_ms = std::max<std::int64_t>(0, report.tally.last_answer_us - sale.start_us()) / 1000;
  backstage.finish();
  report.messages = backstage.messages();
  report.troubles = backstage.troubles();
  report.room.most_waiting = backstage.most_waiting();
  report.room.most_active = backstage.most_active();
  if (sale.door)
    if (const auto closed = close_room(services, event.id, report.tally.room, report.room); closed.has_error())
      return closed.error();
  if (const auto concluded = conclude(services, all_places, report); concluded.has_error()) return concluded.error();
  return report;
}

}  // namespace tiketi::cli
