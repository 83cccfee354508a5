#pragma once
// Booking what is known of payments that are being made.

#include "core/payment/desk.hpp"

#include <optional>
#include <span>
#include <vector>

namespace tiketi::payment {

/// What is known of the card part of a payment.
struct Knowledge {
  enum class Kind : std::uint8_t {
    not_needed,  ///< there is none
    taken,       ///< `provider` tells of it
    refused,     ///< nothing was taken and nothing will be; `error` tells why
    unknown,     ///< `error` tells why
  };
  Kind kind = Kind::unknown;
  std::optional<ProviderPayment> provider;
  Error error;
};

/// A payment, as it was last seen, and what is known of it.
struct OpenCase {
  Payment payment;
  Knowledge knowledge;
};

/// What the provider's answer to a charge means.
Knowledge learn(const Payment& payment, const Result<ProviderPayment>& answer);

/// What the provider's view of a payment means.
Knowledge learn(const Payment& payment, const ProviderPayment& found);

/// Confirms the reservations of what was paid, books what is known, and sends back what came too late. Answers for each
/// what it came to.
std::vector<Result<PaidPayment>> settle(Desk& desk, std::vector<OpenCase> cases);

}  // namespace tiketi::payment
