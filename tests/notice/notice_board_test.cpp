// NE1: the board as its readers and writers use it.

#include "support/fakes.hpp"
#include "support/results.hpp"

#include <tiketi/adapters/memory.hpp>
#include <tiketi/notice/notice_board.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace tiketi::test {
namespace {

struct Board {
  Notice post(const std::string& title, bool is_pinned = false) {
    clock.advance(second_ms);
    return board.create({title, "content", is_pinned, "admin", {}, {}}).value();
  }
  std::vector<std::string> titles(std::int32_t page = 1, std::int32_t limit = 20) {
    std::vector<std::string> out;
    for (const Notice& each : board.list(page, limit).value().notices) out.push_back(each.title);
    return out;
  }

  FakeClock clock;
  CountingIds ids{clock};
  std::unique_ptr<Stores> stores = memory::make_stores();
  NoticeBoard board{stores->notices(), clock, ids};
};

TEST(NoticeBoard, NE1_PinnedOnesComeFirstThenTheNewest) {
  Board box;
  box.post("old");
  box.post("old pinned", true);
  box.post("new");
  box.post("new pinned", true);
  const std::vector<std::string> all{"new pinned", "old pinned", "new", "old"};
  EXPECT_EQ(box.titles(), all);
  EXPECT_EQ(box.titles(2, 3), std::vector<std::string>{"old"});
  EXPECT_TRUE(box.titles(3, 3).empty());
  EXPECT_EQ(box.board.list(2, 3).value().total, 4);
}

TEST(NoticeBoard, NE1_PagesOutOfBoundsAreRefused) {
  Board box;
  for (const std::int32_t page : {0, -1}) EXPECT_EQ(code_of(box.board.list(page, 20)), Errc::invalid_argument);
  for (const std::int32_t limit : {0, -1, 1001}) EXPECT_EQ(code_of(box.board.list(1, limit)), Errc::invalid_argument);
  EXPECT_TRUE(box.board.list(INT32_MAX, 1000).value().notices.empty());
}

// The earlier implementation counted only what its cache had not.
TEST(NoticeBoard, NE1_EveryReadingCounts) {
  Board box;
  const Notice notice = box.post("news");
  for (std::int64_t views = 1; views <= 5; ++views) EXPECT_EQ(box.board.get(notice.id).value().views, views);
  EXPECT_EQ(box.board.list().value().notices.at(0).views, 5) << "listing is no reading";
  const auto answers = box.board.get(std::vector{notice.id, NoticeId{{1, 1}}, notice.id});
  EXPECT_EQ(answers.at(0).value().views, 7);
  EXPECT_EQ(code_of(answers.at(1)), Errc::notice_not_found);
  EXPECT_EQ(box.board.get(notice.id).value().views, 8);
}

TEST(NoticeBoard, NE1_NoReadingIsLostAmongManyReadersAndAnEditor) {
  Board box;
  const Notice notice = box.post("news");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int each = 0; each < 200; ++each) EXPECT_TRUE(box.board.get(notice.id).has_value());
    });
  for (int each = 0; each < 50; ++each)
    EXPECT_TRUE(box.board.update({.id = notice.id, .title = std::to_string(each)}).has_value());
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(box.board.list().value().notices.at(0).views, 800);
}

TEST(NoticeBoard, NE1_AnEditKeepsAuthorViewsAndPlace) {
  Board box;
  const Notice first = box.post("first");
  box.post("second");
  box.board.get(first.id).value();
  box.clock.advance(hour_ms);
  const Notice edited = box.board.update({.id = first.id, .content = "better"}).value();
  EXPECT_EQ(edited.content, "better");
  EXPECT_EQ(edited.author, first.author);
  EXPECT_EQ(edited.created_at, first.created_at);
  EXPECT_EQ(edited.updated_at, box.clock.now());
  EXPECT_EQ(box.titles(), (std::vector<std::string>{"second", "first"}));
  EXPECT_EQ(box.board.get(first.id).value().views, 2);
  box.board.update({.id = first.id, .is_pinned = true}).value();
  EXPECT_EQ(box.titles(), (std::vector<std::string>{"first", "second"}));
}

TEST(NoticeBoard, NE1_AnOldPictureOfANoticeDoesNotOverwriteIt) {
  Board box;
  const Notice notice = box.post("news");
  box.board.update({.id = notice.id, .title = "newer", .expected_version = 1}).value();
  EXPECT_EQ(code_of(box.board.update({.id = notice.id, .title = "late", .expected_version = 1})),
            Errc::version_conflict);
  EXPECT_EQ(box.titles(), std::vector<std::string>{"newer"});
}

TEST(NoticeBoard, NE1_WhatIsRemovedIsGone) {
  Board box;
  const Notice notice = box.post("news");
  ASSERT_TRUE(box.board.remove(notice.id).has_value());
  EXPECT_EQ(code_of(box.board.remove(notice.id)), Errc::notice_not_found);
  EXPECT_EQ(code_of(box.board.get(notice.id)), Errc::notice_not_found);
  EXPECT_EQ(code_of(box.board.update({.id = notice.id, .title = "x"})), Errc::notice_not_found);
  EXPECT_EQ(box.board.list().value().total, 0);
}

TEST(NoticeBoard, NE1_AnUnsoundNoticeIsNotStored) {
  Board box;
  EXPECT_EQ(code_of(box.board.create({"", "content", false, "admin", {}, {}})), Errc::invalid_argument);
  EXPECT_EQ(box.board.list().value().total, 0);
}

}  // namespace
}  // namespace tiketi::test
