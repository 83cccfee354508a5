#pragma once
// A customer's place in a queue as Server-Sent Events: `position`, which tells what GET /queue/status does;
// `queue-entry-allowed` and `queue-cleared` as over Socket.IO; `queue-refused` with {error}, and the end, if there is
// no such event.

#include "live/clients.hpp"
#include "server/event_loop.hpp"
#include "server/event_stream.hpp"

#include <functional>
#include <memory>

namespace tiketi::http::live {

class QueueStream final : public StreamListener, public std::enable_shared_from_this<QueueStream> {
 public:
  /// `here`: the clients of the thread that calls.
  QueueStream(std::function<Clients*()> here, UserId user, EventId event)
      : here_(std::move(here)), user_(user), event_(event) {}

  void on_open(const std::shared_ptr<Stream>& stream) override;
  void on_closed(Stream& stream) override;

 private:
  void refuse(std::string_view error);
  void beat();

  const std::function<Clients*()> here_;
  const UserId user_;
  const EventId event_;
  std::shared_ptr<Stream> stream_;
  ClientId client_ = ClientId::none;
  Timer timer_;
};

}  // namespace tiketi::http::live
