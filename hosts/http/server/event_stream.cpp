#include "server/event_stream.hpp"

#include "server/long_lived.hpp"
#include "server/loop.hpp"

#include <algorithm>
#include <utility>

namespace tiketi::http {
namespace {

constexpr std::size_t most_taken = 64 * 1024;  // of what a client sends though nobody listens

}  // namespace

/// One stream's connection.
class StreamSession : public LongLived {
 public:
  StreamSession(Loop& loop, std::unique_ptr<Transport> transport, AcceptStream accepted)
      : LongLived(loop, std::move(transport), accepted.queue),
        listener_(std::move(accepted.listener)),
        stream_(std::make_shared<Stream>(loop.events())) {
    stream_->session_ = this;
  }
  ~StreamSession() override { stream_->session_ = nullptr; }

  bool is_open() const noexcept { return !leaving(); }
  std::size_t queued_bytes() const noexcept { return queue().bytes(); }
  void end() { leave(); }
  void cut_off() noexcept { cut(); }

  bool send_bytes(Payload bytes) {
    Chunk chunk;
    chunk.payload = std::move(bytes);
    const Taken taken = send(std::move(chunk), {});
    if (taken == Taken::full) listener_->on_overflow(*stream_);
    return taken == Taken::yes;
  }

  void wind_down() override { leave(); }

 protected:
  void opened() override { listener_->on_open(stream_); }
  void take(std::span<char> bytes) override {
    taken_ += bytes.size();
    if (taken_ > most_taken) cut();
  }
  void drained() override { listener_->on_writable(*stream_); }
  void ended() override {
    stream_->session_ = nullptr;
    listener_->on_closed(*stream_);
  }
  void crashed() override { leave(); }

 private:
  std::shared_ptr<StreamListener> listener_;
  std::shared_ptr<Stream> stream_;
  std::size_t taken_ = 0;
};

bool Stream::send(Payload bytes) { return session_ && session_->send_bytes(std::move(bytes)); }
void Stream::close() {
  if (session_) session_->end();
}
void Stream::abort() {
  if (session_) session_->cut_off();
}
bool Stream::is_open() const noexcept { return session_ && session_->is_open(); }
std::size_t Stream::queued_bytes() const noexcept { return session_ ? session_->queued_bytes() : 0; }
void Stream::post(std::function<void(Stream&)> task) {
  loop_->post([self = shared_from_this(), task = std::move(task)] { task(*self); });
}

void StreamListener::on_overflow(Stream& stream) { stream.abort(); }

std::string server_sent_event(std::string_view name, std::string_view data, std::string_view id) {
  std::string out;
  const auto field = [&](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    out.append(key).append(": ");
    std::ranges::copy_if(value, std::back_inserter(out), [](char c) { return c != '\r' && c != '\n' && c != '\0'; });
    out += '\n';
  };
  field("event", name);
  field("id", id);
  while (true) {
    const std::size_t end = data.find_first_of("\r\n");
    out.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == data.npos) break;
    data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  return out += '\n';
}

std::shared_ptr<LongLived> make_stream(Loop& loop, std::unique_ptr<Transport> transport, AcceptStream accepted) {
  return std::make_shared<StreamSession>(loop, std::move(transport), std::move(accepted));
}

}  // namespace tiketi::http
