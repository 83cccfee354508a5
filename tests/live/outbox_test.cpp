// RT3: what a plain WebSocket has still to be sent grows without bound for nobody, and of news only the latest counts.

#include "live/outbox.hpp"
#include "http_server/toy_server.hpp"
#include "http_server/toy_web_socket.hpp"
#include "http_server/web_socket_client.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace tiketi::http::live {
namespace {

using tiketi::test::on_thread_of;
using tiketi::test::WebSocketClient;

Payload text(std::string bytes) { return make_payload(std::move(bytes)); }

/// The outbox of a socket whose client reads when the test does.
class OutboxTest : public testing::Test {
 protected:
  class Listener : public WebSocketListener {
   public:
    explicit Listener(OutboxTest& test) : test_(test) {}
    void on_open(const std::shared_ptr<WebSocket>& socket) override {
      outbox_ = std::make_shared<Outbox>(socket);
      test_.opened_.set_value({socket, outbox_});
    }
    void on_text(WebSocket&, std::string_view) override {}
    void on_writable(WebSocket&) override { outbox_->flush(); }
    void on_closed(WebSocket&, std::uint16_t) override {}

   private:
    OutboxTest& test_;
    std::shared_ptr<Outbox> outbox_;
  };

  OutboxTest() : server_(tiketi::test::toy_options(), routes()), client_(server_.connect()) {
    std::tie(socket_, outbox_) = opened_.get_future().get();
  }

  Router routes() {
    Router out;
    out.add_web_socket("/ws", Access::anyone, {[this](Request&) {
                         return AcceptWebSocket{std::make_shared<Listener>(*this), {}, {.queue = unbounded_queue}};
                       }});
    return out;
  }

  void on_its_thread(const std::function<void()>& task) {
    on_thread_of(*socket_, [&](WebSocket&) { task(); });
  }

  /// Until the client is seen to take nothing; how many messages that took.
  int stuff() {
    int out = 0;
    on_its_thread([&] {
      for (; socket_->queued_bytes() == 0; ++out) outbox_->send(filler_);
    });
    return out;
  }

  const Payload filler_ = text(std::string(200'000, 'x'));
  std::promise<std::pair<std::shared_ptr<WebSocket>, std::shared_ptr<Outbox>>> opened_;
  tiketi::test::ToyServer server_;
  WebSocketClient client_;
  std::shared_ptr<WebSocket> socket_;
  std::shared_ptr<Outbox> outbox_;
};

TEST_F(OutboxTest, RT3_WhoReadsIsSentEverythingAtOnce) {
  on_its_thread([&] {
    for (int i = 0; i < 100; ++i) outbox_->send(text(std::to_string(i)), 7);
  });
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client_.read_text(), std::to_string(i));
}

TEST_F(OutboxTest, RT3_OfNewsAboutOneThingWhoIsSlowGetsTheLatest) {
  const int fillers = stuff();
  on_its_thread([&] {
    outbox_->send(text("a letter"));
    for (int i = 0; i < 5'000; ++i) outbox_->send(text("seat 7: " + std::to_string(i)), 7);
    outbox_->send(text("seat 8"), 8);
    outbox_->send(text("another letter"));
  });
  for (int i = 0; i < fillers; ++i) ASSERT_EQ(client_.read_text().size(), filler_->size());
  for (const char* expected : {"a letter", "seat 7: 4999", "seat 8", "another letter"})
    EXPECT_EQ(client_.read_text(), expected);
  on_its_thread([&] { outbox_->send(text("at once again")); });
  EXPECT_EQ(client_.read_text(), "at once again");
}

TEST_F(OutboxTest, RT3_WhoTakesNothingIsLetGo) {
  stuff();
  on_its_thread([&] {
    for (std::size_t i = 0; i < Outbox::max_messages; ++i) outbox_->send(text("x"));
    EXPECT_TRUE(socket_->is_open());
    outbox_->send(text("one too many"));
    EXPECT_FALSE(socket_->is_open());
  });
  tiketi::test::Frame frame = client_.read();
  while (frame.first != tiketi::test::close_frame) frame = client_.read();
  EXPECT_EQ(frame.close_code(), 1013);
}

TEST_F(OutboxTest, RT3_OneLargeMessageIsNoReasonToLetGo) {
  const int fillers = stuff();
  on_its_thread([&] {
    outbox_->send(text(std::string(2 * Outbox::max_bytes, 'y')));
    EXPECT_TRUE(socket_->is_open());
  });
  for (int i = 0; i < fillers; ++i) ASSERT_EQ(client_.read_text().size(), filler_->size());
  EXPECT_EQ(client_.read_text().size(), 2 * Outbox::max_bytes);
}

TEST_F(OutboxTest, RT3_WhoIsToldGoodbyeIsSentWhatWaitedBefore) {
  const int fillers = stuff();
  on_its_thread([&] {
    outbox_->send(text("an answer"));
    outbox_->close(1008, "no more");
  });
  for (int i = 0; i < fillers; ++i) ASSERT_EQ(client_.read_text().size(), filler_->size());
  EXPECT_EQ(client_.read_text(), "an answer");
  EXPECT_EQ(client_.read_close(), 1008);
}

TEST_F(OutboxTest, RT3_WhoWouldHaveTooManyBytesWaitingIsLetGo) {
  stuff();
  on_its_thread([&] {
    for (std::size_t waiting = 0; waiting < Outbox::max_bytes; waiting += filler_->size()) outbox_->send(filler_);
    EXPECT_TRUE(socket_->is_open());
    outbox_->send(text("x"));
    EXPECT_FALSE(socket_->is_open());
  });
}

}  // namespace
}  // namespace tiketi::http::live
