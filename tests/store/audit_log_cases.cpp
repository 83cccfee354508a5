// AD1: what a log of administrators' actions promises, on every store.

#include "store/raw_sql.hpp"
#include "store/store_fixture.hpp"

#include <set>
#include <thread>

namespace tiketi::test {
namespace {

class AuditLogTest : public StoreTest {
 protected:
  AuditLog& audit() { return stores().audit(); }

  AuditEntry entry(std::string action = "event.cancel", UserId actor = {}, std::string subject = "1") {
    return {.at = clock.now(),
            .actor_id = actor,
            .actor_email = "admin@example.com",
            .action = std::move(action),
            .subject_kind = "event",
            .subject_id = std::move(subject),
            .request_id = "r-1",
            .details = R"({"reason":"rain"})"};
  }
  void record(const std::vector<AuditEntry>& entries) {
    const auto done = audit().record(entries);
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  std::vector<AuditRecord> found(const AuditQuery& query = {}) { return audit().entries(query).value(); }
  std::vector<std::string> actions(const AuditQuery& query = {}) {
    std::vector<std::string> out;
    for (const AuditRecord& each : found(query)) out.push_back(each.entry.action);
    return out;
  }
  using Texts = std::vector<std::string>;
};

INSTANTIATE_TEST_SUITE_P(Every, AuditLogTest, every_store(), store_name);

TEST_P(AuditLogTest, AD1_AnEntryIsReadBackAsItWasRecorded) {
  AuditEntry full = entry("한글 ' \" \\ % $1 ; --", ids.next<UserId>());
  full.at = latest_timestamp;
  full.details = std::string(max_audit_details_bytes - 1, 'x') + "\n";
  AuditEntry bare{.action = "a", .subject_kind = "k", .subject_id = "i"};
  record({full, bare});
  record({});
  const auto all = found({.until = {INT64_MAX}});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].entry, bare);
  EXPECT_EQ(all[1].entry, full);
  EXPECT_GT(all[0].sequence, all[1].sequence);
}

TEST_P(AuditLogTest, AD1_EntriesAreFoundByActorSubjectAndTime) {
  const UserId ann = ids.next<UserId>();
  const UserId bob = ids.next<UserId>();
  const Timestamp start = clock.now();
  record({entry("a", ann, "1"), entry("b", bob, "1")});
  clock.advance(1);
  AuditEntry layout = entry("c", ann, "1");
  layout.subject_kind = "layout";
  record({layout, entry("d", ann, "2"), entry("e", {}, "1")});
  EXPECT_EQ(actions(), (Texts{"e", "d", "c", "b", "a"}));
  EXPECT_EQ(actions({.actor_id = ann}), (Texts{"d", "c", "a"}));
  EXPECT_EQ(actions({.subject_kind = "event"}), (Texts{"e", "d", "b", "a"}));
  EXPECT_EQ(actions({.subject_kind = "event", .subject_id = "1"}), (Texts{"e", "b", "a"}));
  EXPECT_EQ(actions({.actor_id = ann, .subject_kind = "event"}), (Texts{"d", "a"}));
  EXPECT_EQ(actions({.actor_id = ann, .subject_kind = "event", .subject_id = "1"}), Texts{"a"});
  EXPECT_EQ(actions({.from = start.plus_ms(1)}), (Texts{"e", "d", "c"}));
  EXPECT_EQ(actions({.until = start.plus_ms(1)}), (Texts{"b", "a"}));
  EXPECT_EQ(actions({.from = start, .until = start.plus_ms(1), .actor_id = bob}), Texts{"b"});
  EXPECT_EQ(actions({.subject_kind = "event' OR 1=1 --"}), Texts{});
}

TEST_P(AuditLogTest, AD1_PagesFollowEachOtherThoughMoreIsRecorded) {
  for (int i = 0; i < 7; ++i) record({entry(std::to_string(i))});
  AuditQuery query{.limit = 3};
  Texts seen;
  for (auto page = found(query); !page.empty(); page = found(query)) {
    for (const AuditRecord& each : page) seen.push_back(each.entry.action);
    query.before_sequence = page.back().sequence;
    record({entry("meanwhile")});
  }
  EXPECT_EQ(seen, (Texts{"6", "5", "4", "3", "2", "1", "0"}));
}

TEST_P(AuditLogTest, AD1_WhatIsOutOfBoundsIsRefusedWhole) {
  struct Case {
    std::string field;
    Errc code;
    std::function<void(AuditEntry&)> damage;
  };
  const std::vector<Case> cases{
      {"action", Errc::invalid_argument, [](AuditEntry& each) { each.action.clear(); }},
      {"subject_kind", Errc::invalid_argument, [](AuditEntry& each) { each.subject_kind.clear(); }},
      {"subject_id", Errc::invalid_argument, [](AuditEntry& each) { each.subject_id.clear(); }},
      {"actor_email", Errc::invalid_argument, [](AuditEntry& each) { each.actor_email = "a\nb"; }},
      {"request_id", Errc::limit_exceeded, [](AuditEntry& each) { each.request_id.assign(321, 'x'); }},
      {"details", Errc::invalid_argument, [](AuditEntry& each) { each.details = "\xff"; }},
      {"details", Errc::limit_exceeded, [](AuditEntry& each) { each.details.assign(65'537, 'x'); }},
      {"at", Errc::invalid_argument, [](AuditEntry& each) { each.at = {-1}; }}};
  for (const Case& each : cases) {
    std::vector<AuditEntry> entries{entry(), entry()};
    each.damage(entries[1]);
    const auto done = audit().record(entries);
    ASSERT_TRUE(done.has_error()) << each.field;
    EXPECT_EQ(done.error().code, each.code) << each.field;
    EXPECT_EQ(std::string(done.error().detail("field")), each.field);
  }
  EXPECT_TRUE(found().empty());
  const std::vector<std::pair<std::string, AuditQuery>> queries{{"limit", {.limit = 0}},
                                                                {"limit", {.limit = 1001}},
                                                                {"before", {.before_sequence = -1}},
                                                                {"subject_kind", {.subject_id = "1"}},
                                                                {"subject_kind", {.subject_kind = "\xff"}}};
  for (const auto& [field, query] : queries) {
    const auto answer = audit().entries(query);
    ASSERT_TRUE(answer.has_error()) << field;
    EXPECT_EQ(std::string(answer.error().detail("field")), field);
  }
}

TEST_P(AuditLogTest, AD1_NothingIsLostAmongThreads) {
  constexpr int threads = 4;
  constexpr int rounds = 25;
  std::vector<std::thread> writers;
  for (int i = 0; i < threads; ++i)
    writers.emplace_back([&, i] {
      for (int round = 0; round < rounds; ++round) record({entry(std::to_string(i)), entry(std::to_string(round))});
    });
  for (std::thread& each : writers) each.join();
  std::set<std::int64_t> sequences;
  for (const AuditRecord& each : found({.limit = 1000})) sequences.insert(each.sequence);
  EXPECT_EQ(sequences.size(), 2U * threads * rounds);
}

class DurableAuditTest : public AuditLogTest {};
INSTANTIATE_TEST_SUITE_P(Every, DurableAuditTest, durable_stores(), store_name);

TEST_P(DurableAuditTest, AD1_TheDatabaseItselfKeepsWhatWasRecorded) {
  record({entry("first"), entry("second")});
  RawSql raw(address());
  std::vector<std::string> wrong{"UPDATE audit SET details = ''",
                                 "UPDATE audit SET actor_email = 'x' WHERE sequence = 1", "DELETE FROM audit",
                                 "DELETE FROM audit WHERE sequence = 2"};
  if (GetParam() == StoreKind::postgres) {
    wrong.push_back("TRUNCATE audit");
    wrong.push_back(
        "INSERT INTO audit SELECT * FROM audit WHERE sequence = 1 ON CONFLICT (sequence) DO UPDATE SET details = ''");
  } else {
    wrong.push_back("INSERT OR REPLACE INTO audit SELECT sequence, 0, NULL, '', 'a', 'k', 'i', '', '' FROM audit");
  }
  for (const std::string& each : wrong) EXPECT_NE(raw.try_execute(each), "") << "was not refused: " << each;
  EXPECT_EQ(actions(), (Texts{"second", "first"}));
  record({entry("third")});
  reopen();
  EXPECT_EQ(actions(), (Texts{"third", "second", "first"}));
}

}  // namespace
}  // namespace tiketi::test
