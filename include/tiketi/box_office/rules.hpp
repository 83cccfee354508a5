#pragma once
// Pure decisions of the box office: from what is known, a command, the time and the policy to a Change
// or a refusal. No I/O, clock or thread.

#include <tiketi/base/result.hpp>
#include <tiketi/box_office/change.hpp>
#include <tiketi/box_office/event_directory.hpp>
#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/seat.hpp>

#include <optional>
#include <span>
#include <vector>

namespace tiketi {

/// What the seller decides for the whole house.
struct BoxOfficePolicy {
  std::int64_t hold_ms = 300 * second_ms;           ///< how long a hold lasts
  std::int64_t max_extension_ms = 600 * second_ms;  ///< how long it can be extended beyond that, in all
  std::int64_t idempotency_retention_ms = day_ms;
};

namespace box_office {

constexpr ReservationNumber number_of(ReservationId id) noexcept {
  constexpr char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  constexpr std::uint64_t forty_bits = (1ULL << 40) - 1;
  const auto ms = static_cast<std::uint64_t>(uuid_v7_ms(id.uuid)) & forty_bits;
  const std::uint64_t rest = id.uuid.low & forty_bits;
  ReservationNumber out;
  out.characters[0] = 'T';
  out.characters[1] = 'K';
  for (std::size_t i = 0; i < 8; ++i) {
    out.characters[2 + i] = digits[ms >> (35 - 5 * i) & 31];
    out.characters[10 + i] = digits[rest >> (35 - 5 * i) & 31];
  }
  return out;
}

/// Reads a number as a customer may write it: in either case, with O for 0 and I or L for 1.
std::optional<ReservationNumber> parse_number(std::string_view text) noexcept;

/// Equal for equal requests, whatever the order of their seats and tickets. Leaves out user and key.
std::uint64_t fingerprint(const Reserve& command) noexcept;
std::uint64_t fingerprint(const ReserveBest& command) noexcept;

/// Whether places can be put up for sale as they are described: invalid_argument (a nil or repeated id, seats whose
/// ids do not ascend or that are of another event, held or sold places, negative prices or quantities), overflow
/// (more places than fit); details: field.
Result<void> check(const NewInventory& inventory);

/// How many places are for sale, blocked seats left out. Only for what passed `check`.
std::int64_t count_places(const NewInventory& inventory) noexcept;

/// What can be said of a command without looking anything up: invalid_argument (nothing asked for, a
/// quantity below 1, a nil id, an unclean key), limit_exceeded, duplicate_item.
Result<void> check(const Reserve& command);
Result<void> check(const ReserveBest& command);

/// Whether the event is on sale: event_cancelled, sale_not_open, sale_ended.
Result<void> check_sale(const SaleTerms& terms, Timestamp now);

/// Whether one reservation may hold so many places: reservation_limit.
Result<void> check_quantity(const SaleTerms& terms, std::int64_t quantity);

/// What a reserve command is decided on. `seats` and `stock` run in parallel to the command's; a seat under a
/// hold that is over must have been released before.
struct ReserveFacts {
  SaleTerms terms;
  Currency currency;
  std::span<const std::optional<Seat>> seats;
  std::span<const std::optional<TicketStock>> stock;
};

/// The hold, for a command that passed `check`: the errors of `check_sale`; seat_not_found,
/// seat_other_event, ticket_type_not_found, ticket_type_other_event; reservation_limit; seat_blocked,
/// seat_taken, stock_short; overflow.
Result<Change> hold(const Reserve& command, const ReserveFacts& facts, ReservationId id, Timestamp now,
                    const BoxOfficePolicy& policy);

/// The sale of a live hold: invalid_argument, hold_expired, reservation_cancelled, payment_mismatch.
/// Nothing to do (an empty result) if it was confirmed before with the same payment reference.
Result<std::optional<Change>> confirm(const Confirm& command, const Reservation& current, Timestamp now);

/// The release. Nothing to do if it was cancelled before; hold_expired if it expired.
Result<std::optional<Change>> cancel(const Cancel& command, const Reservation& current, Timestamp now);

/// invalid_argument; hold_expired, reservation_confirmed, reservation_cancelled; extension_limit when
/// the wish goes beyond the policy. Nothing to do if the hold lasts that long anyway.
Result<std::optional<Change>> extend(const Extend& command, const Reservation& current, Timestamp now,
                                     const BoxOfficePolicy& policy);

/// The release of a hold that is over, or nothing if it is not one.
std::optional<Change> expire(const Reservation& current, Timestamp now);

}  // namespace box_office
}  // namespace tiketi
