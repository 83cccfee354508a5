#pragma once
// Brings the tickets of reservations to what they should be.

#include <tiketi/ports/clock.hpp>
#include <tiketi/ticket/reservations.hpp>
#include <tiketi/ticket/signer.hpp>
#include <tiketi/ticket/store.hpp>

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace tiketi::ticket {

/// How often a batch is looked at anew before it is given up. Each time, somebody else was quicker or the outcome of
/// a commit was unknown.
inline constexpr int max_rounds = 8;

/// What the service works with.
struct Desk {
  TicketStore& store;
  TicketReservations& reservations;
  TicketSigner& signer;
  Clock& clock;
};

using Settle = Result<std::vector<TicketChange>> (*)(const TicketReservation&, std::span<const Ticket> stored,
                                                     Timestamp);

/// Does what `rule` says is left to do, until it says nothing, and answers the tickets of each reservation then.
/// reservation_not_found, also when `owner` is given and it is somebody else's; the errors of the rule.
std::vector<Result<std::vector<Ticket>>> settle_all(Desk& desk, Settle rule, std::span<const ReservationId> ids,
                                                    std::optional<UserId> owner = {});

Error others_were_quicker();

}  // namespace tiketi::ticket
