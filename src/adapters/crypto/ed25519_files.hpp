#pragma once
// The files of a directory of Ed25519 keys, in the forms that OpenSSL reads too (RFC 8410).

#include <tiketi/base/result.hpp>
#include <tiketi/ticket/signer.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tiketi::crypto {

using Ed25519Seed = std::array<std::uint8_t, 32>;

TicketKeyId ticket_key_id(std::span<const std::uint8_t, 32> public_key);

/// `1a2b3c4d.pub.pem`
std::string ticket_key_file(TicketKeyId id);

/// Of the key that signs; nothing if there is none yet. invalid_argument, unavailable.
Result<std::optional<Ed25519Seed>> read_ticket_seed(const std::string& directory);

Result<std::vector<TicketPublicKey>> read_ticket_public_keys(const std::string& directory);
Result<TicketPublicKey> read_ticket_public_key(const std::string& directory, TicketKeyId id);

/// Stores both halves durably, making the directory if need be: the public one first, so that no code is ever signed
/// that can't be verified. Unless `replace`, a signing key that is there stays, and the new key is dropped without an
/// error. already_exists if there is a public key of that id, unavailable.
Result<void> store_ticket_key(const std::string& directory, const Ed25519Seed& seed, const TicketPublicKey& key,
                              bool replace);

}  // namespace tiketi::crypto
