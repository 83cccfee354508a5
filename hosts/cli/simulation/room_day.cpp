#include "simulation/room_day.hpp"

#include "simulation/few_findings.hpp"

#include <tiketi/base/base64.hpp>
#include <tiketi/waiting_room/rules.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace tiketi::cli {
namespace {

constexpr std::size_t log_page = 10'000;

/// Reads the room's log as anybody may, and adds up what it amounts to.
class LogReader {
 public:
  explicit LogReader(RoomReport& report) : report_(report) {}

  Result<void> read(WaitingRoom& rooms, EventId event) {
    for (std::size_t size = log_page; size == log_page;) {
      const auto page = rooms.log(event, report_.records, log_page);
      if (page.has_error()) return page.error();
      for (const RoomRecord& record : *page) add(record);
      size = page->size();
    }
    report_.audit_clean = auditor.findings().empty();
    return {};
  }

  waiting_room::Auditor auditor;
  std::unordered_map<UserId, std::int64_t> entered;  ///< how often
  bool is_too_fast = false;                          ///< more were admitted than the rate allows

 private:
  void add(const RoomRecord& record) {
    report_.records = record.sequence;
    if (record.kind == RoomRecordKind::started) report_.shuffled = static_cast<std::int64_t>(auditor.waiting().size());
    auditor.add(record);
    if (record.kind == RoomRecordKind::entered) ++entered[record.user_id];
    if (record.kind == RoomRecordKind::admitted_at_once) report_.admitted_at_once += record.number;
    if (record.kind == RoomRecordKind::admitted) meter(record);
    if (record.kind != RoomRecordKind::settings) return;
    if (const auto settings = waiting_room::parse_settings(record.text)) rate_ = settings->rate_per_second;
  }

  /// In no stretch of n seconds more than (n + 1) * rate: a bucket of that size leaks at that rate.
  void meter(const RoomRecord& record) {
    const std::int64_t elapsed_ms = std::min<std::int64_t>(record.at.ms - metered_at_.ms, second_ms);
    level_thousandths_ = std::max<std::int64_t>(0, level_thousandths_ - elapsed_ms * rate_) + 1000 * record.number;
    metered_at_ = record.at;
    if (level_thousandths_ > 1000 * rate_) is_too_fast = true;
  }

  RoomReport& report_;
  std::int64_t rate_ = 0;
  std::int64_t level_thousandths_ = 0;
  Timestamp metered_at_;
};

/// What the fans were told, held against what the log amounts to.
class Comparison {
 public:
  Comparison(const RoomTally& tally, const LogReader& log, RoomReport& report)
      : tally_(tally), log_(log), report_(report), admitted_(log.auditor.admitted()) {
    for (const UserId user : tally.entered_again) ++again_[user];
  }

  void run() {
    report_.admitted = static_cast<std::int64_t>(admitted_.size());
    check_draw();
    check_order();
    check_once();
    check_holders();
    if (log_.is_too_fast) findings_.add("room-rate", "more were admitted than the rate allows");
    if (tally_.places_lost > 0)
      findings_.add("room-place", std::to_string(tally_.places_lost) + " times somebody's place was worse than before");
  }

 private:
  /// The commitment from before anybody came, not the log's.
  void check_draw() {
    if (report_.commitment.empty()) return;
    const auto bytes = from_base64url(report_.seed);
    LobbySeed seed{};
    if (bytes && bytes->size() == seed.size()) {
      std::copy(bytes->begin(), bytes->end(), seed.begin());
      report_.seed_fits = to_base64url(waiting_room::commitment_of(seed)) == report_.commitment;
    }
    if (!report_.seed_fits) findings_.add("room-draw", "the seed is not the one that was committed to");
  }

  void check_order() {
    for (const ToldAdmission& each : tally_.told) {
      const auto index = static_cast<std::size_t>(each.number - 1);
      if (each.number > 0 && index < admitted_.size() && admitted_[index] == each.user_id) continue;
      ++report_.out_of_order;
      findings_.add("room-order", each.user_id.text() + " was told admission " + std::to_string(each.number) +
                                      ", which by the log is not theirs");
    }
  }

  void check_once() {
    std::unordered_map<UserId, std::int64_t> times;
    for (const UserId user : admitted_)
      if (++times[user] > may_come(user)) {
        ++report_.admitted_twice;
        findings_.add("room-admitted-once", user.text() + " was admitted twice");
      }
    for (const auto& [user, count] : log_.entered)
      if (count > may_come(user)) findings_.add("room-one-place", user.text() + " got more than one place");
  }

  void check_holders() {
    if (tally_.intruders > 0)
      findings_.add("room-door",
                    std::to_string(tally_.intruders) + " bots got places without an admission that counts");
    std::vector<UserId> admitted = admitted_;
    std::ranges::sort(admitted);
    for (const UserId user : tally_.holders)
      if (!std::ranges::binary_search(admitted, user))
        findings_.add("room-door", user.text() + " got places but was never admitted");
  }

  /// How often: once, and again after each admission that was over.
  std::int64_t may_come(UserId user) const {
    const auto found = again_.find(user);
    return 1 + (found == again_.end() ? 0 : found->second);
  }

  const RoomTally& tally_;
  const LogReader& log_;
  RoomReport& report_;
  const std::vector<UserId> admitted_;
  FewFindings findings_{report_.findings};
  std::unordered_map<UserId, std::int64_t> again_;
};

}  // namespace

std::int64_t active_ms(const OnSaleOptions& options) {
  return std::max({min_room_active_ms, 2 * options.hold_ms, 4 * options.refresh_ms});
}

Result<RoomReport> open_room(Services& services, MovedClock& clock, const Event& event, const OnSaleOptions& options) {
  const WaitingRoomOptions& wanted = options.waiting_room;
  clock.move_to(event.sale_start.plus_ms(-wanted.lobby_ms));
  RoomSettingsPatch patch;
  patch.enabled = true;
  patch.mode = RoomMode::strict;
  patch.threshold = wanted.threshold;
  patch.rate_per_second = wanted.rate_per_second;
  patch.active_ms = active_ms(options);
  patch.lobby = wanted.lobby_ms > 0;
  const auto view = services.waiting_room().set(event.id, patch);
  if (view.has_error()) return view.error();
  RoomReport report;
  report.commitment = view->commitment;
  if (!view->seed.empty()) report.findings.push_back({"room-draw", "the seed was shown before places were drawn"});
  return report;
}

Result<void> close_room(Services& services, EventId event, const RoomTally& tally, RoomReport& report) {
  WaitingRoom& rooms = services.waiting_room();
  const auto before = rooms.view(event);
  if (before.has_error()) return before.error();
  report.waiting_after = before->waiting;
  report.active_after = before->active;
  RoomSettingsPatch off;
  off.enabled = false;
  const auto closed = rooms.set(event, off);
  if (closed.has_error()) return closed.error();
  report.seed = closed->seed;
  if (const auto cleared = rooms.clear(event); cleared.has_error()) return cleared.error();
  LogReader log(report);
  if (auto read = log.read(rooms, event); read.has_error()) return read;
  Comparison(tally, log, report).run();
  return {};
}

}  // namespace tiketi::cli
