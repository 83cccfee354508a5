// TLS at the listener (SE1), with a certificate made for the test.

#include "http_server/toy_server.hpp"
#include "support/temporary_directory.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace tiketi::test {
namespace {

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

http::ServerOptions tls_options(const Certificate& certificate) {
  http::ServerOptions options = toy_options();
  options.tls_certificate_file = certificate.folder / "certificate.pem";
  options.tls_key_file = certificate.folder / "key.pem";
  return options;
}

TEST(Tls, AnswersEncryptedAndSaysToStayWithIt) {
  const Certificate certificate;
  ToyServer server(tls_options(certificate));
  const HttpClient connection = server.connect();
  const Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
  const Owned<SSL, SSL_free> tls(SSL_new(context.get()));
  SSL_set_fd(tls.get(), connection.socket());
  ASSERT_EQ(SSL_connect(tls.get()), 1);
  for (int i = 0; i < 2; ++i) {
    const std::string request = "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n";
    ASSERT_GT(SSL_write(tls.get(), request.data(), static_cast<int>(request.size())), 0);
    std::string reply;
    while (!reply.ends_with(R"({"hello":"world"})")) {
      std::string part(4096, '\0');
      const int size = SSL_read(tls.get(), part.data(), static_cast<int>(part.size()));
      ASSERT_GT(size, 0);
      reply += part.substr(0, static_cast<std::size_t>(size));
    }
    EXPECT_NE(reply.find("Strict-Transport-Security: max-age="), std::string::npos);
  }
  const std::string last = "GET /hello HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
  SSL_write(tls.get(), last.data(), static_cast<int>(last.size()));
  std::string rest(65536, '\0');
  int size = 0;
  while ((size = SSL_read(tls.get(), rest.data(), static_cast<int>(rest.size()))) > 0) continue;
  EXPECT_EQ(SSL_get_error(tls.get(), size), SSL_ERROR_ZERO_RETURN);  // said so before closing
}

TEST(Tls, WhoeverDoesNotSpeakItIsLetGo) {
  const Certificate certificate;
  ToyServer server(tls_options(certificate));
  HttpClient plain = server.connect();
  plain.send("GET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_TRUE(plain.closed_within(10'000));
}

}  // namespace
}  // namespace tiketi::test
