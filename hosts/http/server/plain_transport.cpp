#include "server/transport.hpp"

#include <boost/asio/write.hpp>

#include <span>
#include <utility>

namespace tiketi::http {
namespace {

class Plain : public Transport {
 public:
  explicit Plain(Socket socket) : socket_(std::move(socket)) {}

  Awaitable<bool> handshake() override { co_return true; }

  Awaitable<std::size_t> read(asio::mutable_buffer into, error_code& error) override {
    return socket_.async_read_some(asio::buffer(into), asio::redirect_error(awaiting, error));
  }

  std::size_t write_now(std::span<const asio::const_buffer> buffers, error_code& error) override {
    const std::size_t written = socket_.write_some(buffers, error);
    if (error == asio::error::would_block) error = {};
    return written;
  }

  Awaitable<void> write(Buffers buffers, error_code& error) override {
    co_await asio::async_write(socket_, buffers, asio::redirect_error(awaiting, error));
  }

  std::size_t read_now(asio::mutable_buffer into, error_code& error) override {
    const std::size_t size = socket_.read_some(asio::buffer(into), error);
    if (error == asio::error::would_block) error = {};
    return size;
  }

  Awaitable<void> readable(error_code& error) override {
    return socket_.async_wait(Socket::wait_read, asio::redirect_error(awaiting, error));
  }

  Awaitable<void> write_some(SendQueue& queue, error_code& error) override {
    co_await socket_.async_wait(Socket::wait_write, asio::redirect_error(awaiting, error));
    if (error) co_return;
    SendQueue::Buffers buffers;  // only now: the queue may have changed
    const std::size_t count = queue.gather(buffers);
    const std::size_t size = socket_.write_some(std::span(buffers.data(), count), error);
    if (error == asio::error::would_block) error = {};
    queue.sent(size);
  }

  Awaitable<void> finish() override {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    co_return;
  }

  void cancel() noexcept override {
    error_code ignored;
    socket_.cancel(ignored);
  }
  void close() noexcept override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  Socket socket_;
};

}  // namespace

std::unique_ptr<Transport> plain_transport(Socket socket) { return std::make_unique<Plain>(std::move(socket)); }

}  // namespace tiketi::http
