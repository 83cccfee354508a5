#include "server/transport.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tiketi::http {
namespace {

namespace ssl = boost::asio::ssl;

constexpr std::size_t most_in_record = 16 * 1024;

/// Takes what makes a record: one for many small messages, rather than two for each.
std::string next_record(SendQueue& queue) {
  SendQueue::Buffers buffers;
  const std::size_t count = queue.gather(buffers);
  std::string out(std::min(queue.bytes(), most_in_record), '\0');
  out.resize(asio::buffer_copy(asio::buffer(out), std::span(buffers.data(), count)));
  queue.sent(out.size());
  return out;
}

class Tls : public Transport {
 public:
  Tls(Socket socket, ssl::context& context) : stream_(std::move(socket), context) {}

  Awaitable<bool> handshake() override {
    error_code error;
    co_await stream_.async_handshake(ssl::stream_base::server, asio::redirect_error(awaiting, error));
    co_return !error;
  }

  Awaitable<std::size_t> read(asio::mutable_buffer into, error_code& error) override {
    if (finished_) {
      const std::size_t dropped =
          co_await stream_.next_layer().async_read_some(asio::buffer(into), asio::redirect_error(awaiting, error));
      co_return dropped;
    }
    const std::size_t size = co_await stream_.async_read_some(into, asio::redirect_error(awaiting, error));
    // Clients that close without saying so inside TLS are many; the framing of requests tells whether all is there.
    if (error == ssl::error::stream_truncated) error = asio::error::eof;
    co_return size;
  }

  std::size_t write_now(std::span<const asio::const_buffer>, error_code&) override { return 0; }

  Awaitable<void> write(Buffers buffers, error_code& error) override {
    co_await asio::async_write(stream_, buffers, asio::redirect_error(awaiting, error));
  }

  /// Does not wait, for the socket below does not.
  std::size_t read_now(asio::mutable_buffer into, error_code& error) override {
    const std::size_t size = finished_ ? stream_.next_layer().read_some(asio::buffer(into), error)
                                       : stream_.read_some(asio::buffer(into), error);
    if (error == asio::error::would_block) error = {};
    if (error == ssl::error::stream_truncated) error = asio::error::eof;
    return size;
  }

  Awaitable<void> readable(error_code& error) override {
    return stream_.next_layer().async_wait(Socket::wait_read, asio::redirect_error(awaiting, error));
  }

  Awaitable<void> write_some(SendQueue& queue, error_code& error) override {
    const std::string record = next_record(queue);
    co_await asio::async_write(stream_, asio::buffer(record), asio::redirect_error(awaiting, error));
  }

  /// Sends close_notify and does not wait for the client's.
  Awaitable<void> finish() override {
    finished_ = true;
    SSL_set_quiet_shutdown(stream_.native_handle(), 0);
    SSL_set_shutdown(stream_.native_handle(), SSL_RECEIVED_SHUTDOWN);
    error_code ignored;
    co_await stream_.async_shutdown(asio::redirect_error(awaiting, ignored));
    stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
  }

  void cancel() noexcept override {
    error_code ignored;
    stream_.next_layer().cancel(ignored);
  }
  void close() noexcept override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

 private:
  ssl::stream<Socket> stream_;
  bool finished_ = false;  // what still comes is not even decrypted: it is only read lest the client be reset
};

int choose_http_1_1(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr unsigned char http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, http_1_1, sizeof http_1_1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

struct TlsContext::Impl {
  ssl::context context{ssl::context::tls_server};
};

TlsContext::TlsContext(const std::string& certificate_file, const std::string& key_file)
    : impl_(std::make_unique<Impl>()) {
  ssl::context& context = impl_->context;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);  // idle connections keep none
  SSL_CTX_set_alpn_select_cb(context.native_handle(), choose_http_1_1, nullptr);
  context.use_certificate_chain_file(certificate_file);
  context.use_private_key_file(key_file, ssl::context::pem);
}

TlsContext::~TlsContext() = default;

std::unique_ptr<Transport> TlsContext::transport(Socket socket) {
  return std::make_unique<Tls>(std::move(socket), impl_->context);
}

}  // namespace tiketi::http
