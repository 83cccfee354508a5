#pragma once
// The kinds of handlers: three by where they may spend their time, two whose answers stay open.

#include "server/event_stream.hpp"
#include "server/request.hpp"
#include "server/response.hpp"
#include "server/web_socket.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace tiketi::http {

/// Runs at once on the connection's thread, which serves thousands of others: for answers that are ready in memory,
/// never for anything that waits.
struct Direct {
  std::function<Response(Request&)> run;
};

/// Runs on a thread of the named pool (ServerOptions::pools). If the pool's queue is full: 503 with Retry-After.
struct Blocking {
  std::function<Response(Request&)> run;
  std::string pool = "store";
};

/// Why a request that waits for its answer should be answered now.
enum class Interrupt : std::uint8_t {
  client_gone,  ///< it has closed its side; an answer is still sent, in case it only did not want to send more
  stopping,     ///< the server stops, and waits for this answer (for the grace period)
};

/// Answers a Deferred request: called once, from any thread; further calls do nothing. If all copies go away uncalled,
/// the request is answered with 500. Keeps the request alive. The client or the server may be gone by then: the answer
/// is dropped.
class Respond {
 public:
  struct Link;  // server/exchange.hpp
  explicit Respond(std::shared_ptr<Link> link) noexcept : link_(std::move(link)) {}
  void operator()(Response response) const;

  /// For answers that may take long, such as held polls: has the callback called when there is reason to answer at
  /// once; for each reason at most once, on the connection's thread, not from within this call, and perhaps when the
  /// answer was just given. Requests that don't ask for it cost nothing. To be called once, from any thread.
  void on_interrupt(std::function<void(Interrupt)> callback) const;

 private:
  std::shared_ptr<Link> link_;
};

/// Runs on the connection's thread (or a pool's, if the caller had to be looked up) and must return at once, having
/// seen to it that `Respond` will be called, say by a Batcher. Any time may pass until then: no time-out of the server
/// ends it. The request stays alive as long as a copy of the Respond does.
struct Deferred {
  std::function<void(const Request&, Respond)> run;
  /// If set: called on the connection's thread, before the caller is looked up, when the headers are there but not all
  /// of the body. What it returns is in Request::begun until the request ends, which may be without `run`: if the body
  /// never comes, or is refused.
  std::function<std::shared_ptr<void>(const Request&)> begin = {};
};

/// Decides on the connection's thread, at once, whether an answer begins that stays open (event_stream.hpp); the
/// Response is a refusal. The request is gone when it returns. HEAD is answered without it.
struct OpenStream {
  std::function<std::variant<Response, AcceptStream>(Request&)> run;
};

/// The same for WebSockets (web_socket.hpp), when the handshake is as it must be. Browsers let any page open one:
/// whoever lets in by cookies must look at the Origin header.
struct OpenWebSocket {
  std::function<std::variant<Response, AcceptWebSocket>(Request&)> run;
};

}  // namespace tiketi::http
