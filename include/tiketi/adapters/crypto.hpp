#pragma once
// Passwords, tokens and signatures, by libsodium, OpenSSL and libcrypt.

#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>
#include <tiketi/identity/password_hasher.hpp>
#include <tiketi/identity/refresh_tokens.hpp>
#include <tiketi/identity/token_signer.hpp>
#include <tiketi/ports/random.hpp>
#include <tiketi/ticket/signer.hpp>
#include <tiketi/waiting_room/entry_token.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tiketi::crypto {

/// What one password costs, by argon2id (RFC 9106). Memory times `at_once` is what a server needs at most. The default
/// was measured at 47 ms of one core (EPYC class, libsodium 1.0.18) and takes at most 64 MiB.
struct PasswordCost {
  std::uint32_t passes = 4;
  std::size_t memory_bytes = 32 * 1024 * 1024;
  std::int32_t at_once = 2;  ///< passwords that are hashed at the same time; others wait
};

/// For tests, simulations and sample accounts: hardly protects a password.
inline constexpr PasswordCost cheap_passwords{.passes = 1, .memory_bytes = 8 * 1024, .at_once = 8};

/// Hashes by argon2id. Checks also hashes by bcrypt ($2a$, $2b$, $2y$), which then need a new one, as do hashes of
/// less cost than this.
std::unique_ptr<PasswordHasher> make_password_hasher(const PasswordCost& cost = {});

std::unique_ptr<RefreshTokens> make_refresh_tokens();

inline constexpr std::size_t min_secret_bytes = 32;

/// HS256 (RFC 7518): who checks tokens can also make them, so only for development and for a single process that
/// keeps its secret. invalid_argument if the secret is shorter than `min_secret_bytes` and short ones are not
/// allowed, or empty.
Result<std::unique_ptr<TokenSigner>> make_hs256_signer(std::string_view secret, bool allow_short_secret = false);

/// HS256 with a secret of its own that nobody knows: its tokens end with it.
std::unique_ptr<TokenSigner> make_ephemeral_signer();

/// RS256 with the keys of a directory: a file `<key id>.pem` (PKCS #8) for each, readable by its owner alone; other
/// files don't matter. Key ids begin with `rs256-` and their time; the greatest signs, all of them verify. Makes the
/// directory and a first key of 2048 bits if there is none. Keys that others add or remove are noticed within a minute,
/// and at once when they have signed a token that is to be verified. invalid_argument (a key that can't be read, is not
/// RSA of 2048 to 4096 bits, or that others may read; details: field, file), limit_exceeded (more than 32 keys),
/// unavailable.
Result<std::unique_ptr<TokenSigner>> open_rs256_signer(const std::string& directory, Timestamp now);

/// Adds a key that signs from now on, and removes those that were replaced more than `keep_ms` ago: no token of
/// theirs is still good. Returns the new key's id. The errors of `open_rs256_signer`.
Result<std::string> rotate_rs256_keys(const std::string& directory, Timestamp now, std::int64_t keep_ms = 8 * day_ms);

/// Remembers the tokens that `signer` found good, at most `entries` of them (about 300 bytes each), so that the
/// next check of the same token costs less than a microsecond. Times are checked each time; that a key was removed
/// before its tokens were over is not noticed for those.
std::unique_ptr<TokenSigner> make_remembering_signer(std::unique_ptr<TokenSigner> signer, std::size_t entries = 65'536);

/// Signs ticket codes by Ed25519 (RFC 8032) with the keys of a directory: `signing.pem` (PKCS #8) is the one that signs
/// and is readable by its owner alone; `<key id in hexadecimal>.pub.pem` (SubjectPublicKeyInfo, as OpenSSL reads it) is
/// what verifies, one for each key there ever was. Makes the directory and a first key if there is none. Public keys
/// that others add later are noticed by the first code that they signed. invalid_argument (a key that can't be read or
/// that others may read; details: field, file), unavailable.
Result<std::unique_ptr<TicketSigner>> open_ticket_signer(const std::string& directory);

/// Makes a new key, with which signers that are opened from now on sign; the old one's public key stays. A key whose
/// secret became known ends when its `.pub.pem` is removed and the signers are opened anew. unavailable,
/// invalid_argument.
Result<TicketKeyId> rotate_ticket_keys(const std::string& directory);

/// Signs with a key of its own that nobody knows: its codes end with it.
std::unique_ptr<TicketSigner> make_ephemeral_ticket_signer();

/// For gates without a network: all they need are public keys.
std::unique_ptr<TicketVerifier> make_ticket_verifier(std::span<const TicketPublicKey> keys);

/// A public key as PEM text, and back. invalid_argument.
std::string to_pem(const TicketPublicKey& key);
Result<TicketPublicKey> parse_ticket_key_pem(std::string_view text);

/// Entry tokens of the waiting room, by keyed BLAKE2b with the secret in `file` (32 bytes in base64url), which only its
/// owner may read. Makes the file and its directory if there is none; of several processes that do so at once all get
/// the same secret. invalid_argument (details: field, file), unavailable.
Result<std::unique_ptr<EntryTokenSigner>> open_entry_token_signer(const std::string& file);

/// With a secret that nobody knows: its tokens end with it.
std::unique_ptr<EntryTokenSigner> make_ephemeral_entry_token_signer();

/// The system's randomness.
std::unique_ptr<Random> make_random();

}  // namespace tiketi::crypto
