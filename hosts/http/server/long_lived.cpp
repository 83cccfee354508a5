#include "server/long_lived.hpp"

#include "server/loop.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <string_view>
#include <utility>

namespace tiketi::http {
namespace {

constexpr unsigned most_reads_in_a_row = 16;  // then others have their turn
constexpr std::size_t most_dropped = 1024 * 1024;
constexpr std::int64_t linger_ms = 2'000;  // for the client to close too, after we have

}  // namespace

LongLived::LongLived(Loop& loop, std::unique_ptr<Transport> transport, const QueueLimits& limits)
    : loop_(loop), transport_(std::move(transport)), limits_(limits) {}

Awaitable<void> LongLived::run(std::string read) {
  const std::shared_ptr<LongLived> self = shared_from_this();
  guarded([this] { opened(); });
  if (!read.empty()) take_in(read);
  std::string().swap(read);
  unsigned reads = 0;
  error_code error;
  while (!over_ && !error) {
    const std::span<char> room = loop_.input();
    const std::size_t size = transport_->read_now(asio::buffer(room.data(), room.size()), error);
    if (error) break;
    if (size > 0) {
      take_in(room.first(size));
      if (++reads % most_reads_in_a_row == 0) co_await loop_.others();
    } else {
      co_await transport_->readable(error);
    }
  }
  // It has said goodbye and sends no more, but is to get ours.
  if (error == asio::error::eof && writing_ && leaving_ && !over_) co_await left_.wait();
  over_ = true;
  guarded([this] { ended(); });
  transport_->close();
}

void LongLived::take_in(std::span<char> bytes) {
  if (over_) return;
  if (!leaving_) return guarded([&] { take(bytes); });
  dropped_ += bytes.size();
  if (dropped_ > most_dropped) cut();
}

void LongLived::guarded(const std::function<void()>& call) noexcept {
  const auto tell = [this](std::string_view what) {
    telemetry::Log* log = loop_.site().options.log;
    if (log) log->write(telemetry::Level::error, "a listener threw", {{"cause", what}});
    if (!over_) crashed();
  };
  try {
    call();
  } catch (const std::exception& error) {
    tell(error.what());
  } catch (...) {
    tell("something that is no std::exception");
  }
}

LongLived::Taken LongLived::send(Chunk chunk, How how) {
  if (leaving()) return Taken::closed;
  const bool full = queue_.messages() >= limits_.messages || queue_.bytes() + chunk.size() > limits_.bytes;
  if (full && !how.always && !queue_.empty()) return Taken::full;
  std::size_t sent = 0;
  if (queue_.empty() && !writing_ && !how.follows) {
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(chunk.head.data(), chunk.head_size),
                                                       asio::buffer(*chunk.payload)};
    if (!write_at_once(buffers, sent)) return Taken::closed;
    if (sent == chunk.size()) return Taken::yes;
  }
  queue_.add(std::move(chunk), sent);
  if (how.follows || writing_) return Taken::yes;
  if (sent > 0 || queue_.messages() == 1) start_writing();  // it did not go at once
  else write_queued();
  return leaving() ? Taken::closed : Taken::yes;
}

/// False if the connection is lost.
bool LongLived::write_at_once(std::span<const asio::const_buffer> buffers, std::size_t& sent) {
  error_code error;
  sent = transport_->write_now(buffers, error);
  if (error) cut();
  return !error;
}

/// What was held back for what followed.
void LongLived::write_queued() {
  SendQueue::Buffers buffers;
  while (!queue_.empty()) {
    const std::size_t count = queue_.gather(buffers);
    std::size_t sent = 0;
    if (!write_at_once(std::span(buffers.data(), count), sent)) return;
    if (sent == 0) return start_writing();
    queue_.sent(sent);
  }
}

void LongLived::leave() {
  if (leaving()) return;
  leaving_ = true;
  start_writing();
}

void LongLived::start_writing() {
  if (std::exchange(writing_, true)) return;
  loop_.spawn(write(shared_from_this()));
}

/// `self` keeps this alive: the connection may be over before it.
Awaitable<void> LongLived::write(std::shared_ptr<LongLived> self) {
  const auto patience = std::chrono::milliseconds(loop_.site().options.timeouts.write_ms);
  error_code error;
  while (!over_ && !queue_.empty()) {
    progress_by_ = Clock::now() + patience;
    co_await transport_->write_some(queue_, error);
    if (error) cut();
  }
  progress_by_ = Clock::time_point::max();
  if (leaving_ && !over_) {
    end_in(linger_ms);
    co_await transport_->finish();
    writing_ = false;  // nothing is sent any more: we are leaving
    left_.resume();
  } else if (!over_) {
    writing_ = false;  // before the listener sends more
    guarded([&self] { self->drained(); });
  } else {
    left_.resume();
  }
}

void LongLived::check(Clock::time_point now) noexcept {
  if (now >= deadline_ || now >= progress_by_) cut();
}

void LongLived::end_in(std::int64_t ms) noexcept { deadline_ = Clock::now() + std::chrono::milliseconds(ms); }

void LongLived::cut() noexcept {
  over_ = true;
  deadline_ = progress_by_ = Clock::time_point::max();
  transport_->cancel();
}

void LongLived::abort() noexcept {
  over_ = true;
  transport_->close();
}

}  // namespace tiketi::http
