#include "simulation/report.hpp"

#include "format.hpp"
#include "simulation/report_room.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace tiketi::cli {
namespace {

struct Figures {
  double holds_per_second = 0;
  double answers_per_second = 0;
  std::int64_t best_second = 0;
};

/// Of calls.
struct Latency {
  explicit Latency(std::vector<std::uint32_t> us)
      : answers(static_cast<std::int64_t>(us.size())),
        p50_us(percentile(us, 0.50)),
        p95_us(percentile(us, 0.95)),
        p99_us(percentile(us, 0.99)),
        max_us(percentile(us, 1.0)) {}

  std::int64_t answers;
  std::uint32_t p50_us, p95_us, p99_us, max_us;
};

Figures figures_of(const OnSaleReport& report) {
  Figures out;
  const double seconds = static_cast<double>(std::max<std::int64_t>(report.selling_ms, 1)) / 1000.0;
  out.holds_per_second = static_cast<double>(report.tally.holds) / seconds;
  out.answers_per_second = static_cast<double>(report.tally.latencies_us.size()) / seconds;
  for (const std::int64_t each : report.tally.holds_by_second) out.best_second = std::max(out.best_second, each);
  return out;
}

std::int64_t fans_unfinished(const Tally& tally, std::int64_t fans) {
  for (const std::int64_t each : tally.endings) fans -= each;
  return fans;
}

std::string milliseconds(std::uint32_t us) { return format_one_decimal(us / 1000.0) + " ms"; }
std::string seconds(std::int64_t ms) { return format_one_decimal(static_cast<double>(ms) / 1000.0) + " s"; }

std::string text_of(const Latency& of) {
  return "p50 " + milliseconds(of.p50_us) + "   p95 " + milliseconds(of.p95_us) + "   p99 " + milliseconds(of.p99_us) +
         "   max " + milliseconds(of.max_us) + "   (of " + with_commas(of.answers) +
         " answers, waiting in the queue included)";
}

boost::json::object json_of(const Latency& of) {
  return {{"answers", of.answers}, {"p50", of.p50_us}, {"p95", of.p95_us}, {"p99", of.p99_us}, {"max", of.max_us}};
}

std::string text_of(const MoneyReport& money) {
  return with_commas(money.payments) + " payments took " + format_money(money.taken) + "; " +
         with_commas(money.given_back) + " given back; " + with_commas(money.unheard) + " paid without being told; " +
         (money.open > 0 ? with_commas(money.open) + " not known yet; " : "") +
         (money.findings.empty() ? "the provider's books agree" : "the books DO NOT AGREE");
}

std::string messages_text(const OnSaleReport& report) {
  std::string out;
  for (const auto& [topic, count] : report.messages)
    out += (out.empty() ? "" : "   ") + topic + ' ' + with_commas(count);
  return out.empty() ? "none" : out;
}

boost::json::object messages_json(const OnSaleReport& report) {
  boost::json::object out;
  for (const auto& [topic, count] : report.messages) out[topic] = count;
  return out;
}

boost::json::object fans_json(const OnSaleReport& report) {
  const Tally& tally = report.tally;
  return {{"arrived", report.options.fans - fans_unfinished(tally, report.options.fans)},
          {"bought", tally.of(Ending::bought)},
          {"abandoned", tally.of(Ending::abandoned)},
          {"could_not_pay", tally.of(Ending::unpaid)},
          {"found_sold_out", tally.of(Ending::sold_out)},
          {"gave_up", tally.of(Ending::gave_up)},
          {"left_line", tally.of(Ending::left_line)},
          {"idled_out", tally.of(Ending::idled_out)},
          {"unfinished", fans_unfinished(tally, report.options.fans)}};
}

}  // namespace

std::uint32_t percentile(std::vector<std::uint32_t>& values, double share) {
  if (values.empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  const auto index = static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
  std::nth_element(values.begin(), values.begin() + index, values.end());
  return values[static_cast<std::size_t>(index)];
}

std::string refusals_text(const std::map<Errc, std::int64_t>& refused) {
  std::string out;
  for (const auto& [code, count] : refused)
    out += (out.empty() ? "" : "   ") + std::string(name(code)) + ' ' + with_commas(count);
  return out.empty() ? "none" : out;
}

boost::json::object refusals_json(const std::map<Errc, std::int64_t>& refused) {
  boost::json::object out;
  for (const auto& [code, count] : refused) out[name(code)] = count;
  return out;
}

std::string without_password(const std::string& store) {
  const std::size_t scheme = store.find("://");
  const std::size_t at = store.rfind('@');
  if (scheme == std::string::npos || at == std::string::npos || at < scheme) return store;
  const std::size_t colon = store.find(':', scheme + 3);
  return colon < at ? store.substr(0, colon) + store.substr(at) : store;
}

std::string report_text(const OnSaleReport& report, const std::string& store) {
  const Tally& tally = report.tally;
  const Figures figures = figures_of(report);
  std::string out = "On-sale of " + report.event.title + " on " + without_password(store) + ": " +
                    with_commas(report.options.fans) + " fans in a burst of " + seconds(report.options.burst_ms) +
                    ", " + std::to_string(report.options.threads) + " threads, seed " +
                    std::to_string(report.options.seed) + (report.interrupted ? " (interrupted)\n" : "\n");
  Rows rows;
  const auto add = [&rows](const char* what, std::string value) { rows.push_back({what, std::move(value)}); };
  const bool has_room = report.options.waiting_room.on;
  if (has_room) rows = rows_before_sale(report);
  add("  fans", "bought " + with_commas(tally.of(Ending::bought)) + "   abandoned " +
                    with_commas(tally.of(Ending::abandoned)) + "   could not pay " +
                    with_commas(tally.of(Ending::unpaid)) + "   found it sold out " +
                    with_commas(tally.of(Ending::sold_out)) + "   gave up " + with_commas(tally.of(Ending::gave_up)));
  if (const std::int64_t open = fans_unfinished(tally, report.options.fans); open > 0)
    add("", with_commas(open) + " fans were not done");
  add("  places", "sold " + with_commas(report.sold_after) + "   held " + with_commas(report.held_after) + "   free " +
                      with_commas(report.free_after) + "   (free before: " + with_commas(report.free_before) + ")");
  add("  holds", "made " + with_commas(tally.holds) + "   paid " + with_commas(tally.sales) + "   expired " +
                     with_commas(report.published("reservation.expired")) + "   given up " +
                     with_commas(report.published("reservation.cancelled")));
  add("  rate", format_one_decimal(figures.holds_per_second) + " holds/s and " +
                    format_one_decimal(figures.answers_per_second) + " reserve answers/s over " +
                    seconds(report.selling_ms) + " of selling; " + with_commas(figures.best_second) +
                    " holds in the best second");
  add("  reserve", text_of(Latency(tally.latencies_us)));
  add("  refused", refusals_text(tally.refused));
  add("  pay", text_of(Latency(tally.payments_us)));
  add("  payments refused", refusals_text(tally.payment_refused));
  add("  money", text_of(report.money));
  if (tally.unresolved_payments > 0) add("  payments unknown", with_commas(tally.unresolved_payments));
  add("  messages", messages_text(report));
  add("  database", format_bytes(report.database_bytes));
  add("  duration", seconds(report.duration_ms));
  if (has_room) std::ranges::move(rows_after_sale(report), std::back_inserter(rows));
  for (const Error& each : report.troubles) add("  trouble", std::string(name(each.code)) + ": " + each.message);
  add("  verify",
      report.findings.empty() ? "clean" : with_commas(static_cast<std::int64_t>(report.findings.size())) + " findings");
  for (const Finding& each : report.findings) add("", each.invariant + ": " + each.what);
  return out + format_table(rows);
}

boost::json::value report_json(const OnSaleReport& report, const std::string& store) {
  const Tally& tally = report.tally;
  const Figures figures = figures_of(report);
  boost::json::array findings, troubles;
  for (const Finding& each : report.findings) findings.push_back({{"invariant", each.invariant}, {"what", each.what}});
  for (const Error& each : report.troubles) troubles.push_back({{"code", name(each.code)}, {"message", each.message}});
  boost::json::object out{{"event", {{"id", report.event.id.text()}, {"title", report.event.title}}},
                          {"store", without_password(store)},
                          {"seed", report.options.seed},
                          {"threads", report.options.threads},
                          {"interrupted", report.interrupted},
                          {"fans", fans_json(report)},
                          {"places",
                           {{"free_before", report.free_before},
                            {"sold", report.sold_after},
                            {"held", report.held_after},
                            {"free", report.free_after}}},
                          {"holds",
                           {{"made", tally.holds},
                            {"paid", tally.sales},
                            {"expired", report.published("reservation.expired")},
                            {"given_up", report.published("reservation.cancelled")}}},
                          {"refused", refusals_json(tally.refused)},
                          {"payments_refused", refusals_json(tally.payment_refused)},
                          {"payments_unknown", tally.unresolved_payments},
                          {"holds_per_second", std::llround(figures.holds_per_second)},
                          {"answers_per_second", std::llround(figures.answers_per_second)},
                          {"holds_in_best_second", figures.best_second},
                          {"reserve_us", json_of(Latency(tally.latencies_us))},
                          {"pay_us", json_of(Latency(tally.payments_us))},
                          {"money",
                           {{"payments", report.money.payments},
                            {"taken_minor", report.money.taken.minor},
                            {"currency", report.money.taken.currency.text()},
                            {"given_back", report.money.given_back},
                            {"not_known_yet", report.money.open},
                            {"unheard", report.money.unheard}}},
                          {"messages", messages_json(report)},
                          {"database_bytes", report.database_bytes},
                          {"selling_ms", report.selling_ms},
                          {"duration_ms", report.duration_ms},
                          {"troubles", std::move(troubles)},
                          {"verify", {{"clean", report.findings.empty()}, {"findings", std::move(findings)}}}};
  if (report.options.waiting_room.on) out["waiting_room"] = room_json(report);
  return out;
}

}  // namespace tiketi::cli
