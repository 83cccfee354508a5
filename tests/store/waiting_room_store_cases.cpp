// WR6: what a storage of waiting rooms' logs promises, on every store.

#include "store/payment_fixture.hpp"
#include "store/raw_sql.hpp"
#include "store/store_fixture.hpp"
#include "support/results.hpp"
#include "support/threads.hpp"

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/local.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <atomic>
#include <set>

namespace tiketi::test {
namespace {

class WaitingRoomStoreTest : public StoreTest {
 protected:
  WaitingRoomStore& rooms() { return stores().waiting_rooms(); }

  RoomRecord entered(std::int64_t sequence) {
    return {sequence, clock.now(), RoomRecordKind::entered, ids.next<UserId>()};
  }
  /// So many arrivals behind what is there.
  RoomAppend append(EventId event, std::int64_t after, std::size_t count = 1) {
    RoomAppend out{event, after, {}};
    while (out.records.size() < count)
      out.records.push_back(entered(after + static_cast<std::int64_t>(out.records.size()) + 1));
    return out;
  }
  std::vector<AppendOutcome> put(const std::vector<RoomAppend>& appends) {
    auto outcomes = rooms().commit(appends);
    EXPECT_TRUE(outcomes.has_value()) << outcomes.error().message;
    return outcomes.value();
  }
  std::vector<RoomRecord> log(EventId event) { return rooms().read(event, 0, 1'000'000).value(); }

  static constexpr AppendOutcome applied = AppendOutcome::applied;
  static constexpr AppendOutcome conflict = AppendOutcome::conflict;
};

INSTANTIATE_TEST_SUITE_P(Every, WaitingRoomStoreTest, every_store(), store_name);

TEST_P(WaitingRoomStoreTest, WR6_ALogIsReadBackAsItWasStored) {
  const auto event = ids.next<EventId>();
  const std::vector<RoomRecord> records{
      {1, clock.now(), RoomRecordKind::settings, {}, 0, "한글 ' \" \\ % $1 ; --"},
      {2, latest_timestamp, RoomRecordKind::entered, ids.next<UserId>(), INT64_MAX, {}},
      {3, latest_timestamp, RoomRecordKind::restocked, UserId{{~0ULL, ~0ULL}}, INT64_MIN, std::string(1'000, 'x')},
  };
  EXPECT_EQ(put({{event, 0, records, true}}), std::vector{applied});
  EXPECT_EQ(log(event), records);
  EXPECT_EQ(rooms().read(event, 1, 1).value(), std::vector{records[1]});
  EXPECT_EQ(rooms().read(event, 3, 10).value(), std::vector<RoomRecord>());
  EXPECT_EQ(rooms().read(event, 99, 10).value(), std::vector<RoomRecord>());
  EXPECT_EQ(rooms().read(ids.next<EventId>(), 0, 10).value(), std::vector<RoomRecord>());
}

TEST_P(WaitingRoomStoreTest, WR6_OnlyTheNextRecordsAreAppended) {
  const auto event = ids.next<EventId>();
  EXPECT_EQ(put({append(event, 5)}), std::vector{conflict}) << "there is no log yet";
  EXPECT_EQ(put({append(event, 0, 3)}), std::vector{applied});
  EXPECT_EQ(put({append(event, 0, 3)}), std::vector{conflict});
  EXPECT_EQ(put({append(event, 2, 1)}), std::vector{conflict});
  EXPECT_EQ(put({append(event, 4, 1)}), std::vector{conflict});
  EXPECT_EQ(put({append(event, 3, 1)}), std::vector{applied});
  EXPECT_EQ(log(event).size(), 4U);
  EXPECT_TRUE(put({}).empty());
}

TEST_P(WaitingRoomStoreTest, WR6_EachOfABatchIsAnsweredOnItsOwn) {
  const auto one = ids.next<EventId>(), two = ids.next<EventId>(), three = ids.next<EventId>();
  put({append(two, 0, 2)});
  EXPECT_EQ(put({append(one, 0, 2), append(two, 0), append(one, 0), append(three, 0), append(one, 2, 3)}),
            (std::vector{applied, conflict, conflict, applied, applied}));
  EXPECT_EQ(log(one).size(), 5U);
  EXPECT_EQ(log(two).size(), 2U);
  EXPECT_EQ(rooms().last_sequences(std::vector{three, two, ids.next<EventId>(), one, two}).value(),
            (std::vector<std::int64_t>{1, 2, 0, 5, 2}));
  EXPECT_TRUE(rooms().last_sequences({}).value().empty());
}

TEST_P(WaitingRoomStoreTest, WR6_WhoIsTooLateMayRevise) {
  const auto event = ids.next<EventId>(), quiet = ids.next<EventId>(), settled = ids.next<EventId>();
  put({append(event, 0, 3), append(settled, 0, 2)});
  const auto before = log(event), others = log(settled);
  std::vector<std::vector<RoomRecord>> missed;
  const auto outcomes =
      rooms().commit(std::vector{append(quiet, 0), append(event, 1, 2), append(event, 1), append(settled, 0)},
                     [&](const RoomAppend& late, std::span<const RoomRecord> since) -> std::optional<RoomAppend> {
                       missed.emplace_back(since.begin(), since.end());
                       if (late.event_id == settled) return std::nullopt;
                       return append(late.event_id, since.back().sequence, late.records.size());
                     });
  EXPECT_EQ(outcomes.value(), (std::vector{applied, applied, conflict, conflict}));
  EXPECT_EQ(missed, (std::vector{std::vector(before.begin() + 1, before.end()), others}))
      << "but nobody is asked who comes behind his own batch";
  EXPECT_EQ(log(event).size(), 5U);
  EXPECT_EQ(log(settled), others);
}

TEST_P(WaitingRoomStoreTest, WR6_ARevisionThatDoesNotFitIsAConflict) {
  const auto event = ids.next<EventId>();
  put({append(event, 0, 3)});
  const auto revised_to = [&](const RoomAppend& instead) {
    const auto revise = [&](const RoomAppend&, std::span<const RoomRecord>) { return std::optional(instead); };
    return rooms().commit(std::vector{append(event, 0)}, revise).value().front();
  };
  EXPECT_EQ(revised_to(append(event, 2)), conflict);
  EXPECT_EQ(revised_to(append(event, 4)), conflict);
  EXPECT_EQ(revised_to(append(ids.next<EventId>(), 3)), conflict);
  EXPECT_EQ(revised_to(append(event, 3, 0)), conflict) << "nothing in it";
  EXPECT_EQ(log(event).size(), 3U);
  EXPECT_EQ(revised_to(append(event, 3)), applied);
}

TEST_P(WaitingRoomStoreTest, WR6_WhoMissedTooMuchOrKnowsTooMuchIsNotAsked) {
  const auto event = ids.next<EventId>();
  put({append(event, 0, max_missed_records + 1)});
  int asked = 0;
  const auto late_by = [&](std::int64_t count) {
    const std::int64_t end = static_cast<std::int64_t>(max_missed_records) + 1;
    const auto revise = [&](const RoomAppend&, std::span<const RoomRecord>) {
      ++asked;
      return std::optional<RoomAppend>();
    };
    EXPECT_EQ(rooms().commit(std::vector{append(event, end - count)}, revise).value(), std::vector{conflict});
  };
  late_by(static_cast<std::int64_t>(max_missed_records) + 1);
  late_by(-1);
  EXPECT_EQ(asked, 0);
  late_by(static_cast<std::int64_t>(max_missed_records));
  EXPECT_EQ(asked, 1);
  const std::int64_t end = static_cast<std::int64_t>(max_missed_records) + 1;
  put({
      {event, end, {{end + 1, clock.now(), RoomRecordKind::started}}},
  });
  late_by(1);
  EXPECT_EQ(asked, 1) << "a draw takes long to follow";
}

/// Who has to read, decide and commit loses each race to who only commits.
TEST_P(WaitingRoomStoreTest, WR6_WhoRevisesIsNotTooLateAgain) {
  const auto event = ids.next<EventId>();
  put({append(event, 0)});
  run_threads(4, [&](std::size_t) {
    for (int i = 0; i < 25; ++i) {
      const auto outcome =
          rooms().commit(std::vector{append(event, 0, 3)}, [&](const RoomAppend&, std::span<const RoomRecord> since) {
            return std::optional(append(event, since.back().sequence, 3));
          });
      ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
      EXPECT_EQ(outcome->front(), applied);
    }
  });
  EXPECT_EQ(log(event).size(), 301U);
}

TEST_P(WaitingRoomStoreTest, WR6_UnsoundBatchesAreRefusedWhole) {
  const auto event = ids.next<EventId>();
  auto gap = append(event, 0, 3);
  gap.records[1].sequence = 3;
  const auto refused = [&](RoomAppend bad) {
    return code_of(rooms().commit(std::vector{append(ids.next<EventId>(), 0), std::move(bad)}));
  };
  EXPECT_EQ(refused(gap), Errc::invalid_argument);
  EXPECT_EQ(refused(append(event, 0, 0)), Errc::invalid_argument);
  EXPECT_EQ(refused(append({}, 0)), Errc::invalid_argument);
  EXPECT_EQ(refused(append(event, -1)), Errc::invalid_argument);
  EXPECT_TRUE(rooms().heads().value().empty());
}

TEST_P(WaitingRoomStoreTest, WR6_HeadsTellTheEndOfEachLog) {
  const auto one = ids.next<EventId>(), two = ids.next<EventId>();
  auto last = append(two, 0, 2);
  last.occupied = false;
  last.records.back().at.ms += 5;
  put({append(one, 0, 3), last});
  EXPECT_EQ(rooms().heads().value(),
            (std::vector<RoomHead>{{one, 3, clock.now(), true}, {two, 2, clock.now().plus_ms(5), false}}));
}

TEST_P(WaitingRoomStoreTest, WR6_PruningLeavesALog) {
  const auto event = ids.next<EventId>(), other = ids.next<EventId>();
  put({append(event, 0, 10), append(other, 0, 2)});
  const auto before = log(event);
  EXPECT_EQ(rooms().prune(event, 4).value(), 4U);
  EXPECT_EQ(log(event), std::vector(before.begin(), before.begin() + 6));
  EXPECT_EQ(rooms().last_sequences(std::vector{event}).value().front(), 6);
  EXPECT_EQ(put({append(event, 6)}), std::vector{applied});
  EXPECT_EQ(rooms().prune(event, 0).value(), 0U);
  EXPECT_EQ(rooms().prune(event, 100).value(), 7U);
  EXPECT_EQ(rooms().prune(event, 100).value(), 0U);
  EXPECT_EQ(rooms().heads().value().size(), 1U);
  EXPECT_EQ(log(other).size(), 2U);
  EXPECT_EQ(put({append(event, 0)}), std::vector{applied}) << "a new one may begin";
}

TEST_P(WaitingRoomStoreTest, WR6_OfManyWhoAppendAtOnceOneIsFirst) {
  const auto event = ids.next<EventId>();
  std::atomic<int> done{0};
  run_threads(4, [&](std::size_t) {
    for (int i = 0; i < 25; ++i)
      for (;;) {
        const auto end = rooms().last_sequences(std::vector{event}).value().front();
        const auto outcome = rooms().commit(std::vector{append(event, end, 3)});
        ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
        if (outcome->front() == applied) break;
      }
    ++done;
  });
  EXPECT_EQ(done, 4);
  const auto records = log(event);
  ASSERT_EQ(records.size(), 300U);
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].sequence, static_cast<std::int64_t>(i + 1));
}

class DurableRoomTest : public WaitingRoomStoreTest {};
INSTANTIATE_TEST_SUITE_P(Every, DurableRoomTest, durable_stores(), store_name);

TEST_P(DurableRoomTest, WR6_ALogIsNeverChanged) {
  const auto event = ids.next<EventId>();
  put({append(event, 0, 2)});
  RawSql raw(address());
  EXPECT_NE(raw.try_execute("UPDATE room_log SET number = 7"), "");
  EXPECT_NE(raw.try_execute("INSERT INTO room_log SELECT * FROM room_log"), "");
}

/// Two services, as two processes would have them, over one database and the real catalogue and box office.
TEST_P(DurableRoomTest, WR6_TwoProcessesShareOneRoom) {
  const NewInventory sold = load_inventory(100);
  Event event;
  event.id = sold.event_id;
  event.title = "Concert";
  event.sale_start = clock.now().plus_ms(-hour_ms);
  event.sale_end = clock.now().plus_ms(hour_ms);
  event.event_date = clock.now().plus_ms(day_ms);
  event.version = 1;
  ASSERT_TRUE(catalog().commit(std::vector<CatalogChange>{PutEvent{0, event}}).value().front().has_value());

  const auto signer = crypto::make_ephemeral_entry_token_signer();
  const auto random = crypto::make_random();
  const auto others = open_another();
  const auto sales = local::make_sale_directory(catalog(), box_office(), stores().payments());
  const WaitingRoomPolicy policy{.sale_age_ms = 0, .discover_ms = 0};
  WaitingRoom first(stores().waiting_rooms(), *sales, *signer, *random, clock, policy);
  WaitingRoom second(others->waiting_rooms(), *sales, *signer, *random, clock, policy);
  ASSERT_TRUE(first.set(event.id, {.enabled = true, .threshold = 10, .rate_per_second = 1'000}).has_value());

  std::vector<UserId> users;
  for (int i = 0; i < 60; ++i) users.push_back(ids.next<UserId>());
  run_threads(2, [&](std::size_t thread) {
    WaitingRoom& room = thread == 0 ? first : second;
    for (const UserId user : users) {
      const auto entered = room.enter(Enter{event.id, user});
      EXPECT_TRUE(entered.has_value()) << entered.error().message;
    }
  });
  std::set<UserId> admitted;
  for (int round = 0; round < 8; ++round) {
    clock.advance(1'000);
    ASSERT_TRUE(first.turn().has_value());
    const auto turns = second.turn();
    ASSERT_TRUE(turns.has_value());
    for (const UserId user : users)
      if (first.status(event.id, user)->standing == RoomStanding::active) {
        EXPECT_TRUE(admitted.insert(user).second) << "nobody twice";
        EXPECT_TRUE(second.purchased(event.id, user).has_value());
      }
  }
  EXPECT_EQ(admitted.size(), users.size()) << "nobody is skipped";
  const RoomAudit audit = second.audit(event.id).value();
  EXPECT_EQ(audit.admitted, 60);
  EXPECT_EQ(audit.waiting, 0);
  for (const Finding& each : audit.findings) ADD_FAILURE() << each.invariant << ": " << each.what;
}

TEST_P(WaitingRoomStoreTest, WR2_ASaleIsWhatCatalogueBoxOfficeAndPaymentsSay) {
  const NewInventory sold = load_inventory(3);
  Event event;
  event.id = sold.event_id;
  event.title = "Concert";
  event.sale_start = clock.now();
  event.sale_end = clock.now().plus_ms(hour_ms);
  event.event_date = clock.now().plus_ms(day_ms);
  event.version = 1;
  ASSERT_TRUE(catalog().commit(std::vector<CatalogChange>{PutEvent{0, event}}).value().front().has_value());
  const Change held = hold(sold, {0});
  ASSERT_EQ(commit(held).kind, Outcome::Kind::applied);
  Payment payment;
  payment.id = ids.next<PaymentId>();
  payment.order_id = order_id_of(payment.id);
  payment.reservation_id = held.after.id;
  payment.user_id = held.after.user_id;
  payment.amount = held.after.total;
  payment.status = PaymentStatus::processing;
  payment.created_at = payment.updated_at = clock.now();
  payment.expires_at = payment.next_attempt_at = clock.now().plus_ms(hour_ms);
  PaymentChange paying;
  paying.after = payment;
  const auto paid = stores().payments().commit(std::vector{paying});
  ASSERT_TRUE(paid.has_value()) << paid.error().message;

  const auto sales = local::make_sale_directory(catalog(), box_office(), stores().payments());
  const auto answers =
      sales->sales(std::vector<SaleQuestion>{{ids.next<EventId>()}, {event.id, true}, {event.id}}).value();
  EXPECT_EQ(answers.at(0), std::nullopt);
  const Sale expected{event.sale_start, event.sale_end, false, 3, 2, 1, 1};
  EXPECT_EQ(answers.at(1), expected);
  EXPECT_EQ(sales->sales(std::vector<SaleQuestion>{{event.id}}).value().at(0)->payments, 0) << "nobody asked";
}

TEST_P(WaitingRoomStoreTest, WR2_MorePaymentsThanCanBeToldApartAreTooManyForEach) {
  Event event;
  event.id = load_inventory(1).event_id;
  event.title = "Concert";
  event.sale_end = event.event_date = clock.now().plus_ms(hour_ms);
  event.version = 1;
  ASSERT_TRUE(catalog().commit(std::vector<CatalogChange>{PutEvent{0, event}}).value().front().has_value());
  const auto sales = local::make_sale_directory(catalog(), box_office(), stores().payments());
  const auto pay = [&](std::int64_t count) {
    std::vector<PaymentChange> changes;
    for (; count > 0; --count)
      changes.push_back(make_begun(ids, clock.now(), ids.next<UserId>(), ids.next<ReservationId>(), 1'000));
    const auto paid = stores().payments().commit(changes);
    ASSERT_TRUE(paid.has_value()) << paid.error().message;
  };
  const auto counted = [&] {
    return sales->sales(std::vector<SaleQuestion>{{event.id, true}}).value().at(0)->payments;
  };
  pay(2 * max_room_payments - 1);
  EXPECT_EQ(counted(), 0) << "all of them are for something else";
  pay(1);
  EXPECT_GT(counted(), max_room_payments) << "any of them may be for this one";
}

}  // namespace
}  // namespace tiketi::test
