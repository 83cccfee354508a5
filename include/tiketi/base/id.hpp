#pragma once
// Identifiers: 128-bit UUIDs (RFC 9562), wrapped in a type of their own for each kind of thing, so
// that a seat can't be passed where an event is meant.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi {

/// A UUID as two big-endian halves. Ordered like its bytes and like its text.
struct Uuid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
  constexpr bool is_nil() const noexcept { return high == 0 && low == 0; }

  constexpr std::array<std::uint8_t, 16> bytes() const noexcept {
    std::array<std::uint8_t, 16> out{};
    for (std::size_t i = 0; i < 8; ++i) {
      out[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
      out[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
    }
    return out;
  }

  static constexpr Uuid from_bytes(const std::uint8_t* data) noexcept {
    Uuid out;
    for (std::size_t i = 0; i < 8; ++i) {
      out.high = out.high << 8 | data[i];
      out.low = out.low << 8 | data[8 + i];
    }
    return out;
  }
};

/// Writes the 36 characters of the canonical lower-case text; returns the end.
constexpr char* write_uuid(Uuid id, char* out) noexcept {
  constexpr char digits[] = "0123456789abcdef";
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) *out++ = '-';
    const std::uint64_t half = i < 16 ? id.high : id.low;
    *out++ = digits[half >> (60 - 4 * (i % 16)) & 0xf];
  }
  return out;
}

/// Reads the canonical text, in either case; nothing if it is anything else.
constexpr std::optional<Uuid> parse_uuid(std::string_view text) noexcept {
  if (text.size() != 36) return std::nullopt;
  std::array<std::uint64_t, 2> halves{};
  int nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return std::nullopt;
      continue;
    }
    std::uint64_t digit = 0;
    if (c >= '0' && c <= '9') digit = static_cast<std::uint64_t>(c - '0');
    else if (c >= 'a' && c <= 'f') digit = static_cast<std::uint64_t>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F') digit = static_cast<std::uint64_t>(c - 'A' + 10);
    else return std::nullopt;
    auto& half = halves[nibble++ < 16 ? 0 : 1];
    half = half << 4 | digit;
  }
  return Uuid{halves[0], halves[1]};
}

/// A UUIDv7 of that millisecond; the other bits (74 of them) are taken from `random`.
constexpr Uuid make_uuid_v7(std::int64_t unix_ms, Uuid random) noexcept {
  return {static_cast<std::uint64_t>(unix_ms) << 16 | 0x7000U | (random.high & 0x0fffU),
          0x8000'0000'0000'0000ULL | (random.low & 0x3fff'ffff'ffff'ffffULL)};
}

/// The millisecond inside a UUIDv7.
constexpr std::int64_t uuid_v7_ms(Uuid id) noexcept { return static_cast<std::int64_t>(id.high >> 16); }

/// A UUID that identifies one kind of thing, told apart by `Tag`. The nil value means "none".
template <class Tag>
struct Id {
  Uuid uuid;

  friend constexpr auto operator<=>(const Id&, const Id&) = default;
  constexpr bool is_nil() const noexcept { return uuid.is_nil(); }

  std::string text() const {
    std::string out(36, '\0');
    write_uuid(uuid, out.data());
    return out;
  }
  static constexpr std::optional<Id> parse(std::string_view text) noexcept {
    if (const auto uuid = parse_uuid(text)) return Id{*uuid};
    return std::nullopt;
  }
};

using EventId = Id<struct EventTag>;
using SeatLayoutId = Id<struct SeatLayoutTag>;
using SeatId = Id<struct SeatTag>;
using TicketTypeId = Id<struct TicketTypeTag>;
using ReservationId = Id<struct ReservationTag>;
using UserId = Id<struct UserTag>;
using SessionId = Id<struct SessionTag>;
using PaymentId = Id<struct PaymentTag>;
using RefundId = Id<struct RefundTag>;
using JournalEntryId = Id<struct JournalEntryTag>;
using TicketId = Id<struct TicketTag>;
using NoticeId = Id<struct NoticeTag>;

}  // namespace tiketi

template <>
struct std::hash<tiketi::Uuid> {
  std::size_t operator()(const tiketi::Uuid& id) const noexcept {
    // The halves differ in few bits between ids made together: spread them (splitmix64's finaliser).
    std::uint64_t x = id.high * 0x9e3779b97f4a7c15ULL ^ id.low;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return x ^ x >> 31;
  }
};

template <class Tag>
struct std::hash<tiketi::Id<Tag>> {
  std::size_t operator()(const tiketi::Id<Tag>& id) const noexcept { return std::hash<tiketi::Uuid>{}(id.uuid); }
};
