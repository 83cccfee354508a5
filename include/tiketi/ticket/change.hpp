#pragma once
// Nouns: a decided change of one ticket, with the guard under which it may be applied, and what became of it.

#include <tiketi/ticket/ticket.hpp>

#include <cstdint>

namespace tiketi {

/// Stores the ticket as `after`, if the stored one has `expected_version` (0: there is none of that id).
struct TicketChange {
  std::int64_t expected_version = 0;
  Ticket after;
};

enum class TicketOutcome : std::uint8_t {
  applied,
  version_conflict,  ///< the stored ticket is not the expected one, or there is one already
};

}  // namespace tiketi
