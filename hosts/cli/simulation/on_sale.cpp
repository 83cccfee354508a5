#include "simulation/on_sale.hpp"

#include "format.hpp"
#include "simulation/backstage.hpp"
#include "simulation/crowd.hpp"

#include <algorithm>
#include <thread>

namespace tiketi::cli {
namespace {

using namespace std::chrono_literals;

std::vector<std::unique_ptr<Crowd>> gather(Sale& sale, Uuid run) {
  const OnSaleOptions& options = sale.options();
  std::vector<std::vector<Fan>> shares(static_cast<std::size_t>(options.threads));
  for (std::int64_t number = 0; number < options.fans; ++number)
    shares[static_cast<std::size_t>(number % options.threads)].push_back(
        make_fan(options, run, static_cast<std::uint64_t>(number)));
  std::vector<std::unique_ptr<Crowd>> crowds;
  for (auto& share : shares) crowds.push_back(std::make_unique<Crowd>(sale, std::move(share)));
  return crowds;
}

/// Watches until all fans are done, or the sale is interrupted.
void watch(Sale& sale, const std::atomic<bool>& interrupted, Progress& progress) {
  const std::int64_t fans = sale.options().fans;
  while (sale.fans_done < fans && !interrupted) {
    std::this_thread::sleep_for(20ms);
    const auto market = sale.market();
    progress.show(sale.fans_done, fans,
                  with_commas(sale.fans_done) + " of " + with_commas(fans) + " fans done, " + with_commas(sale.holds) +
                      " holds, " + with_commas(market->sold) + " places sold");
  }
  if (interrupted) sale.stop();
}

/// The holds that nobody paid for end by themselves; the day is over when they have.
void wait_for_holds(Sale& sale, const std::atomic<bool>& interrupted) {
  const std::int64_t patience_us = (sale.options().hold_ms + sale.options().refresh_ms + 5'000) * 1000;
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

Result<void> conclude(Services& services, OnSaleReport& report) {
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
  return {};
}

}  // namespace

Result<OnSaleReport> run_on_sale(Services& services, const Event& event, OnSaleOptions options,
                                 const std::atomic<bool>& interrupted, Progress& progress) {
  if (options.threads == 0)
    options.threads = static_cast<std::int32_t>(std::clamp(4 * std::thread::hardware_concurrency(), 4U, 64U));
  if (event.limits.per_reservation > 0)
    options.seats_per_fan = std::min(options.seats_per_fan, event.limits.per_reservation);
  OnSaleReport report;
  report.event = event;
  report.options = options;

  const auto places = services.box_office().places(event.id);
  if (places.has_error()) return places.error();
  const auto ranking = rank_seats(places->seats);
  auto before = std::make_shared<Market>(make_market(*places, ranking, services.clock().now()));
  report.free_before = static_cast<std::int64_t>(before->free.size()) + before->free_tickets;

  Sale sale(services.box_office(), options);
  sale.show(std::move(before));
  Backstage backstage(services, sale, event.id, ranking);
  auto crowds = gather(sale, services.ids().next<UserId>().uuid);
  sale.open_doors();
  {
    std::vector<std::jthread> threads;
    for (const auto& crowd : crowds) threads.emplace_back([&crowd] { crowd->run(); });
    watch(sale, interrupted, progress);
  }
  sale.reserve.stop();
  sale.confirm.stop();
  for (const auto& crowd : crowds) report.tally.merge(crowd->tally());
  report.interrupted = sale.stopping();
  if (!report.interrupted) wait_for_holds(sale, interrupted);
  report.duration_ms = sale.now_us() / 1000;
  report.selling_ms = report.tally.last_answer_us / 1000;
  backstage.finish();
  report.expired = backstage.expired();
  report.published = backstage.published();
  report.troubles = backstage.troubles();
  if (const auto concluded = conclude(services, report); concluded.has_error()) return concluded.error();
  return report;
}

}  // namespace tiketi::cli
