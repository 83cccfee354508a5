#pragma once
// Bytes in, requests out, one after another. No I/O: the connection reads, and asks in between whether it may go on.

#include "server/problem.hpp"
#include "server/request.hpp"
#include "server/router.hpp"
#include "server/server.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace tiketi::http {

/// Why the bytes are no request that can be answered as asked; the connection must be closed, for nobody knows where
/// the next one begins.
struct Malformed {
  int status = 400;
  std::string_view code;
  Text text;
};

class RequestParser {
 public:
  enum class Progress {
    more,    ///< needs further bytes, which come behind those that were not used
    header,  ///< the headers are complete; told once, before any of the body is taken
    done,
    malformed,
  };

  explicit RequestParser(const Limits& limits);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser();

  /// Begins a new request, filling an empty `into`, which must live until it is done.
  void start(Request& into);

  /// Takes what it can of the bytes, and tells how many that was.
  Progress put(std::string_view bytes, std::size_t& used);

  /// To be set at `header`; the server's limit until then.
  void set_max_body(std::size_t bytes) noexcept;

  bool started() const noexcept;  ///< some of it was there already
  bool in_body() const noexcept;

  // From `header` on.
  bool known_method() const noexcept;  ///< else 501
  bool keep_alive() const noexcept;
  bool http_1_0() const noexcept;
  bool expects_continue() const noexcept;                      ///< and some of the body is still to come
  bool announces_more_than(std::size_t bytes) const noexcept;  ///< by Content-Length
  bool body_ends_within(std::size_t bytes) const noexcept;     ///< by Content-Length

  const Malformed& why() const noexcept;  ///< after `malformed`

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tiketi::http
