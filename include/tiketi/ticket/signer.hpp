#pragma once
// Ports: who signs ticket codes, and who can tell that a signature is right. A gate without a network needs the
// public keys only.

#include <tiketi/base/result.hpp>
#include <tiketi/ticket/code.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tiketi {

/// An Ed25519 public key. It may be shown to anybody.
struct TicketPublicKey {
  TicketKeyId id;
  std::array<std::uint8_t, 32> bytes{};
  friend bool operator==(const TicketPublicKey&, const TicketPublicKey&) = default;
};

/// Thread-safe.
class TicketVerifier {
 public:
  virtual ~TicketVerifier() = default;

  /// Whether the key of that id made the signature. False for a key that is not known.
  virtual bool verify(TicketKeyId key, std::span<const std::uint8_t> bytes, const TicketSignature& signature) = 0;
};

/// Thread-safe. Signs with one key all its life, and verifies what that key and those before it signed.
class TicketSigner : public TicketVerifier {
 public:
  virtual TicketKeyId key_id() = 0;
  virtual TicketSignature sign(std::span<const std::uint8_t> bytes) = 0;
  /// The signing key first, then those before it.
  virtual std::vector<TicketPublicKey> public_keys() = 0;
};

/// What a code says, if one of the verifier's keys signed it; else ticket_forged. It needs nothing but the public
/// keys, and so can't tell whether the ticket was used or voided.
Result<TicketClaims> verify_offline(std::string_view code, TicketVerifier& verifier);

}  // namespace tiketi
