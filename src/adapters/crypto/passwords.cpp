// Password hashes: argon2id by libsodium, and bcrypt by libcrypt for accounts that come from elsewhere.

#include <tiketi/adapters/crypto.hpp>

#include "adapters/crypto/sodium.hpp"

#include <crypt.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>

namespace tiketi::crypto {
namespace {

/// Lets so many through at a time.
class Gate {
 public:
  explicit Gate(std::int32_t width) : free_(std::max(width, 1)) {}

  class Pass {
   public:
    explicit Pass(Gate& gate) : gate_(gate) {
      std::unique_lock lock(gate_.mutex_);
      gate_.opened_.wait(lock, [&] { return gate_.free_ > 0; });
      --gate_.free_;
    }
    ~Pass() {
      {
        const std::lock_guard lock(gate_.mutex_);
        ++gate_.free_;
      }
      gate_.opened_.notify_one();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

   private:
    Gate& gate_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  std::int32_t free_;
};

bool is_bcrypt(std::string_view hash) {
  return hash.size() == 60 && (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$"));
}

bool matches_bcrypt(std::string_view password, const std::string& hash) {
  // To libcrypt a zero ends the text: what follows would not count.
  if (password.find('\0') != password.npos) return false;
  crypt_data data{};
  const std::string text(password);
  const char* made = crypt_r(text.c_str(), hash.c_str(), &data);
  const bool same = made != nullptr && std::string_view(made).size() == hash.size() &&
                    sodium_memcmp(made, hash.data(), hash.size()) == 0;
  sodium_memzero(&data, sizeof data);
  return same;
}

class Passwords final : public PasswordHasher {
 public:
  explicit Passwords(const PasswordCost& cost) : cost_(cost), gate_(cost.at_once) { start_sodium(); }

  Result<std::string> hash(std::string_view password) override {
    const Gate::Pass pass(gate_);
    std::array<char, crypto_pwhash_STRBYTES> out;
    if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost_.passes, cost_.memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
      return Error{Errc::unavailable, "no memory to hash a password", {{"cause", "argon2id"}}};
    return std::string(out.data());
  }

  Result<PasswordCheck> verify(std::string_view password, const std::string& hash) override {
    const Gate::Pass pass(gate_);
    if (is_bcrypt(hash)) {
      const bool matches = matches_bcrypt(password, hash);
      return PasswordCheck{matches, matches};
    }
    // libsodium reads up to the terminating zero, and needs no more than this.
    if (!hash.starts_with(crypto_pwhash_argon2id_STRPREFIX) || hash.size() >= crypto_pwhash_STRBYTES)
      return PasswordCheck{};
    if (crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) != 0) return PasswordCheck{};
    const bool other_cost = crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_bytes) != 0;
    return PasswordCheck{true, other_cost};
  }

 private:
  const PasswordCost cost_;
  Gate gate_;
};

}  // namespace

std::unique_ptr<PasswordHasher> make_password_hasher(const PasswordCost& cost) {
  return std::make_unique<Passwords>(cost);
}

}  // namespace tiketi::crypto
