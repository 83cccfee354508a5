#pragma once
// Port: a stream of bytes to and from a client, plain or encrypted. All of it on the connection's thread.

#include "server/net.hpp"
#include "server/send_queue.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace tiketi::http {

class Transport {
 public:
  using Buffers = std::array<asio::const_buffer, 2>;  ///< head and body of an answer, or of a message

  virtual ~Transport() = default;

  virtual Awaitable<bool> handshake() = 0;
  /// At least a byte, or an error; eof when the client has sent all it will.
  virtual Awaitable<std::size_t> read(asio::mutable_buffer into, error_code& error) = 0;
  /// Writes what goes without waiting, which may be nothing.
  virtual std::size_t write_now(std::span<const asio::const_buffer> buffers, error_code& error) = 0;
  virtual Awaitable<void> write(Buffers buffers, error_code& error) = 0;

  // For connections that stay open, idle for long: no buffer is needed while they wait.
  /// What is there already, perhaps nothing.
  virtual std::size_t read_now(asio::mutable_buffer into, error_code& error) = 0;
  /// Waits until `read_now`, which had nothing, may have something. Others may write meanwhile.
  virtual Awaitable<void> readable(error_code& error) = 0;
  /// Takes from the queue what the client takes of it, at least a byte. More may be queued meanwhile.
  virtual Awaitable<void> write_some(SendQueue& queue, error_code& error) = 0;

  /// Tells the client that nothing more will come. It may still send.
  virtual Awaitable<void> finish() = 0;
  /// Ends what waits above with an error. Nothing can be done afterwards when `close`.
  virtual void cancel() noexcept = 0;
  virtual void close() noexcept = 0;
};

std::unique_ptr<Transport> plain_transport(Socket socket);

/// Makes the encrypted transports of one server.
class TlsContext {
 public:
  /// Throws std::exception if the files can't be used.
  TlsContext(const std::string& certificate_file, const std::string& key_file);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  std::unique_ptr<Transport> transport(Socket socket);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tiketi::http
