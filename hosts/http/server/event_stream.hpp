#pragma once
// Answers that don't end: bytes are written as they come, such as Server-Sent Events (HTML standard, 9.2), until the
// client goes or the server closes. The connection is closed with them.
//
// Everything is on the connection's thread (`loop()`), but for `post`.

#include "server/event_loop.hpp"
#include "server/payload.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tiketi::http {

class StreamSession;

/// May be kept longer than the connection lives; then it does nothing.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  explicit Stream(std::shared_ptr<EventLoop> loop) : loop_(std::move(loop)) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Sends bytes, at once if the client takes them, else behind those that wait. False if they were not taken: the
  /// stream is closed, or the queue is full; then the listener's `on_overflow` was called.
  bool send(Payload bytes);
  /// Ends the answer when what waits was sent.
  void close();
  void abort();  ///< cuts the connection

  bool is_open() const noexcept;
  std::size_t queued_bytes() const noexcept;

  /// Runs the task on the stream's thread, whether it is still open then or not. From any thread.
  void post(std::function<void(Stream&)> task);
  const std::shared_ptr<EventLoop>& loop() const noexcept { return loop_; }

 private:
  friend class StreamSession;
  std::shared_ptr<EventLoop> loop_;
  StreamSession* session_ = nullptr;
};

/// What happens to a stream; called on its thread, never from within a call of the stream's but for `on_overflow`.
class StreamListener {
 public:
  virtual ~StreamListener() = default;
  virtual void on_open(const std::shared_ptr<Stream>& stream) = 0;
  virtual void on_writable(Stream&) {}       ///< all that had to wait was sent
  virtual void on_overflow(Stream& stream);  ///< bytes were not taken; cuts the connection
  virtual void on_closed(Stream&) = 0;       ///< last of all, once: the client has gone, or we have closed
};

/// The answer 200 that begins a stream.
struct AcceptStream {
  std::shared_ptr<StreamListener> listener;  ///< kept until the stream is closed
  std::string content_type = "text/event-stream";
  QueueLimits queue;
};

/// One Server-Sent Event. Name and id may be empty; line ends inside them are dropped, those of the data are kept.
std::string server_sent_event(std::string_view name, std::string_view data, std::string_view id = {});

}  // namespace tiketi::http
