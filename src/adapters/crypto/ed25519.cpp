// Ticket codes signed by Ed25519: the keys, and the files that keep them.

#include <tiketi/adapters/crypto.hpp>

#include "adapters/crypto/ed25519_files.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace tiketi::crypto {
namespace {

/// The library's own initialisation, which may be repeated. It fails only where there are no random numbers at all.
void begin() {
  if (sodium_init() < 0) std::abort();
}

bool is_signed_by(const TicketPublicKey& key, std::span<const std::uint8_t> bytes, const TicketSignature& signature) {
  return crypto_sign_verify_detached(signature.data(), bytes.data(), bytes.size(), key.bytes.data()) == 0;
}

/// Forgets what it held when it goes.
class SigningKey {
 public:
  explicit SigningKey(const Ed25519Seed& seed) {
    crypto_sign_seed_keypair(public_.bytes.data(), secret_.data(), seed.data());
    public_.id = ticket_key_id(public_.bytes);
  }
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  ~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

  const TicketPublicKey& public_key() const { return public_; }
  TicketSignature sign(std::span<const std::uint8_t> bytes) const {
    TicketSignature out{};
    crypto_sign_detached(out.data(), nullptr, bytes.data(), bytes.size(), secret_.data());
    return out;
  }

 private:
  TicketPublicKey public_;
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret_{};
};

class KnownKeys final : public TicketVerifier {
 public:
  explicit KnownKeys(std::span<const TicketPublicKey> keys) {
    for (const TicketPublicKey& each : keys) keys_.emplace(ticket_key_id(each.bytes), each);
  }

  bool verify(TicketKeyId key, std::span<const std::uint8_t> bytes, const TicketSignature& signature) override {
    const auto known = keys_.find(key);
    return known != keys_.end() && is_signed_by(known->second, bytes, signature);
  }

 private:
  std::map<TicketKeyId, TicketPublicKey> keys_;
};

class Ed25519Signer final : public TicketSigner {
 public:
  /// `directory`: where public keys that others add are found; empty: nowhere.
  Ed25519Signer(const Ed25519Seed& seed, std::span<const TicketPublicKey> known, std::string directory)
      : key_(seed), directory_(std::move(directory)) {
    for (const TicketPublicKey& each : known) known_.emplace(each.id, each);
    known_.insert_or_assign(key_id(), key_.public_key());
  }

  TicketKeyId key_id() override { return key_.public_key().id; }
  TicketSignature sign(std::span<const std::uint8_t> bytes) override { return key_.sign(bytes); }

  bool verify(TicketKeyId key, std::span<const std::uint8_t> bytes, const TicketSignature& signature) override {
    const std::optional<TicketPublicKey> known = find(key);
    return known && is_signed_by(*known, bytes, signature);
  }

  std::vector<TicketPublicKey> public_keys() override {
    const std::shared_lock lock(mutex_);
    std::vector<TicketPublicKey> out{key_.public_key()};
    for (const auto& [id, each] : known_)
      if (id != key_.public_key().id) out.push_back(each);
    return out;
  }

 private:
  std::optional<TicketPublicKey> find(TicketKeyId id) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto at = known_.find(id); at != known_.end()) return at->second;
    }
    if (directory_.empty()) return std::nullopt;
    const auto added = read_ticket_public_key(directory_, id);
    if (added.has_error()) return std::nullopt;
    const std::unique_lock lock(mutex_);
    known_.emplace(id, *added);
    return *added;
  }

  const SigningKey key_;
  const std::string directory_;
  std::shared_mutex mutex_;
  std::map<TicketKeyId, TicketPublicKey> known_;
};

Ed25519Seed random_seed() {
  Ed25519Seed seed{};
  randombytes_buf(seed.data(), seed.size());
  return seed;
}

/// Makes a key and stores it; returns its public half.
Result<TicketPublicKey> store_new_key(const std::string& directory, bool replace) {
  constexpr int max_attempts = 8;  // two keys with the same four bytes are rare enough
  for (int attempt = 1;; ++attempt) {
    Ed25519Seed seed = random_seed();
    const TicketPublicKey made = SigningKey(seed).public_key();
    auto stored = store_ticket_key(directory, seed, made, replace);
    sodium_memzero(seed.data(), seed.size());
    if (stored.has_value()) return made;
    if (stored.error().code != Errc::already_exists || attempt == max_attempts) return stored.error();
  }
}

}  // namespace

TicketKeyId ticket_key_id(std::span<const std::uint8_t, 32> public_key) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), public_key.data(), public_key.size());
  TicketKeyId out;
  for (std::size_t i = 0; i < 4; ++i) out.number = out.number << 8 | hash[i];
  return out;
}

Result<std::unique_ptr<TicketSigner>> open_ticket_signer(const std::string& directory) {
  begin();
  auto seed = read_ticket_seed(directory);
  if (seed.has_error()) return seed.error();
  if (!*seed) {
    if (auto made = store_new_key(directory, false); made.has_error()) return made.error();
    seed = read_ticket_seed(directory);
    if (seed.has_error()) return seed.error();
    if (!*seed) return Error{Errc::unavailable, "the ticket key that was made just now is gone again"};
  }
  const auto known = read_ticket_public_keys(directory);
  if (known.has_error()) return known.error();
  auto signer = std::make_unique<Ed25519Signer>(**seed, *known, directory);
  sodium_memzero((*seed)->data(), (*seed)->size());
  const auto is_current = [&](const TicketPublicKey& each) { return each.id == signer->key_id(); };
  // Who took the public key away meant that its codes end; signing on with it would be no use to anybody.
  if (std::none_of(known->begin(), known->end(), is_current))
    return Error{Errc::invalid_argument,
                 "the key that signs tickets has no public key beside it; rotate the ticket keys",
                 {{"field", "directory"}, {"file", ticket_key_file(signer->key_id())}}};
  return std::unique_ptr<TicketSigner>(std::move(signer));
}

Result<TicketKeyId> rotate_ticket_keys(const std::string& directory) {
  begin();
  const auto made = store_new_key(directory, true);
  if (made.has_error()) return made.error();
  return made->id;
}

std::unique_ptr<TicketSigner> make_ephemeral_ticket_signer() {
  begin();
  Ed25519Seed seed = random_seed();
  auto signer = std::make_unique<Ed25519Signer>(seed, std::span<const TicketPublicKey>(), std::string());
  sodium_memzero(seed.data(), seed.size());
  return signer;
}

std::unique_ptr<TicketVerifier> make_ticket_verifier(std::span<const TicketPublicKey> keys) {
  begin();
  return std::make_unique<KnownKeys>(keys);
}

}  // namespace tiketi::crypto
