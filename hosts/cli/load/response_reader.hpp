#pragma once
// HTTP/1.1 answers out of the bytes of a connection.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tiketi::load {

/// What came; the views stay until the reader's next `put`.
struct Response {
  unsigned status = 0;
  std::string_view body;
  std::string_view etag;
  std::string_view content_encoding;  ///< empty: plain
  bool keep_alive = true;             ///< another request may follow on this connection
};

/// Takes the bytes of a connection as they come, however they are split.
class ResponseReader {
 public:
  /// Bounds on what a server can make us hold.
  static constexpr std::uint32_t max_header_bytes = 64 * 1024;
  static constexpr std::uint64_t max_body_bytes = 64 * 1024 * 1024;

  enum class State : std::uint8_t {
    more,   ///< the answer is not complete
    done,   ///< `response` is the answer; the next `put` begins another one
    broken  ///< not HTTP, or beyond the bounds; the connection is of no more use
  };

  ResponseReader();
  ~ResponseReader();
  ResponseReader(ResponseReader&&) noexcept;
  ResponseReader& operator=(ResponseReader&&) noexcept;

  /// Bytes after the end of an answer are broken: we never send a request before the last one was answered.
  State put(std::string_view bytes);

  /// The connection has ended: `done` if that ends the answer, as it may where no length was told.
  State end();

  const Response& response() const noexcept;
  const std::string& error() const noexcept;  ///< why it is broken

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tiketi::load
