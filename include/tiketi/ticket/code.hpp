#pragma once
// Nouns: the signed code that a ticket's QR shows, and its exact form. No cryptography here: see `signer.hpp`.
//
// A code is base64url (RFC 4648, without padding) of these 107 bytes, 143 characters in all, which fit a QR of
// version 7 (45 × 45 modules) at the lowest error correction, version 8 at the next one. Numbers are big-endian.
//
//   offset  bytes
//        0      1   version: 1
//        1      4   id of the signing key
//        5     16   ticket id
//       21     16   event id
//       37      6   issued at, milliseconds since 1970
//       43     64   Ed25519 signature (RFC 8032) of `tiketi-ticket` and the bytes 0…42
//
// The prefix that is signed but not sent keeps a signature made for anything else from passing for a ticket's.

#include <tiketi/base/id.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tiketi {

/// Tells public keys apart: the first four bytes of the SHA-256 of the key, as a number.
struct TicketKeyId {
  std::uint32_t number = 0;
  std::string text() const;  ///< eight hexadecimal digits, as in the names of the key files
  friend auto operator<=>(const TicketKeyId&, const TicketKeyId&) = default;
};

using TicketSignature = std::array<std::uint8_t, 64>;

/// What a code says.
struct TicketClaims {
  TicketKeyId key_id;
  TicketId ticket_id;
  EventId event_id;
  Timestamp issued_at;
  friend bool operator==(const TicketClaims&, const TicketClaims&) = default;
};

/// What a code says, and the signature that nobody has looked at yet.
struct TicketCode {
  TicketClaims claims;
  TicketSignature signature{};
  friend bool operator==(const TicketCode&, const TicketCode&) = default;
};

inline constexpr std::size_t ticket_claims_bytes = 43;
inline constexpr std::size_t ticket_code_characters = 143;
inline constexpr std::string_view ticket_signing_prefix = "tiketi-ticket";

/// The bytes that are signed: the prefix, then the claims.
using TicketSigningBytes = std::array<std::uint8_t, ticket_signing_prefix.size() + ticket_claims_bytes>;

namespace ticket {

TicketSigningBytes signing_bytes(const TicketClaims& claims) noexcept;

std::string write_code(const TicketCode& code);

/// Reads any bytes; ticket_forged if they are anything else than what `write_code` writes. That the signature is
/// right is not looked at.
Result<TicketCode> parse_code(std::string_view text);

}  // namespace ticket
}  // namespace tiketi
