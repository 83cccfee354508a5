#include "adapters/crypto/rsa_key.hpp"

#include "adapters/crypto/sodium.hpp"

#include <tiketi/base/base64.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace tiketi::crypto {
namespace {

constexpr unsigned int generated_bits = 2048;
constexpr int min_bits = 2048;
constexpr int max_bits = 4096;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Error failed(std::string_view what) {
  return {Errc::unavailable, std::string(what) + " failed", {{"cause", "OpenSSL"}}};
}

/// An encrypted key is refused, instead of asking at the terminal.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

RsaKey::RsaKey(EVP_PKEY* key) : key_(key, &EVP_PKEY_free) {}

Result<RsaKey> RsaKey::generate() {
  EVP_PKEY* key = EVP_RSA_gen(generated_bits);
  if (key == nullptr) return failed("making an RSA key");
  return RsaKey(key);
}

Result<RsaKey> RsaKey::parse(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  EVP_PKEY* raw = bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr) : nullptr;
  if (raw == nullptr) return Error{Errc::invalid_argument, "is not an unencrypted private key in PEM"};
  RsaKey key(raw);
  const int bits = EVP_PKEY_get_bits(raw);
  if (EVP_PKEY_get_base_id(raw) != EVP_PKEY_RSA || bits < min_bits || bits > max_bits)
    return Error{Errc::invalid_argument, "is not an RSA key of 2048 to 4096 bits"};
  return key;
}

Result<std::string> RsaKey::to_pem() const {
  const Bio bio(BIO_new(BIO_s_secmem()), &BIO_free);
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return failed("writing an RSA key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

Result<std::vector<std::uint8_t>> RsaKey::sign(std::string_view text) const {
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::vector<std::uint8_t> out(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  std::size_t size = out.size();
  const auto bytes = bytes_of(text);
  if (!digest || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(digest.get(), out.data(), &size, bytes.data(), bytes.size()) != 1)
    return failed("signing");
  out.resize(size);
  return out;
}

bool RsaKey::verifies(std::string_view text, std::span<const std::uint8_t> signature) const {
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const auto bytes = bytes_of(text);
  return digest && EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(digest.get(), signature.data(), signature.size(), bytes.data(), bytes.size()) == 1;
}

std::string RsaKey::modulus() const { return number(OSSL_PKEY_PARAM_RSA_N); }
std::string RsaKey::exponent() const { return number(OSSL_PKEY_PARAM_RSA_E); }

std::string RsaKey::number(const char* name) const {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key_.get(), name, &raw) != 1) return {};
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(raw, &BN_free);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(BN_num_bytes(raw)));
  BN_bn2bin(raw, bytes.data());
  return to_base64url(bytes);
}

}  // namespace tiketi::crypto
