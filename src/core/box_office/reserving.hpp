#pragma once
// Deciding and committing a batch of reserve commands.

#include "core/box_office/commit.hpp"

#include <span>
#include <vector>

namespace tiketi::box_office {

/// A reserve command that passed `check`, and the fingerprint that its idempotency key stands for. The command is the
/// caller's.
struct Wish {
  const Reserve* command = nullptr;
  std::uint64_t fingerprint = 0;
};

/// Answers each wish, in order.
std::vector<Result<Reserved>> reserve_all(Desk& desk, std::span<const Wish> wishes);

/// Whether each may come in; all may if nobody stands at the door.
std::vector<Result<void>> check_admissions(Desk& desk, std::span<const AdmissionClaim> claims);

/// What an idempotency record answers to a request with that fingerprint.
Result<Reserved> replay(Desk& desk, const IdempotencyRecord& record, std::uint64_t fingerprint);

}  // namespace tiketi::box_office
