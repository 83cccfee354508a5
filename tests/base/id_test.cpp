// Identifiers: UUIDs as RFC 9562 has them, each kind a type of its own.

#include <tiketi/base/id.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <string>
#include <type_traits>
#include <unordered_set>

namespace tiketi::test {
namespace {

constexpr int rounds = 10'000;

Uuid any_uuid(std::mt19937_64& random) { return {random(), random()}; }

std::string text_of(Uuid id) { return EventId{id}.text(); }

// RFC 9562, appendix A.6.
constexpr std::string_view rfc_text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
constexpr Uuid rfc_uuid{0x017f22e279b07cc3, 0x98c4dc0c0c07398f};

TEST(Uuid, TextIsTheCanonicalOne) {
  EXPECT_EQ(text_of(rfc_uuid), rfc_text);
  EXPECT_EQ(parse_uuid(rfc_text), rfc_uuid);
  EXPECT_EQ(parse_uuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), rfc_uuid);
  EXPECT_EQ(text_of({}), "00000000-0000-0000-0000-000000000000");
}

TEST(Uuid, TextAndBytesReadBackTheSame) {
  std::mt19937_64 random(1);
  for (int i = 0; i < rounds; ++i) {
    const Uuid id = any_uuid(random);
    EXPECT_EQ(parse_uuid(text_of(id)), id);
    EXPECT_EQ(Uuid::from_bytes(id.bytes().data()), id);
  }
}

TEST(Uuid, AnythingElseIsNoUuid) {
  EXPECT_FALSE(parse_uuid(""));
  EXPECT_FALSE(parse_uuid("017f22e279b07cc398c4dc0c0c07398f"));
  EXPECT_FALSE(parse_uuid("{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}"));
  EXPECT_FALSE(parse_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398"));
  EXPECT_FALSE(parse_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f0"));
  EXPECT_FALSE(parse_uuid("017f22e-279b0-7cc3-98c4-dc0c0c07398f"));
  // One wrong character anywhere spoils it.
  for (std::size_t at = 0; at < rfc_text.size(); ++at)
    for (const char wrong : {'g', ' ', '\0', '/', ':', '@', '`', '_', '\xff'}) {
      std::string text(rfc_text);
      text[at] = wrong;
      EXPECT_FALSE(parse_uuid(text)) << text;
    }
}

TEST(Uuid, OrderIsThatOfItsBytesAndOfItsText) {
  std::mt19937_64 random(2);
  for (int i = 0; i < rounds; ++i) {
    const Uuid a = any_uuid(random);
    const Uuid b = i % 2 == 0 ? any_uuid(random) : Uuid{a.high, random()};
    EXPECT_EQ(a < b, text_of(a) < text_of(b));
    EXPECT_EQ(a < b, a.bytes() < b.bytes());
  }
}

TEST(UuidV7, HoldsItsMillisecondVersionAndVariant) {
  EXPECT_EQ(make_uuid_v7(1645557742000, {0xcc3, 0x18c4dc0c0c07398f}), rfc_uuid);
  EXPECT_EQ(uuid_v7_ms(rfc_uuid), 1645557742000);
  std::mt19937_64 random(3);
  for (int i = 0; i < rounds; ++i) {
    const auto ms = static_cast<std::int64_t>(random() >> 16);
    const Uuid id = make_uuid_v7(ms, any_uuid(random));
    EXPECT_EQ(uuid_v7_ms(id), ms);
    EXPECT_EQ(id.high >> 12 & 0xf, 7U);
    EXPECT_EQ(id.low >> 62, 2U);
  }
}

TEST(UuidV7, KeepsSeventyFourRandomBits) {
  const Uuid none = make_uuid_v7(0, {});
  const Uuid all = make_uuid_v7(0, {~0ULL, ~0ULL});
  EXPECT_EQ(std::popcount(none.high ^ all.high) + std::popcount(none.low ^ all.low), 74);
}

TEST(UuidV7, LaterOnesAreGreater) { EXPECT_LT(make_uuid_v7(1000, {~0ULL, ~0ULL}), make_uuid_v7(1001, {})); }

TEST(Id, KindsCannotBeMixedUp) {
  static_assert(!std::is_convertible_v<SeatId, EventId>);
  static_assert(!std::is_constructible_v<EventId, SeatId>);
  EXPECT_EQ(SeatId::parse(rfc_text), SeatId{rfc_uuid});
  EXPECT_FALSE(SeatId::parse("VIP-1-5"));
}

TEST(Id, NilMeansNone) {
  EXPECT_TRUE(ReservationId().is_nil());
  EXPECT_FALSE(ReservationId{rfc_uuid}.is_nil());
}

TEST(Id, HashesOfNeighboursSpread) {
  std::unordered_set<std::size_t> low_bits;
  for (std::uint64_t i = 0; i < 1024; ++i)
    low_bits.insert(std::hash<SeatId>{}(SeatId{{rfc_uuid.high, rfc_uuid.low + i}}) & 1023);
  EXPECT_GT(low_bits.size(), 512U);  // 647 are expected of a random function
}

}  // namespace
}  // namespace tiketi::test
