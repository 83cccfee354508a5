#pragma once
// A certificate made for the test.

#include "http_server/toy_server.hpp"
#include "support/temporary_directory.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>
#include <memory>

namespace tiketi::test {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;
struct Closed {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closed>;

/// A folder with key.pem and certificate.pem, gone at the end.
struct Certificate {
  TemporaryDirectory directory;
  std::filesystem::path folder = directory.path();

  Certificate() {
    const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
    const Owned<X509, X509_free> certificate(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    const auto* text = reinterpret_cast<const unsigned char*>("localhost");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    PEM_write_PrivateKey(File(std::fopen((folder / "key.pem").c_str(), "w")).get(), key.get(), nullptr, nullptr, 0,
                         nullptr, nullptr);
    PEM_write_X509(File(std::fopen((folder / "certificate.pem").c_str(), "w")).get(), certificate.get());
  }
};

inline http::ServerOptions tls_options(const Certificate& certificate) {
  http::ServerOptions options = toy_options();
  options.tls_certificate_file = certificate.folder / "certificate.pem";
  options.tls_key_file = certificate.folder / "key.pem";
  return options;
}

}  // namespace tiketi::test
