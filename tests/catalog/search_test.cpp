// CA4: the search over events, in Korean and English.

#include "catalog/samples.hpp"

#include <tiketi/catalog/search.hpp>

namespace tiketi::test {
namespace {

const std::vector<Keyword>& keywords() {
  static const std::vector<Keyword> pairs{{"싸이", "PSY", "artist"},
                                          {"아이유", "IU", "artist"},
                                          {"방탄소년단", "BTS", "artist"},
                                          {"블랙핑크", "BLACKPINK", "artist"},
                                          {"엔시티 드림", "NCT DREAM", "artist"},
                                          {"아이브", "IVE", "artist"},
                                          {"세븐틴", "SEVENTEEN", "artist"},
                                          {"지드래곤", "G-DRAGON", "artist"},
                                          {"비", "RAIN", "artist"},
                                          {"서울", "Seoul", "venue"},
                                          {"잠실", "Jamsil", "venue"},
                                          {"고척", "Gocheok", "venue"},
                                          {"경기장", "Stadium", "venue"},
                                          {"스카이돔", "Sky Dome", "venue"},
                                          {"투어", "Tour", "general"},
                                          {"콘서트", "Concert", "general"},
                                          {"싸이", "Gangnam Singer", "artist"}};
  return pairs;
}

/// Events told apart by their titles.
class Programme {
 public:
  Programme& add(std::string title, std::string artist, std::string venue = "", std::string address = "") {
    Event event = concert(std::move(title));
    event.id = EventId{{0, events_.size() + 1}};
    event.artist = std::move(artist);
    event.venue = std::move(venue);
    event.address = std::move(address);
    events_.push_back(std::move(event));
    return *this;
  }
  std::vector<std::string> find(std::string_view query) const {
    const catalog::SearchIndex index(events_, keywords());
    std::vector<std::string> titles;
    for (const EventId id : index.find(query)) titles.push_back(events_[id.uuid.low - 1].title);
    return titles;
  }

 private:
  std::vector<Event> events_;
};

using Titles = std::vector<std::string>;

Programme season() {
  Programme programme;
  programme.add("흠뻑쇼", "싸이", "잠실종합운동장 주경기장", "서울특별시 송파구 올림픽로 25")
      .add("The Golden Hour", "아이유", "고척스카이돔", "서울특별시 구로구 경인로 430")
      .add("World Tour Seoul", "BTS", "잠실종합운동장 주경기장", "서울특별시 송파구 올림픽로 25")
      .add("Born Pink", "BLACKPINK", "고척스카이돔", "서울특별시 구로구 경인로 430")
      .add("The Prom Queens", "IVE", "KSPO DOME", "서울특별시 송파구 올림픽로 424")
      .add("The Dream Show", "NCT DREAM", "고척스카이돔", "서울특별시 구로구 경인로 430")
      .add("Live at Olive Stadium", "Jazz Trio", "Busan Hall", "부산광역시 남구 9")
      .add("Übermensch", "G-DRAGON", "Bokéh Hall", "부산광역시 남구 7")
      .add("100% Real_Live!", "세븐틴", "KSPO DOME", "서울특별시 송파구 올림픽로 424")
      .add("비발디 사계", "Chamber Orchestra", "롯데콘서트홀", "서울특별시 송파구 올림픽로 300");
  return programme;
}

TEST(Search, CA4_FindsAKoreanArtistByTheEnglishNameAndTheReverse) {
  const Programme programme = season();
  EXPECT_EQ(programme.find("psy"), Titles{"흠뻑쇼"});
  EXPECT_EQ(programme.find("싸이"), Titles{"흠뻑쇼"});
  EXPECT_EQ(programme.find("IU"), Titles{"The Golden Hour"});
  EXPECT_EQ(programme.find("방탄소년단"), Titles{"World Tour Seoul"});
  EXPECT_EQ(programme.find("블랙핑크"), Titles{"Born Pink"});
  EXPECT_EQ(programme.find("엔시티드림"), Titles{"The Dream Show"});
  EXPECT_EQ(programme.find("seventeen"), Titles{"100% Real_Live!"});
  EXPECT_EQ(programme.find("지드래곤"), Titles{"Übermensch"});
  EXPECT_EQ(programme.find("gangnam singer"), Titles{"흠뻑쇼"}) << "a second name of the same artist";
}

TEST(Search, CA4_FindsPlacesAcrossLanguages) {
  const Programme programme = season();
  EXPECT_EQ(programme.find("gocheok sky dome"), (Titles{"The Golden Hour", "Born Pink", "The Dream Show"}));
  EXPECT_EQ(programme.find("jamsil").size(), 2u);
  EXPECT_EQ(programme.find("월드 투어"), Titles{"World Tour Seoul"});
}

TEST(Search, CA4_ShortNamesAreNotFoundInsideOtherWords) {
  const Programme programme = season();
  EXPECT_EQ(programme.find("ive"), Titles{"The Prom Queens"}) << "not Live, Olive";
  EXPECT_EQ(programme.find("iu"), Titles{"The Golden Hour"}) << "not Stadium";
  EXPECT_EQ(programme.find("rain"), Titles{}) << "비 is a singer, 비발디 is not";
}

TEST(Search, CA4_IgnoresCaseSpacesPunctuationAccentsAndWidth) {
  const Programme programme = season();
  for (const char* query : {"BLACK PINK", "black-pink", "blackpink", "  b.l.a.c.k.p.i.n.k ", "ＢＬＡＣＫＰＩＮＫ"})
    EXPECT_EQ(programme.find(query), Titles{"Born Pink"}) << query;
  EXPECT_EQ(programme.find("g dragon"), Titles{"Übermensch"});
  EXPECT_EQ(programme.find("ubermensch"), Titles{"Übermensch"});
  EXPECT_EQ(programme.find("BOKEH"), Titles{"Übermensch"});
  EXPECT_EQ(programme.find("흠뻑 쇼"), Titles{"흠뻑쇼"});
}

TEST(Search, CA4_PercentAndUnderscoreMeanThemselves) {
  const Programme programme = season();
  EXPECT_EQ(programme.find("%"), Titles{"100% Real_Live!"});
  EXPECT_EQ(programme.find("_"), Titles{"100% Real_Live!"});
  EXPECT_EQ(programme.find("100%"), Titles{"100% Real_Live!"});
  EXPECT_EQ(programme.find("b%k"), Titles{"100% Real_Live!"}) << "which has one; BLACKPINK has not";
}

TEST(Search, CA4_FindsHalfTypedSyllables) {
  const Programme programme = season();
  for (const char* query : {"블", "블래", "블랙ㅍ", "블랙핑ㅋ", "블랙핑크"})
    EXPECT_EQ(programme.find(query), Titles{"Born Pink"}) << query;
  EXPECT_EQ(programme.find("아잉"), Titles{"The Golden Hour"}) << "on the way to 아이유";
  EXPECT_EQ(programme.find("\u1107\u1173\u11af\u1105\u1162\u11a8"), Titles{"Born Pink"}) << "decomposed 블랙";
}

TEST(Search, CA4_ForgivesMisspellings) {
  const Programme programme = season();
  for (const char* query : {"blakpink", "blackpnik", "blackpinc", "blackkpink", "vlackpink"})
    EXPECT_EQ(programme.find(query), Titles{"Born Pink"}) << query;
  EXPECT_EQ(programme.find("sevnteen"), Titles{"100% Real_Live!"}) << "of a translation, too";
  EXPECT_EQ(programme.find("방탄소녀단"), Titles{"World Tour Seoul"});
  EXPECT_EQ(programme.find("블렉핑크"), Titles{"Born Pink"});
  EXPECT_EQ(programme.find("xylophone"), Titles{});
  EXPECT_EQ(programme.find("싸아"), Titles{}) << "two syllables are too few to guess";
}

TEST(Search, CA4_AWellSpeltQueryFindsNoLookalikes) {
  Programme programme;
  programme.add("Twice", "A").add("Twine", "B");
  EXPECT_EQ(programme.find("twice"), Titles{"Twice"});
  EXPECT_EQ(programme.find("twcie"), Titles{"Twice"}) << "neighbours swapped are one misspelling";
  EXPECT_EQ(programme.find("twixe"), (Titles{"Twice", "Twine"}));
}

TEST(Search, CA4_SeveralWordsMayComeFromDifferentFields) {
  const Programme programme = season();
  EXPECT_EQ(programme.find("서울 싸이"), Titles{"흠뻑쇼"});
  EXPECT_EQ(programme.find("seoul blakpink"), Titles{"Born Pink"});
  EXPECT_EQ(programme.find("싸이 뮤지컬"), Titles{"흠뻑쇼"}) << "what has most of the words, if nothing has all";
}

TEST(Search, CA4_BestMatchComesFirstThenTheOrderGiven) {
  Programme programme;
  programme.add("Seoul Nights", "Someone")
      .add("Nights", "Someone", "Seoul")
      .add("Seoul", "Someone")
      .add("Nocturne", "Someone", "", "Seoul")
      .add("Seoul Days", "Someone");
  EXPECT_EQ(programme.find("seoul"), (Titles{"Seoul", "Nights", "Nocturne", "Seoul Nights", "Seoul Days"}));
}

TEST(Search, CA4_AnyBytesAreAQuery) {
  const Programme programme = season();
  EXPECT_EQ(programme.find(""), Titles{});
  EXPECT_EQ(programme.find(" !? "), Titles{});
  EXPECT_EQ(programme.find("\xff\xfe\xf0\x9f"), Titles{});
  EXPECT_EQ(programme.find(std::string(5000, 'a')), Titles{});
  EXPECT_EQ(programme.find("ㅋㅋㅋㅋ"), Titles{});
  EXPECT_EQ(catalog::SearchIndex({}, {}).find("x"), std::vector<EventId>{});
}

}  // namespace
}  // namespace tiketi::test
