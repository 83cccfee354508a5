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
  bool second_hand = false;  ///< asked for afterwards: whoever asked to take the money may know better
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

/// True of a payment that is not being made: money that was taken for it can only go back.
bool may_be_sent_back(PaymentStatus status);

/// Confirms the reservations of what was paid, books what is known, and sends back what came too late. Answers for each
/// what it came to.
///
/// A place is confirmed in one store and its payment completed in another, so nobody may fail a payment that somebody
/// else is about to confirm. Of those who asked the provider with the same key, all get the same answer; and what it
/// has refused for an order, it does not take with another key. Who only heard of it second-hand gives the hold up
/// first: then nobody can confirm it any more, and money that turns out to have been taken goes back. And who was told
/// that the provider was not reached fails the payment only if nobody else has taken it over since.
std::vector<Result<PaidPayment>> settle(Desk& desk, std::vector<OpenCase> cases);

}  // namespace tiketi::payment
