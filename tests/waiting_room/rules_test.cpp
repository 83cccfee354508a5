// WR1, WR2, WR5, WR7: decisions, by tables.

#include "support/results.hpp"

#include <tiketi/base/base64.hpp>
#include <tiketi/waiting_room/rules.hpp>

#include <algorithm>

namespace tiketi::test {
namespace {

using namespace waiting_room;

constexpr Timestamp start{1'000'000}, end{9'000'000}, now{2'000'000};

RoomFacts room(std::int64_t waiting = 0, std::int64_t active = 0) {
  RoomFacts out;
  out.settings.enabled = true;
  out.settings.threshold = 10;
  out.waiting = waiting;
  out.active = active;
  return out;
}
Sale sale() { return {.start = start, .end = end}; }
Sale stock(std::int64_t free, std::int64_t held) {
  return {.start = start, .end = end, .places = 100, .free = free, .held = held};
}

TEST(RoomRules, WR5_SettingsHaveBounds) {
  EXPECT_TRUE(check({}).has_value());
  const auto refused = [](RoomSettings settings) { return field_of(check(settings)); };
  EXPECT_EQ(refused({.threshold = 0}), "threshold");
  EXPECT_EQ(refused({.threshold = max_room_threshold + 1}), "threshold");
  EXPECT_EQ(refused({.rate_per_second = 0}), "rate");
  EXPECT_EQ(refused({.rate_per_second = max_room_rate + 1}), "rate");
  EXPECT_EQ(refused({.active_ms = min_room_active_ms - 1}), "active_ms");
  EXPECT_EQ(refused({.active_ms = max_room_active_ms + 1}), "active_ms");
  EXPECT_EQ(refused({.max_payments = -1}), "max_payments");
  EXPECT_EQ(refused({.max_payments = max_room_payments + 1}), "max_payments");
  EXPECT_EQ(refused({.mode = static_cast<RoomMode>(2)}), "mode");
}

TEST(RoomRules, WR5_SettingsAreReadAsTheyWereWritten) {
  const RoomSettings all{true, RoomMode::session, 7, 8, true, 90'000, true, 9};
  EXPECT_EQ(parse_settings(settings_text(all)), all);
  EXPECT_EQ(parse_settings(settings_text({})), RoomSettings());
  EXPECT_EQ(parse_settings("threshold=3 what_is_this=4"), RoomSettings{.threshold = 3}) << "of a newer version";
  EXPECT_EQ(parse_settings("max_payments=1000000"), RoomSettings{.max_payments = max_room_payments})
      << "of an older one";
  for (const char* text : {"threshold", "threshold=", "threshold=x", "threshold=3x", "threshold=0", "mode=2", " ",
                           "threshold=99999999999999999999"})
    EXPECT_EQ(parse_settings(text), std::nullopt) << text;
}

TEST(RoomRules, WR1_AtOnceOnlyIfNobodyWaitsAndThereIsRoom) {
  struct Case {
    const char* what;
    RoomFacts room;
    Sale sale;
    Timestamp at;
    Entry expected;
  };
  auto paused = room();
  paused.settings.paused = true;
  auto sold_out = room();
  sold_out.sold_out = true;
  auto lobby = room();
  lobby.lobby = LobbyPhase::open;
  auto busy = room();
  busy.settings.max_payments = 3;
  Sale paying = sale();
  paying.payments = 4;
  Sale fewer = sale();
  fewer.payments = 3;
  const std::vector<Case> cases{
      {"an empty room", room(), sale(), now, Entry::at_once},
      {"one place left", room(0, 9), sale(), now, Entry::at_once},
      {"the threshold is reached", room(0, 10), sale(), now, Entry::wait},
      {"somebody waits: newcomers never overtake", room(1, 0), sale(), now, Entry::wait},
      {"before the sale", room(), sale(), start.plus_ms(-1), Entry::wait},
      {"at the very start", room(), sale(), start, Entry::at_once},
      {"paused", paused, sale(), now, Entry::wait},
      {"sold out", sold_out, sale(), now, Entry::wait},
      {"before the draw", lobby, sale(), now, Entry::wait},
      {"one place left to buy", room(0, 4), stock(5, 0), now, Entry::at_once},
      {"as many are in as there are places", room(0, 5), stock(5, 0), now, Entry::wait},
      {"holders have theirs", room(0, 5), stock(5, 1), now, Entry::at_once},
      {"too many payments", busy, paying, now, Entry::wait},
      {"as many payments as may be", busy, fewer, now, Entry::at_once},
  };
  for (const Case& each : cases)
    EXPECT_EQ(enter(each.room, each.sale, each.at, 100).value(), each.expected) << each.what;
}

TEST(RoomRules, WR1_NobodyWaitsForWhatIsOver) {
  Sale cancelled = sale();
  cancelled.cancelled = true;
  EXPECT_EQ(code_of(enter(room(), cancelled, now, 100)), Errc::event_cancelled);
  EXPECT_EQ(code_of(enter(room(), sale(), end, 100)), Errc::sale_ended);
  EXPECT_TRUE(enter(room(), sale(), end.plus_ms(-1), 100).has_value());
}

TEST(RoomRules, WR6_ALineHasAnEnd) {
  EXPECT_TRUE(enter(room(99), sale(), now, 100).has_value());
  const Error full = error_of(enter(room(100), sale(), now, 100));
  EXPECT_EQ(full.code, Errc::queue_full);
  EXPECT_EQ(full.detail("limit"), "100");
}

TEST(RoomRules, WR2_AsManyAreAdmittedAsAllAllow) {
  EXPECT_EQ(admit(room(100, 0), sale(), now, 50), 10) << "the threshold";
  EXPECT_EQ(admit(room(100, 7), sale(), now, 50), 3);
  EXPECT_EQ(admit(room(100, 12), sale(), now, 50), 0) << "the threshold was lowered";
  EXPECT_EQ(admit(room(100, 0), sale(), now, 4), 4) << "the rate";
  EXPECT_EQ(admit(room(2, 0), sale(), now, 50), 2) << "who waits";
  EXPECT_EQ(admit(room(100, 1), stock(3, 2), now, 50), 4) << "the stock";
  EXPECT_EQ(admit(room(100, 0), sale(), start.plus_ms(-1), 50), 0);
  EXPECT_EQ(admit(room(100, 0), sale(), end, 50), 0);
  auto lobby = room(100, 0);
  lobby.lobby = LobbyPhase::open;
  EXPECT_EQ(admit(lobby, sale(), now, 50), 0);
  auto off = room(100, 0);
  off.settings.enabled = false;
  EXPECT_EQ(admit(off, sale(), now, 50), 0);
}

TEST(RoomRules, WR2_TheRateHoldsHoweverOftenSomebodyAsks) {
  for (const std::int64_t step_ms : {1, 7, 200, 333, 1000, 5000}) {
    RateBucket bucket;
    std::int64_t admitted = 0;
    Timestamp at = now;
    for (; at.ms < now.ms + 60'000; at = at.plus_ms(step_ms)) {
      const std::int64_t count = bucket.allowance(at, 50);
      bucket.take(count, at, 50);
      admitted += count;
    }
    EXPECT_LE(admitted, 50 * 61) << step_ms;
    EXPECT_GE(admitted, step_ms <= 1000 ? 50 * 59 : 50 * 12) << step_ms;
  }
  RateBucket bucket;
  bucket.take(1'000, now, 50);
  EXPECT_EQ(bucket.allowance(now, 50), 0);
  EXPECT_EQ(bucket.allowance(now.plus_ms(500), 50), 25) << "nobody is in debt";
  EXPECT_EQ(bucket.allowance(now.plus_ms(-500), 50), 0) << "a clock that is set back fills nothing";
}

TEST(RoomRules, WR2_NothingFreeAndNothingHeldIsSoldOut) {
  auto out = room();
  out.sold_out = true;
  EXPECT_EQ(stock_change(room(), stock(0, 0)), true);
  EXPECT_EQ(stock_change(room(), stock(0, 1)), std::nullopt) << "a hold may come back";
  EXPECT_EQ(stock_change(room(), stock(1, 0)), std::nullopt);
  EXPECT_EQ(stock_change(out, stock(0, 0)), std::nullopt);
  EXPECT_EQ(stock_change(out, stock(1, 0)), false);
  EXPECT_EQ(stock_change(room(), sale()), std::nullopt) << "nothing is known of its stock";
}

TEST(RoomRules, WR3_TheWaitIsEstimatedFromWhatWasMeasured) {
  const RoomSettings settings{.threshold = 600, .rate_per_second = 50, .active_ms = 300'000};
  EXPECT_EQ(estimated_wait_s(0, settings, {}, 0), 0);
  EXPECT_EQ(estimated_wait_s(1, settings, {}, 0), 1) << "configured: nothing was measured";
  EXPECT_EQ(estimated_wait_s(100, settings, {}, 0), 2);
  EXPECT_EQ(estimated_wait_s(101, settings, {}, 0), 3);
  EXPECT_EQ(estimated_wait_s(100, settings, 10'000, 0), 10) << "ten a second";
  EXPECT_EQ(estimated_wait_s(100, settings, 500, 0), 200);
  EXPECT_EQ(estimated_wait_s(100, settings, 0, 0), 50) << "two admissions a second run out";
  EXPECT_EQ(estimated_wait_s(100, settings, {}, 60'001), 61 + 2) << "until the sale starts";
  EXPECT_EQ(estimated_wait_s(5'000'000, settings, 1, 0), max_estimated_wait_s);
}

TEST(RoomRules, WR3_TheMeterKnowsTheLastMinute) {
  AdmissionMeter meter;
  EXPECT_EQ(meter.rate_thousandths(now), std::nullopt);
  meter.count(now, 30);
  EXPECT_EQ(meter.rate_thousandths(now), 30'000);
  meter.count(now.plus_ms(9'000), 20);
  EXPECT_EQ(meter.rate_thousandths(now.plus_ms(9'000)), 5'000) << "fifty in ten seconds";
  EXPECT_EQ(meter.last_minute(now.plus_ms(59'999)), 50);
  EXPECT_EQ(meter.last_minute(now.plus_ms(60'000)), 20);
  EXPECT_EQ(meter.rate_thousandths(now.plus_ms(69'000)), 0);
  meter.count(now.plus_ms(500'000), 60);
  EXPECT_EQ(meter.last_minute(now.plus_ms(500'000)), 60);
  EXPECT_EQ(meter.rate_thousandths(now.plus_ms(500'000)), 1'000);
  EXPECT_EQ(meter.last_minute(now), 60) << "asked about the past";
}

TEST(RoomRules, WR7_TheDrawCanBeRecomputedByAnybody) {
  // Computed by another program: for each user id, sha256(seed + id.bytes)[:8].
  LobbySeed seed{};
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(to_base64url(commitment_of(seed)), "Yw3NKWbEM2aRElRIu7JbT_QSpJxzLbLIq8G4WBvXEN0");
  const UserId first = *UserId::parse("01890000-0000-7000-8000-000000000001");
  const UserId second = *UserId::parse("01890000-0000-7000-8000-000000000002");
  EXPECT_EQ(order_key(seed, first), 0xccff28e580428718ULL);
  EXPECT_EQ(order_key(seed, second), 0x5794ee2380e24a39ULL);
  const auto order = drawn(seed, {first, second});
  EXPECT_EQ(order.front(), second);
  EXPECT_EQ(drawn(seed, {second, first}), order) << "arrival does not matter";
}

TEST(RoomRules, WR7_TheDrawIsFair) {
  // Each of ten is the first about as often as the others, over a thousand seeds.
  std::vector<UserId> users;
  for (std::uint64_t i = 0; i < 10; ++i) users.push_back(UserId{{0x0189'0000'0000'7000, 0x8000'0000'0000'0000 + i}});
  std::array<int, 10> firsts{};
  for (int round = 0; round < 1'000; ++round) {
    LobbySeed seed{};
    seed[0] = static_cast<std::uint8_t>(round);
    seed[1] = static_cast<std::uint8_t>(round >> 8);
    ++firsts[drawn(seed, users).front().uuid.low & 0xf];
  }
  for (const int count : firsts) EXPECT_NEAR(count, 100, 45);
}

TEST(RoomRules, WR7_TheLobbyIsOpenUntilTheSaleStarts) {
  auto facts = room();
  const Timestamp before = start.plus_ms(-1);
  EXPECT_FALSE(lobby_opens(facts, sale(), before));
  facts.settings.lobby = true;
  EXPECT_TRUE(lobby_opens(facts, sale(), before));
  EXPECT_FALSE(lobby_opens(facts, sale(), start));
  facts.waiting = 1;
  EXPECT_FALSE(lobby_opens(facts, sale(), before)) << "nobody loses the place that he was told";
  facts.waiting = 0;
  facts.lobby = LobbyPhase::open;
  EXPECT_FALSE(lobby_opens(facts, sale(), before));
  EXPECT_FALSE(lobby_starts(facts, sale(), before));
  EXPECT_TRUE(lobby_starts(facts, sale(), start));
  facts.settings.lobby = false;
  EXPECT_TRUE(lobby_starts(facts, sale(), before)) << "turned off: places are drawn now";
  facts.lobby = LobbyPhase::started;
  facts.settings.lobby = true;
  EXPECT_FALSE(lobby_opens(facts, sale(), before)) << "one draw is enough";
  EXPECT_FALSE(lobby_starts(facts, sale(), start));
}

}  // namespace
}  // namespace tiketi::test
