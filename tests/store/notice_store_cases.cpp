// NE1: what a storage of notices promises, on every store.

#include "store/raw_sql.hpp"
#include "store/store_fixture.hpp"

#include <atomic>
#include <thread>

namespace tiketi::test {
namespace {

class NoticeStoreTest : public StoreTest {
 protected:
  NoticeStore& notices() { return stores().notices(); }

  Notice made(std::string title = "news", bool is_pinned = false) {
    return {.id = ids.next<NoticeId>(),
            .title = std::move(title),
            .content = "content",
            .author = "admin",
            .is_pinned = is_pinned,
            .created_at = clock.now(),
            .updated_at = clock.now(),
            .version = 1};
  }
  std::vector<NoticeOutcome> put(const std::vector<NoticeChange>& changes) {
    auto outcomes = notices().commit(changes);
    EXPECT_TRUE(outcomes.has_value()) << outcomes.error().message;
    return outcomes.value();
  }
  Notice posted(std::string title = "news", bool is_pinned = false) {
    Notice notice = made(std::move(title), is_pinned);
    EXPECT_EQ(put({PutNotice{0, notice}}).front(), applied);
    return notice;
  }
  std::optional<Notice> stored(NoticeId id) { return notices().notices({&id, 1}).value().front(); }

  static constexpr NoticeOutcome applied = NoticeOutcome::applied;
  static constexpr NoticeOutcome conflict = NoticeOutcome::version_conflict;
};

INSTANTIATE_TEST_SUITE_P(Every, NoticeStoreTest, every_store(), store_name);

TEST_P(NoticeStoreTest, NE1_ANoticeIsReadBackAsItWasStoredButForItsViews) {
  Notice full = made("한글 ‘따옴표’ 🎤 ' \" \\ % $1 ; --", true);
  full.content = std::string(64 * 1024 - 2, 'x') + "\n\t";
  full.author_id = ids.next<UserId>();
  full.updated_at = latest_timestamp;
  full.version = INT64_MAX;
  full.views = 99;
  put({PutNotice{0, full}});
  full.views = 0;
  EXPECT_EQ(stored(full.id), full);
  const Notice other = posted();
  const auto found = notices().notices(std::vector{other.id, NoticeId{{1, 1}}, full.id, other.id}).value();
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0], other);
  EXPECT_EQ(found[1], std::nullopt);
  EXPECT_EQ(found[2], full);
  EXPECT_EQ(found[3], other);
  EXPECT_TRUE(notices().notices({}).value().empty());
  EXPECT_TRUE(put({}).empty());
}

TEST_P(NoticeStoreTest, NE1_AChangeAppliesOnlyToTheVersionThatItExpects) {
  const Notice notice = posted();
  Notice second = notice;
  second.version = 2;
  second.title = "second";
  Notice third = second;
  third.version = 3;
  const auto outcomes = put({PutNotice{0, notice}, PutNotice{1, second}, PutNotice{1, third}, PutNotice{2, third},
                             PutNotice{1, made()}, RemoveNotice{NoticeId{{1, 1}}}});
  EXPECT_EQ(outcomes, (std::vector{conflict, applied, conflict, applied, conflict, NoticeOutcome::not_found}));
  EXPECT_EQ(stored(notice.id), third);
  EXPECT_EQ(put({RemoveNotice{notice.id}, RemoveNotice{notice.id}, PutNotice{0, notice}}),
            (std::vector{applied, NoticeOutcome::not_found, applied}));
}

TEST_P(NoticeStoreTest, NE1_ViewsAddUpAndSurviveAnEdit) {
  const Notice notice = posted();
  const Notice other = posted();
  ASSERT_TRUE(
      notices()
          .add_views(std::vector<NoticeViews>{{notice.id, 2}, {NoticeId{{1, 1}}, 9}, {other.id, 1}, {notice.id, 3}})
          .has_value());
  Notice edited = notice;
  edited.version = 2;
  edited.views = 1'000;  // what an edit says of views does not count
  put({PutNotice{1, edited}});
  EXPECT_EQ(stored(notice.id)->views, 5);
  EXPECT_EQ(stored(other.id)->views, 1);
  EXPECT_TRUE(notices().add_views({}).has_value());
}

TEST_P(NoticeStoreTest, NE1_PinnedOnesComeFirstThenTheNewest) {
  std::vector<NoticeId> expected;
  for (int i = 0; i < 6; ++i) {
    if (i % 3 == 0) clock.advance(1);  // some are made in the same millisecond
    expected.insert(expected.begin(), posted(std::to_string(i)).id);
  }
  clock.advance(-hour_ms);
  expected.insert(expected.begin(), posted("old but pinned", true).id);
  std::vector<NoticeId> seen;
  for (std::int64_t offset = 0; offset < 8; offset += 3) {
    const NoticePage page = notices().list(offset, 3).value();
    EXPECT_EQ(page.total, 7);
    for (const Notice& each : page.notices) seen.push_back(each.id);
  }
  EXPECT_EQ(seen, expected);
  EXPECT_TRUE(notices().list(std::int64_t{INT32_MAX} * 1000, 1000).value().notices.empty());
}

TEST_P(NoticeStoreTest, NE1_NoViewIsLostAmongThreads) {
  const Notice notice = posted();
  const Notice other = posted();
  constexpr int threads = 6;
  constexpr int rounds = 30;
  std::vector<std::thread> readers;
  for (int i = 0; i < threads; ++i)
    readers.emplace_back([&, i] {
      const std::vector<NoticeViews> batch = i % 2 == 0 ? std::vector<NoticeViews>{{notice.id, 1}, {other.id, 1}}
                                                        : std::vector<NoticeViews>{{other.id, 1}, {notice.id, 1}};
      for (int round = 0; round < rounds; ++round) {
        const auto added = notices().add_views(batch);
        ASSERT_TRUE(added.has_value()) << added.error().message;
      }
    });
  for (std::int64_t version = 1; version <= 20; ++version) {
    Notice next = notice;
    next.version = version + 1;
    EXPECT_EQ(put({PutNotice{version, next}}).front(), applied);
  }
  for (std::thread& each : readers) each.join();
  EXPECT_EQ(stored(notice.id)->views, threads * rounds);
  EXPECT_EQ(stored(other.id)->views, threads * rounds);
}

TEST_P(NoticeStoreTest, NE1_OfManyEditorsOfOneVersionOneSucceeds) {
  const Notice notice = posted();
  std::atomic<int> succeeded{0};
  std::vector<std::thread> editors;
  for (int i = 0; i < 4; ++i)
    editors.emplace_back([&] {
      Notice next = notice;
      next.version = 2;
      const NoticeChange change = PutNotice{1, next};
      const auto outcomes = notices().commit({&change, 1});
      ASSERT_TRUE(outcomes.has_value()) << outcomes.error().message;
      succeeded += outcomes->front() == applied ? 1 : 0;
    });
  for (std::thread& each : editors) each.join();
  EXPECT_EQ(succeeded, 1);
}

class DurableNoticeTest : public NoticeStoreTest {};
INSTANTIATE_TEST_SUITE_P(Every, DurableNoticeTest, durable_stores(), store_name);

TEST_P(DurableNoticeTest, NE1_NoticesAndViewsAreThereAfterOpeningAgain) {
  Notice notice = posted();
  ASSERT_TRUE(notices().add_views(std::vector<NoticeViews>{{notice.id, 4}}).has_value());
  reopen();
  notice.views = 4;
  EXPECT_EQ(stored(notice.id), notice);
}

TEST_P(DurableNoticeTest, NE1_TheDatabaseItselfRefusesWhatMustNotBe) {
  posted();
  RawSql raw(address());
  for (const std::string wrong : {"UPDATE notices SET views = -1", "UPDATE notices SET title = ''",
                                  "UPDATE notices SET content = ''", "UPDATE notices SET is_pinned = 2",
                                  "UPDATE notices SET version = 0", "INSERT INTO notices SELECT * FROM notices"})
    EXPECT_NE(raw.try_execute(wrong), "") << "was not refused: " << wrong;
}

}  // namespace
}  // namespace tiketi::test
