// TLS at the listener (SE1), with a certificate made for the test.

#include "http_server/certificate.hpp"
#include "http_server/toy_server.hpp"

#include <openssl/ssl.h>

#include <string>

namespace tiketi::test {
namespace {

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
