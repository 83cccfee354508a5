#pragma once
// The three kinds of handlers, by where they may spend their time.

#include "server/request.hpp"
#include "server/response.hpp"

#include <functional>
#include <memory>
#include <string>

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

/// Answers a Deferred request: called once, from any thread; further calls do nothing. If all copies go away uncalled,
/// the request is answered with 500. Keeps the request alive. The client or the server may be gone by then: the answer
/// is dropped.
class Respond {
 public:
  struct Link;  // server/exchange.hpp
  explicit Respond(std::shared_ptr<Link> link) noexcept : link_(std::move(link)) {}
  void operator()(Response response) const;

 private:
  std::shared_ptr<Link> link_;
};

/// Runs on the connection's thread (or a pool's, if the caller had to be looked up) and must return at once, having
/// seen to it that `Respond` will be called, say by a Batcher. The request stays alive as long as a copy of the Respond
/// does.
struct Deferred {
  std::function<void(const Request&, Respond)> run;
};

}  // namespace tiketi::http
