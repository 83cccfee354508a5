// The request target, and headers that are lists (SE1: input validated with limits).

#include "server/target.hpp"
#include "server/accept.hpp"
#include "server/request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tiketi::http {
namespace {

struct Parsed {
  bool good = false;
  std::string path;
  std::vector<std::string> segments;
  NameValues query;
};

Parsed parse(std::string_view target) {
  Parsed out;
  std::vector<std::string_view> segments;
  out.good = parse_target(target, {.max_parameters = 4}, out.path, segments, out.query);
  out.segments.assign(segments.begin(), segments.end());
  return out;
}

TEST(Target, IsDecodedSegmentBySegment) {
  const Parsed parsed = parse("/api/search/%EA%B0%80%20b?q=%EB%82%98+1&page=2&empty=&flag");
  ASSERT_TRUE(parsed.good);
  EXPECT_EQ(parsed.path, "/api/search/가 b");
  EXPECT_EQ(parsed.segments, (std::vector<std::string>{"api", "search", "가 b"}));
  EXPECT_EQ(parsed.query.find("q"), "나 1");
  EXPECT_EQ(parsed.query.find("page"), "2");
  EXPECT_EQ(parsed.query.find("empty"), "");
  EXPECT_EQ(parsed.query.find("flag"), "");
  EXPECT_EQ(parsed.query.find("none"), std::nullopt);
}

TEST(Target, OfAParameterThatRepeatsTheFirstCounts) { EXPECT_EQ(parse("/?a=1&a=2").query.find("a"), "1"); }

TEST(Target, AbsoluteFormIsTheSame) {
  const Parsed parsed = parse("http://tiketi.example/api/events?page=1");
  ASSERT_TRUE(parsed.good);
  EXPECT_EQ(parsed.path, "/api/events");
  EXPECT_EQ(parse("http://tiketi.example").path, "/");
}

TEST(Target, ASlashAtTheEndDoesNotCount) { EXPECT_EQ(parse("/api/events/").segments.size(), 2U); }

TEST(Target, RefusesWhatIsNoSanePath) {
  for (const std::string_view bad : {"",
                                     "*",
                                     "events",
                                     "/..",
                                     "/../etc/passwd",
                                     "/a/../b",
                                     "/a/./b",
                                     "/%2e%2e/etc",
                                     "/a/%2E%2E",
                                     "/a%2fb",
                                     "/a%5cb",
                                     "/a\\b",
                                     "/%",
                                     "/%4",
                                     "/%zz",
                                     "/%00",
                                     "/a%00b",
                                     "/%ff",
                                     "/%c0%af",
                                     "/%ed%a0%80",
                                     "/a%0ab",
                                     "/a%7f",
                                     "/a#b",
                                     "/?q=%",
                                     "/?q=%00",
                                     "/?q=%ff",
                                     "/?%gg=1",
                                     "/?a=1&b=2&c=3&d=4&e=5"})
    EXPECT_FALSE(parse(bad).good) << bad;
}

TEST(AcceptLanguage, IsKoreanUnlessEnglishIsPreferred) {
  for (const std::string_view korean :
       {"", "ko", "ko-KR,ko;q=0.9,en;q=0.8", "en;q=0.5,ko", "fr", "en;q=0", "*", "ko,en"})
    EXPECT_EQ(preferred_language(korean), Language::korean) << korean;
  for (const std::string_view english : {"en", "EN-us", "en,ko", "ko;q=0.3, en;q=0.7", "fr, en;q=0.2"})
    EXPECT_EQ(preferred_language(english), Language::english) << english;
}

TEST(AcceptEncoding, AllowsGzip) {
  for (const std::string_view yes : {"gzip", "deflate, gzip;q=0.5", "GZIP", "*", "br, *;q=0.1"})
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  for (const std::string_view no : {"", "br", "gzip;q=0", "*, gzip;q=0", "gzip;q=x", "identity"})
    EXPECT_FALSE(accepts_gzip(no)) << no;
}

TEST(IfNoneMatch, ComparesWeakly) {
  EXPECT_TRUE(names_etag(R"("a", W/"b")", R"("b")"));
  EXPECT_TRUE(names_etag("*", R"("b")"));
  EXPECT_FALSE(names_etag(R"("a")", R"("b")"));
  EXPECT_FALSE(names_etag("*", ""));
  EXPECT_FALSE(names_etag("", R"("b")"));
}

}  // namespace
}  // namespace tiketi::http
