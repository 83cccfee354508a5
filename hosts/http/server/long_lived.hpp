#pragma once
// What a connection goes on as when its answer does not end: it reads whatever comes, and sends what is queued.

#include "server/event_stream.hpp"
#include "server/send_queue.hpp"
#include "server/suspension.hpp"
#include "server/transport.hpp"
#include "server/web_socket.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace tiketi::http {

class Loop;

/// Everything on its loop's thread. While it is idle it holds no buffers.
class LongLived : public std::enable_shared_from_this<LongLived> {
 public:
  LongLived(Loop& loop, std::unique_ptr<Transport> transport, const QueueLimits& limits);
  LongLived(const LongLived&) = delete;
  LongLived& operator=(const LongLived&) = delete;
  virtual ~LongLived() = default;

  /// Until the connection is closed. `read`: what came behind the request.
  Awaitable<void> run(std::string read);

  /// Ends what has taken too long.
  void check(std::chrono::steady_clock::time_point now) noexcept;
  /// The server stops: takes leave.
  virtual void wind_down() = 0;
  /// Closes now. The coroutines end soon, not yet.
  void abort() noexcept;

 protected:
  enum class Taken : std::uint8_t { yes, full, closed };

  virtual void opened() = 0;
  virtual void take(std::span<char> bytes) = 0;  ///< may change them
  virtual void drained() = 0;                    ///< all that was queued is sent
  virtual void ended() = 0;                      ///< the connection is lost, or was closed
  virtual void crashed() = 0;                    ///< one of the above threw

  struct How {
    bool always = false;   ///< whatever waits already
    bool follows = false;  ///< another follows at once, with which it may go
  };
  /// At once if that goes without waiting.
  Taken send(Chunk chunk, How how);
  /// Closes when all is sent: nothing more can be sent, what comes is dropped.
  void leave();
  /// Ends the connection soon, whatever is queued.
  void cut() noexcept;
  void end_in(std::int64_t ms) noexcept;

  bool leaving() const noexcept { return leaving_ || over_; }
  const SendQueue& queue() const noexcept { return queue_; }
  void drop_unsent() { queue_.drop_unsent(); }
  Loop& loop() const noexcept { return loop_; }

 private:
  using Clock = std::chrono::steady_clock;

  void take_in(std::span<char> bytes);
  void guarded(const std::function<void()>& call) noexcept;
  bool write_at_once(std::span<const asio::const_buffer> buffers, std::size_t& sent);
  void write_queued();
  void start_writing();
  Awaitable<void> write(std::shared_ptr<LongLived> self);

  Loop& loop_;
  std::unique_ptr<Transport> transport_;
  QueueLimits limits_;
  SendQueue queue_;
  Suspension left_;          // the coroutine that reads, when there is nothing more to read but some to send
  std::size_t dropped_ = 0;  // bytes that came while leaving
  Clock::time_point deadline_ = Clock::time_point::max();     // of everything
  Clock::time_point progress_by_ = Clock::time_point::max();  // of writing
  bool writing_ = false;                                      // the coroutine that sends what is queued is there
  bool leaving_ = false;
  bool over_ = false;
};

/// What the connection of an accepted request becomes.
std::shared_ptr<LongLived> make_web_socket(Loop& loop, std::unique_ptr<Transport> transport, AcceptWebSocket accepted);
std::shared_ptr<LongLived> make_stream(Loop& loop, std::unique_ptr<Transport> transport, AcceptStream accepted);

}  // namespace tiketi::http
