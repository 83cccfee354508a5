// BO6: first answers to requests that are repeated, on every store.

#include "store/raw_sql.hpp"
#include "store/store_fixture.hpp"

#include <atomic>
#include <thread>

namespace tiketi::test {
namespace {

class AnswersTest : public StoreTest {
 protected:
  Answers& answers() { return stores().answers(); }

  Answer answer(UserId user, std::string key, std::string body = "{}") {
    return {.key = {user, std::move(key)},
            .fingerprint = 7,
            .status = 201,
            .content_type = "application/json",
            .body = std::move(body),
            .created_at = clock.now()};
  }
  std::vector<Answer> put(const std::vector<Answer>& all) {
    auto stored = answers().put_if_absent(all);
    EXPECT_TRUE(stored.has_value()) << stored.error().message;
    return stored.value();
  }
  std::optional<Answer> found(const AnswerKey& key) { return answers().find({&key, 1}).value().front(); }
};

INSTANTIATE_TEST_SUITE_P(Every, AnswersTest, every_store(), store_name);

TEST_P(AnswersTest, BO6_AnyAnswerIsReadBackAsItWasGiven) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  const UserId user = ids.next<UserId>();
  std::vector<Answer> all;
  for (const std::string& body :
       {std::string(), std::string("{\"한글\":\"'\\\"\"}\n"), every_byte, std::string("\0", 1),
        std::string(max_answer_body_bytes, 'x'), std::string(max_answer_body_bytes, '\xff')})
    all.push_back(answer(user, "키 " + std::to_string(all.size()), body));
  all[1].fingerprint = ~0ULL;
  all[1].status = 599;
  all[1].content_type.clear();
  all.push_back(answer({}, "nobody's"));
  EXPECT_EQ(put(all), all);
  for (const Answer& each : all) EXPECT_EQ(found(each.key), each);
}

TEST_P(AnswersTest, BO6_TheFirstAnswerStays) {
  const UserId user = ids.next<UserId>();
  const Answer first = answer(user, "k", "first");
  EXPECT_EQ(put({first}), std::vector{first});
  clock.advance(second_ms);
  const Answer late = answer(user, "k", "late");
  const Answer fresh = answer(user, "fresh");
  EXPECT_EQ(put({late, fresh}), (std::vector{first, fresh}));
  EXPECT_EQ(found(first.key), first);
  EXPECT_EQ(put({first}), std::vector{first}) << "repeated after an unknown outcome";
}

TEST_P(AnswersTest, BO6_WithinABatchTheFirstStays) {
  const UserId user = ids.next<UserId>();
  const Answer first = answer(user, "k", "first");
  EXPECT_EQ(put({first, answer(user, "k", "second")}), (std::vector{first, first}));
}

TEST_P(AnswersTest, BO6_KeysCountPerUser) {
  const UserId ann = ids.next<UserId>();
  const UserId bob = ids.next<UserId>();
  const std::vector<Answer> all{answer(ann, "k", "ann"), answer(bob, "k", "bob"), answer({}, "k", "nobody")};
  EXPECT_EQ(put(all), all);
  const std::vector<AnswerKey> asked{all[2].key, {ann, "K"}, all[0].key, all[1].key};
  const auto answered = answers().find(asked).value();
  EXPECT_EQ(answered, (std::vector<std::optional<Answer>>{all[2], std::nullopt, all[0], all[1]}));
  EXPECT_TRUE(answers().find({}).value().empty());
  EXPECT_TRUE(put({}).empty());
}

TEST_P(AnswersTest, BO6_OldAnswersAreForgottenOldestFirst) {
  const UserId user = ids.next<UserId>();
  std::vector<Answer> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(answer(user, std::to_string(i)));
    clock.advance(1);
  }
  put({all[3], all[1], all[4], all[0], all[2]});
  EXPECT_EQ(answers().prune(all[4].created_at, 2).value(), 2U);
  EXPECT_FALSE(found(all[0].key));
  EXPECT_FALSE(found(all[1].key));
  EXPECT_TRUE(found(all[2].key));
  EXPECT_EQ(answers().prune(all[4].created_at, 100).value(), 2U);
  EXPECT_TRUE(found(all[4].key)) << "made at that moment, not before it";
  EXPECT_EQ(answers().prune(all[4].created_at, 100).value(), 0U);
  const Answer again = answer(user, "0", "again");
  EXPECT_EQ(put({again}), std::vector{again});
}

TEST_P(AnswersTest, BO6_WhatIsOutOfBoundsIsRefusedWhole) {
  const UserId user = ids.next<UserId>();
  struct Case {
    std::string field;
    Errc code;
    std::function<void(Answer&)> damage;
  };
  const std::vector<Case> cases{
      {"key", Errc::invalid_argument, [](Answer& each) { each.key.key.clear(); }},
      {"key", Errc::invalid_argument, [](Answer& each) { each.key.key.assign(201, 'x'); }},
      {"key", Errc::invalid_argument, [](Answer& each) { each.key.key = "a\nb"; }},
      {"status", Errc::invalid_argument, [](Answer& each) { each.status = 99; }},
      {"status", Errc::invalid_argument, [](Answer& each) { each.status = 600; }},
      {"content_type", Errc::invalid_argument, [](Answer& each) { each.content_type = "a\r\nb"; }},
      {"body", Errc::limit_exceeded, [](Answer& each) { each.body.assign(max_answer_body_bytes + 1, 'x'); }}};
  for (const Case& each : cases) {
    std::vector<Answer> all{answer(user, "sound"), answer(user, "other")};
    each.damage(all[1]);
    const auto stored = answers().put_if_absent(all);
    ASSERT_TRUE(stored.has_error()) << each.field;
    EXPECT_EQ(stored.error().code, each.code) << each.field;
    EXPECT_EQ(std::string(stored.error().detail("field")), each.field);
  }
  EXPECT_FALSE(found({user, "sound"}));
}

TEST_P(AnswersTest, BO6_OfManyWhoAnswerAtOnceAllTellTheFirst) {
  constexpr int threads = 6;
  for (int round = 0; round < 10; ++round) {
    const UserId user = ids.next<UserId>();
    std::atomic<int> ready{0};
    std::vector<std::vector<Answer>> told(threads);
    std::vector<std::thread> writers;
    for (int i = 0; i < threads; ++i)
      writers.emplace_back([&, i] {
        std::vector<Answer> mine{answer(user, "a", std::to_string(i)), answer(user, "b", std::to_string(i))};
        if (i % 2 == 1) std::swap(mine[0], mine[1]);
        for (++ready; ready < threads;) std::this_thread::yield();
        const auto stored = answers().put_if_absent(mine);
        ASSERT_TRUE(stored.has_value()) << stored.error().message;
        told[static_cast<std::size_t>(i)] = *stored;
        if (i % 2 == 1) std::swap(told[static_cast<std::size_t>(i)][0], told[static_cast<std::size_t>(i)][1]);
      });
    for (std::thread& each : writers) each.join();
    const std::vector<Answer> kept{*found({user, "a"}), *found({user, "b"})};
    for (const auto& each : told) EXPECT_EQ(each, kept);
  }
}

class DurableAnswersTest : public AnswersTest {};
INSTANTIATE_TEST_SUITE_P(Every, DurableAnswersTest, durable_stores(), store_name);

TEST_P(DurableAnswersTest, BO6_TheFirstAnswerSurvivesACrash) {
  const Answer first = answer(ids.next<UserId>(), "k", "\xff first");
  put({first});
  reopen();
  EXPECT_EQ(put({answer(first.key.user_id, "k", "late")}), std::vector{first});
  const auto other = open_another();
  EXPECT_EQ(other->answers().find({&first.key, 1}).value().front(), first);
}

TEST_P(DurableAnswersTest, BO6_TheDatabaseItselfRefusesWhatMustNotBe) {
  put({answer(ids.next<UserId>(), "k"), answer({}, "k")});
  RawSql raw(address());
  for (const std::string wrong :
       {"INSERT INTO answers SELECT * FROM answers", "UPDATE answers SET key = ''", "UPDATE answers SET status = 99",
        "UPDATE answers SET is_encoded = 2", "UPDATE answers SET user_id = NULL"})
    EXPECT_NE(raw.try_execute(wrong), "") << "was not refused: " << wrong;
}

}  // namespace
}  // namespace tiketi::test
