#include "live/queue_stream.hpp"

#include "server/json_writer.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace tiketi::http::live {
namespace {

constexpr std::int64_t beat_ms = 15'000;  // so that no proxy takes the silence for the end

class StreamReceiver final : public Receiver {
 public:
  explicit StreamReceiver(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  void tell(const Message& message) override {
    stream_->send(make_payload(server_sent_event(message.name(), message.payload())));
  }

 private:
  const std::shared_ptr<Stream> stream_;
};

}  // namespace

void QueueStream::on_open(const std::shared_ptr<Stream>& stream) {
  stream_ = stream;
  Clients* clients = here_();
  if (clients == nullptr) return stream->close();
  beat();
  client_ = clients->add_to_queue(user_, std::make_unique<StreamReceiver>(stream), event_,
                                  [self = weak_from_this()](std::string_view error, std::string_view) {
                                    const auto here = self.lock();
                                    if (here && !error.empty()) here->refuse(error);
                                  });
}

void QueueStream::refuse(std::string_view error) {
  std::string payload;
  JsonWriter(payload).object([&](JsonWriter& json) { json.member("error", error); });
  stream_->send(make_payload(server_sent_event("queue-refused", payload)));
  stream_->close();
}

void QueueStream::beat() {
  timer_.start(stream_->loop(), beat_ms, [this] {
    stream_->send(make_payload(":\n\n"));
    beat();
  });
}

void QueueStream::on_closed(Stream&) {
  timer_.cancel();
  if (Clients* clients = here_()) clients->remove(client_);
  client_ = ClientId::none;
}

}  // namespace tiketi::http::live
