// NE1: what a notice may say.

#include <tiketi/notice/rules.hpp>

#include <gtest/gtest.h>

namespace tiketi::test {
namespace {

constexpr Timestamp noon{1'795'143'600'000};

NewNotice sample() { return {"공지", "첫째 줄\n\t둘째 줄", false, "운영자", UserId{{1, 1}}, {}}; }

Notice stored() { return notice::create(sample(), NoticeId{{2, 2}}, noon).value(); }

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

TEST(NoticeRules, NE1_ANewNoticeIsWhatItsAuthorWrote) {
  const Notice made = stored();
  EXPECT_EQ(made, (Notice{.id = NoticeId{{2, 2}},
                          .title = "공지",
                          .content = "첫째 줄\n\t둘째 줄",
                          .author = "운영자",
                          .author_id = UserId{{1, 1}},
                          .views = 0,
                          .is_pinned = false,
                          .created_at = noon,
                          .updated_at = noon,
                          .version = 1}));
}

struct Case {
  std::string field;
  std::string text;
  std::optional<Errc> error;
};

TEST(NoticeRules, NE1_TextsAreCleanAndBounded) {
  const std::vector<Case> cases{
      {"title", repeated("가", 200), {}},  // characters, not bytes
      {"title", repeated("🎤", 200), {}},
      {"title", repeated("가", 201), Errc::limit_exceeded},
      {"title", repeated("x", 201), Errc::limit_exceeded},
      {"title", std::string(1'000'000, 'x'), Errc::limit_exceeded},
      {"title", "", Errc::invalid_argument},
      {"title", " \t ", Errc::invalid_argument},
      {"title", "two\nlines", Errc::invalid_argument},
      {"title", "\xff", Errc::invalid_argument},
      {"title", std::string("a\0b", 3), Errc::invalid_argument},
      {"content", repeated("x", max_notice_content_bytes), {}},
      {"content", repeated("x", max_notice_content_bytes + 1), Errc::limit_exceeded},
      {"content", "", Errc::invalid_argument},
      {"content", "\n\n", Errc::invalid_argument},
      {"content", "bell \a", Errc::invalid_argument},
      {"content", "\xc3", Errc::invalid_argument},
      {"author", "", Errc::invalid_argument},
      {"author", "a\nb", Errc::invalid_argument},
      {"author", repeated("x", max_notice_author_bytes), {}},
      {"author", repeated("x", max_notice_author_bytes + 1), Errc::limit_exceeded},
  };
  for (const Case& each : cases) {
    NewNotice command = sample();
    (each.field == "title" ? command.title : each.field == "content" ? command.content : command.author) = each.text;
    const auto made = notice::create(command, NoticeId{{2, 2}}, noon);
    const std::string about = each.field + ": " + each.text.substr(0, 20);
    ASSERT_EQ(made.has_error(), each.error.has_value()) << about;
    if (!each.error) continue;
    EXPECT_EQ(made.error().code, *each.error) << about;
    EXPECT_EQ(std::string(made.error().detail("field")), each.field) << about;
  }
}

TEST(NoticeRules, NE1_AnEditChangesWhatItNames) {
  const Notice before = stored();
  const Notice after =
      notice::edit(before, {.id = before.id, .title = "새 제목", .is_pinned = true}, noon.plus_ms(5)).value().value();
  Notice expected = before;
  expected.title = "새 제목";
  expected.is_pinned = true;
  expected.updated_at = noon.plus_ms(5);
  expected.version = 2;
  EXPECT_EQ(after, expected);
}

TEST(NoticeRules, NE1_AnEditThatChangesNothingIsNone) {
  EXPECT_FALSE(notice::edit(stored(), {}, noon.plus_ms(5)).value());
  EXPECT_FALSE(notice::edit(stored(), {.title = stored().title, .is_pinned = false}, noon.plus_ms(5)).value());
}

TEST(NoticeRules, NE1_AnEditMeetsTheSameBounds) {
  EXPECT_EQ(notice::edit(stored(), {.title = ""}, noon).error().detail("field"), "title");
  EXPECT_EQ(notice::edit(stored(), {.content = "\a"}, noon).error().detail("field"), "content");
}

TEST(NoticeRules, NE1_AnEditOfWhatSomebodyElseChangedIsRefused) {
  EXPECT_EQ(notice::edit(stored(), {.title = "x", .expected_version = 2}, noon).error().code, Errc::version_conflict);
  EXPECT_TRUE(notice::edit(stored(), {.title = "x", .expected_version = 1}, noon).value());
}

}  // namespace
}  // namespace tiketi::test
