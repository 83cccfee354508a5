#include "server/connection.hpp"

#include "server/encoding.hpp"
#include "server/loop.hpp"
#include "server/problem.hpp"
#include "telemetry/log.hpp"

#include <utility>

namespace tiketi::http {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t write_at_once = 64 * 1024;  // answers that pile up before they are sent
constexpr std::size_t copied_body = 16 * 1024;    // up to here a body is copied behind its head
constexpr std::size_t kept_output = 4 * 1024;     // what an idle connection may keep of its output buffer
constexpr std::size_t body_buffer = 64 * 1024;
constexpr std::size_t most_lingered = 1024 * 1024;
constexpr std::int64_t linger_ms = 2'000;

constexpr Malformed too_slow{408, "request_timeout", {"요청 시간이 초과되었습니다.", "The request took too long."}};
constexpr Malformed too_large{413, "body_too_large", {"요청 본문이 너무 큽니다.", "The body is too large."}};

Response refuse_http_1_0(const Request& request) {
  return problem(request.language, 400, "bad_handshake",
                 {"WebSocket은 HTTP/1.1로 연결해야 합니다.", "WebSockets begin with HTTP/1.1."});
}

}  // namespace

Connection::Connection(Loop& loop, std::unique_ptr<Transport> transport, std::string client, bool refused)
    : loop_(loop),
      transport_(std::move(transport)),
      client_(std::move(client)),
      parser_(loop.site().options.limits),
      refused_(refused) {
  loop_.entered(*this);
}

Connection::~Connection() {
  count_active(false);
  if (exchange_) exchange_->connection = nullptr;
  loop_.left(*this, client_, !refused_);
}

void Connection::enter(Phase phase, std::int64_t limit_ms) noexcept {
  phase_ = phase;
  timed_out_ = false;
  deadline_ = limit_ms > 0 ? Clock::now() + std::chrono::milliseconds(limit_ms) : Clock::time_point::max();
}

// Every result of co_await gets a name: g++ 12 makes broken frames of `if (!co_await …)`.

Awaitable<void> Connection::run() {
  enter(Phase::greeting, loop_.site().options.timeouts.header_ms);
  bool going_on = co_await transport_->handshake();
  while (going_on && !aborted_) {
    const Step step = advance();
    if (step == Step::close) break;
    if (step == Step::go_on) co_return co_await go_on();
    going_on = co_await flush();
    if (!going_on || step == Step::write) continue;
    if (step == Step::read) {
      going_on = co_await read_more();
    } else {
      const Step then = co_await answered();
      if (then == Step::go_on) co_return co_await go_on();
      going_on = then != Step::close;
    }
  }
  co_await close();
}

/// Waits for the answer that is being made elsewhere, or for leave to begin one that stays open.
Awaitable<Connection::Step> Connection::answered() {
  enter(Phase::waiting, 0);
  while (!arrived_ && !aborted_) {
    if (wants_interrupts_ && !end_seen_) co_await watch();
    else co_await waiting_.wait();
  }
  if (aborted_) co_return Step::close;
  if (exchange_->admitted) co_return answer_now(*dispatch_admitted(loop_.site(), exchange_));
  co_return complete();
}

/// Waits for the answer, or for the client to go. What it sends meanwhile waits its turn.
Awaitable<void> Connection::watch() {
  error_code error;
  while (!arrived_ && !aborted_) {
    const std::span<char> room = buffer_.room(ReadBuffer::smallest);
    if (room.empty()) {
      end_seen_ = true;  // so much is waiting that we stop looking
      co_return;
    }
    const std::size_t size = transport_->read_now(asio::buffer(room.data(), room.size()), error);
    buffer_.filled(size);
    if (error) break;
    if (size > 0) continue;
    buffer_.shrink();
    watching_ = true;
    co_await transport_->readable(error);
    watching_ = false;
  }
  if (!error || arrived_ || aborted_) co_return;
  end_seen_ = true;
  interrupt(Interrupt::client_gone);
}

void Connection::interrupt(Interrupt why) noexcept {
  try {
    exchange_->interrupted(why);
  } catch (...) {
    telemetry::Log* log = loop_.site().options.log;
    if (log)
      log->write(telemetry::Level::error, "a callback for interrupts threw", {{"route", exchange_->request.route}});
  }
}

/// Hands everything over to what stays open, and waits for its end.
Awaitable<void> Connection::go_on() {
  const bool written = co_await flush();
  if (!written || aborted_) co_return;
  auto accepted = std::exchange(exchange_->stays_open, {});
  loop_.give_back(std::move(exchange_));
  if (auto* socket = std::get_if<AcceptWebSocket>(&accepted))
    goes_on_as_ = make_web_socket(loop_, std::move(transport_), std::move(*socket));
  else goes_on_as_ = make_stream(loop_, std::move(transport_), std::move(std::get<AcceptStream>(accepted)));
  accepted = {};
  std::string read(buffer_.view());
  buffer_ = {};
  std::string().swap(out_);
  if (loop_.site().stopping) goes_on_as_->wind_down();
  co_await goes_on_as_->run(std::move(read));
}

/// Does all that can be done without waiting.
Connection::Step Connection::advance() {
  if (!tail_.empty()) return Step::write;
  while (true) {
    if (!exchange_ && buffer_.empty()) return Step::read;
    if (out_.size() >= write_at_once) return Step::write;
    if (!exchange_) {
      exchange_ = loop_.take_exchange();
      exchange_->connection = this;
      parser_.start(exchange_->request);
      enter(Phase::header, loop_.site().options.timeouts.header_ms);
    }
    std::size_t used = 0;
    const RequestParser::Progress progress = parser_.put(buffer_.view(), used);
    buffer_.used(used);
    std::optional<Step> step;
    switch (progress) {
      case RequestParser::Progress::more:
        return has_room() ? Step::read : on_no_room();
      case RequestParser::Progress::malformed:
        return on_malformed(parser_.why());
      case RequestParser::Progress::header:
        step = on_header();
        break;
      case RequestParser::Progress::done:
        step = has_room() ? begin() : on_no_room();
        break;
    }
    if (step) return *step;
  }
}

/// The headers are there. Whoever waits for leave to send the body gets it, or the refusal instead.
std::optional<Connection::Step> Connection::on_header() {
  Site& site = loop_.site();
  exchange_->begun = Clock::now();
  keep_alive_ = parser_.keep_alive() && !site.stopping && !refused_;
  early_ = prepare(site, *exchange_, client_, parser_.known_method());
  const bool upgrades = exchange_->match.web_socket && exchange_->match.route == exchange_->match.web_socket;
  if (upgrades && parser_.http_1_0() && !early_) early_ = refuse_http_1_0(exchange_->request);
  if (refused_) early_ = problem(exchange_->request, Error{Errc::overloaded, "too many connections"});
  if (!parser_.in_body()) return std::nullopt;
  const std::size_t limit = max_body(site, *exchange_);
  parser_.set_max_body(limit);
  const bool is_too_large = parser_.announces_more_than(limit);
  if (early_ && (parser_.expects_continue() || refused_ || is_too_large)) {
    give_up_body();
    return answer_now(*std::move(early_));
  }
  if (is_too_large) return on_malformed(too_large);
  if (!has_room()) return on_no_room();
  enter(Phase::body, site.options.timeouts.body_ms);
  if (!early_ && !parser_.body_ends_within(buffer_.view().size())) early_ = begin_body(site, *exchange_);
  if (!parser_.expects_continue() || !buffer_.empty()) return std::nullopt;
  out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  return Step::write;
}

/// Nobody knows where the next request would begin: the connection ends with this answer.
void Connection::give_up_body() noexcept {
  keep_alive_ = false;
  linger_ = true;
  exchange_->request.begun.reset();
}

void Connection::count_active(bool active) {
  if (active_ == active) return;
  active_ = active;
  const Exchange& exchange = *exchange_;
  loop_.metrics()
      .active(exchange.match.route, exchange.request.route, name(exchange.request.method))
      .add(active ? 1 : -1);
}

Connection::Step Connection::on_malformed(const Malformed& why) {
  give_up_body();
  Request& request = exchange_->request;
  if (request.id.empty()) {
    exchange_->begun = Clock::now();
    prepare(loop_.site(), *exchange_, client_, true);  // for the id and the language; the headers may not all be there
  }
  return answer_now(problem(request.language, why.status, why.code, why.text));
}

/// Counts what the body takes; false if all bodies together take too much. A recycled exchange may have room of its
/// own.
bool Connection::has_room() {
  const std::string& body = exchange_->request.body;
  if (body.empty() && !parser_.in_body()) return true;
  const Site& site = loop_.site();
  return exchange_->body_share.grow(site.buffered_bytes, body.capacity(), site.options.limits.max_buffered_bytes);
}

Connection::Step Connection::on_no_room() {
  give_up_body();
  early_.reset();
  return answer_now(problem(exchange_->request, Error{Errc::overloaded, "the bodies of requests fill their memory"}));
}

/// The request is all there.
std::optional<Connection::Step> Connection::begin() {
  std::optional<Response> response = std::exchange(early_, std::nullopt);
  if (!response) {
    count_active(!is_direct(*exchange_));
    arrived_ = wants_interrupts_ = end_seen_ = false;
    response = dispatch(loop_.site(), exchange_);
    if (!response) return Step::wait;
  }
  const Step step = answer_now(*std::move(response));
  return step == Step::read ? std::nullopt : std::optional(step);
}

Connection::Step Connection::answer_now(Response response) {
  exchange_->response = std::move(response);
  exchange_->answered = true;
  return complete();
}

/// Puts the answer behind those that are to be written. `read` if the connection can go on with the next request.
Connection::Step Connection::complete() {
  Exchange& exchange = *exchange_;
  const Site& site = loop_.site();
  count_active(false);
  if (!exchange.encoded) exchange.encoded = encode(exchange.request, exchange.response);
  const Encoded& encoded = *exchange.encoded;
  if (site.stopping) keep_alive_ = false;
  const bool upgrades = std::holds_alternative<AcceptWebSocket>(exchange.stays_open);
  const bool streams = std::holds_alternative<AcceptStream>(exchange.stays_open);
  append_head(out_, exchange.request, exchange.response, encoded,
              {site.standing, http_date(), upgrades || (keep_alive_ && !streams), parser_.http_1_0(), streams});
  const bool with_body = sends_body(exchange.request, encoded);
  if (with_body && encoded.body.size() <= copied_body) out_ += encoded.body;
  else if (with_body) tail_ = encoded.body;
  record(encoded, with_body ? encoded.body.size() : 0);
  if (upgrades || streams) return Step::go_on;
  if (!keep_alive_) return Step::close;
  if (!tail_.empty()) return Step::write;
  loop_.give_back(std::move(exchange_));
  return Step::read;
}

void Connection::record(const Encoded& encoded, std::size_t bytes) {
  const Exchange& exchange = *exchange_;
  const Request& request = exchange.request;
  const std::string_view route = request.route.empty() ? "unmatched" : request.route;
  const std::chrono::duration<double> took = Clock::now() - exchange.begun;
  loop_.metrics().done(exchange.match.route, route, name(request.method), encoded.status, took.count());
  telemetry::Log* log = loop_.site().options.log;
  if (!log) return;
  const std::string user = request.caller ? request.caller->user_id.text() : "";
  log->access({.request_id = request.id,
               .trace_id = request.trace_id,
               .method = name(request.method),
               .route = route,
               .client = request.client,
               .user_id = user,
               .note = exchange.response.log_note,
               .status = encoded.status,
               .duration_ms = took.count() * 1000,
               .bytes = bytes});
}

/// False if nothing more can be read, or is wanted.
Awaitable<bool> Connection::read_more() {
  const Site& site = loop_.site();
  if (!exchange_) {
    if (site.stopping) co_return false;
    if (phase_ != Phase::greeting) enter(Phase::idle, site.options.timeouts.idle_ms);
    if (out_.capacity() > kept_output) std::string().swap(out_);
  }
  const std::size_t most = !exchange_              ? ReadBuffer::smallest
                           : phase_ == Phase::body ? body_buffer
                                                   : site.options.limits.max_header_bytes + ReadBuffer::smallest;
  const std::span<char> room = buffer_.room(most);
  error_code error;
  std::size_t size = 0;
  if (room.empty()) error = asio::error::no_buffer_space;
  else size = co_await transport_->read(asio::buffer(room.data(), room.size()), error);
  if (!error) {
    buffer_.filled(size);
    co_return true;
  }
  const bool answerable = exchange_ && !aborted_ && (parser_.started() || !buffer_.empty());
  if (room.empty()) on_malformed({400, "malformed_request", {"잘못된 요청입니다.", "The request is malformed."}});
  else if (timed_out_ && answerable) on_malformed(too_slow);
  co_return false;
}

/// Writes all that is to be written. False if the client can't take it.
Awaitable<bool> Connection::flush() {
  if (out_.empty() && tail_.empty()) co_return true;
  Transport::Buffers buffers{asio::buffer(out_), asio::buffer(tail_)};
  error_code error;
  std::size_t written = transport_->write_now(buffers, error);
  if (!error && written < out_.size() + tail_.size()) {
    const Phase before = phase_;
    const Clock::time_point deadline = deadline_;
    enter(Phase::writing, loop_.site().options.timeouts.write_ms);
    for (asio::const_buffer& each : buffers) {
      const std::size_t skip = std::min(written, each.size());
      each += skip;
      written -= skip;
    }
    co_await transport_->write(buffers, error);
    phase_ = before;
    deadline_ = deadline;
  }
  out_.clear();
  if (!tail_.empty()) {
    tail_ = {};
    if (keep_alive_) loop_.give_back(std::move(exchange_));
  }
  co_return !error;
}

void Connection::resume(const Exchange& exchange) {
  if (exchange_.get() != &exchange) return;
  if (exchange.arrived || exchange.admitted) {
    arrived_ = true;
  } else {
    wants_interrupts_ = true;
    if (loop_.site().stopping) interrupt(Interrupt::stopping);
  }
  if (watching_ && arrived_) transport_->cancel();
  waiting_.resume();  // nothing if it is still writing earlier answers, or watching
}

void Connection::check(Clock::time_point now) noexcept {
  if (goes_on_as_) return goes_on_as_->check(now);
  if (now < deadline_) return;
  deadline_ = Clock::time_point::max();
  timed_out_ = true;
  transport_->cancel();
}

void Connection::wind_down() noexcept {
  if (goes_on_as_) return goes_on_as_->wind_down();
  if (wants_interrupts_ && !arrived_) return interrupt(Interrupt::stopping);
  if (phase_ == Phase::idle || phase_ == Phase::greeting) transport_->cancel();
}

void Connection::abort() {
  aborted_ = true;
  if (goes_on_as_) return goes_on_as_->abort();
  transport_->close();
  waiting_.resume();
}

/// Sends what is left and takes leave. A client that is still sending would be reset, and might lose the answer, if
/// what it sends were not read.
Awaitable<void> Connection::close() {
  if (exchange_ && !exchange_->handed_over) exchange_->request.begun.reset();  // what is still to come of it never will
  const bool written = co_await flush();
  if (!written || aborted_) co_return;
  enter(Phase::closing, linger_ms);
  co_await transport_->finish();
  if (!linger_ && buffer_.empty()) co_return;
  std::size_t read = 0;
  error_code error;
  while (!error && read < most_lingered) {
    buffer_.used(buffer_.view().size());
    const std::span<char> room = buffer_.room(ReadBuffer::smallest);
    const std::size_t size = co_await transport_->read(asio::buffer(room.data(), room.size()), error);
    read += size;
  }
}

}  // namespace tiketi::http
