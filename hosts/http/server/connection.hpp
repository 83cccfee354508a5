#pragma once
// One client: reads requests, has them answered one after the other, and writes the answers in that order.
//
// What is read at once is answered at once: answers to pipelined requests leave together. While a request is being
// worked on elsewhere, and while the client is silent, the connection holds little more than its coroutine.

#include "server/dispatch.hpp"
#include "server/exchange.hpp"
#include "server/long_lived.hpp"
#include "server/read_buffer.hpp"
#include "server/request_parser.hpp"
#include "server/suspension.hpp"
#include "server/transport.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi::http {

class Loop;

/// Everything on its loop's thread.
class Connection {
 public:
  /// `refused`: there are too many connections; it answers 503 to whatever comes.
  Connection(Loop& loop, std::unique_ptr<Transport> transport, std::string client, bool refused);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  Awaitable<void> run();

  /// The answer that it waits for has come.
  void resume(const Exchange& exchange);

  /// Ends what has taken too long.
  void check(std::chrono::steady_clock::time_point now) noexcept;

  /// Closes when there is nothing in flight.
  void wind_down() noexcept;
  /// Closes now.
  void abort();

 private:
  enum class Step { read, wait, write, close, go_on };  // go_on: as something that stays open
  enum class Phase { greeting, idle, header, body, waiting, writing, closing };

  Step advance();
  std::optional<Step> begin();
  Step answer_now(Response response);
  Step complete();
  std::optional<Step> on_header();
  Step on_malformed(const Malformed& why);
  bool has_room();
  Step on_no_room();
  void give_up_body() noexcept;
  void count_active(bool active);
  void record(const Encoded& encoded, std::size_t bytes);

  Awaitable<bool> read_more();
  Awaitable<bool> flush();
  Awaitable<Step> answered();
  Awaitable<void> watch();
  Awaitable<void> go_on();
  void interrupt(Interrupt why) noexcept;
  Awaitable<void> close();
  void enter(Phase phase, std::int64_t limit_ms) noexcept;

  Loop& loop_;
  std::unique_ptr<Transport> transport_;
  std::string client_;
  ReadBuffer buffer_;
  RequestParser parser_;
  std::shared_ptr<Exchange> exchange_;  // of the request that is being read or answered
  std::optional<Response> early_;       // known from the header on, told when the body was read
  std::string out_;                     // heads and small bodies
  std::string_view tail_;               // a large body behind it, in exchange_
  Suspension waiting_;                  // the coroutine, when it waits for an answer
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  Phase phase_ = Phase::greeting;
  bool refused_ = false;
  bool keep_alive_ = true;
  bool linger_ = false;  // the client is still sending what nobody will read
  bool timed_out_ = false;
  bool aborted_ = false;
  bool active_ = false;   // counted among the active requests
  bool arrived_ = false;  // the answer is there
  bool wants_interrupts_ = false;
  bool watching_ = false;                  // waits for the client to go, or the answer
  bool end_seen_ = false;                  // of what the client sends
  std::shared_ptr<LongLived> goes_on_as_;  // has the transport then
};

}  // namespace tiketi::http
