// RT2: answers that stay open, as Server-Sent Events.

#include "http_server/toy_server.hpp"

#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

using namespace http;

/// Streams at `/events`, told of to the test. Outlives the server.
class Streams {
 public:
  Router routes(QueueLimits queue = {}) {
    Router router;
    router.add(Method::get, "/events", Access::anyone,
               OpenStream{[this, queue](Request& request) -> std::variant<Response, AcceptStream> {
                 if (request.query("topic") == "nothing") return text(404, "no such topic");
                 AcceptStream out{std::make_shared<Listener>(*this), "text/event-stream", queue};
                 return out;
               }});
    return router;
  }
  std::shared_ptr<Stream> stream(std::size_t index) {
    wait([&] { return open_.size() > index; });
    return open_[index];
  }
  void wait_for_closed(int count) {
    wait([&] { return closed_ >= count; });
  }

 private:
  template <class Condition>
  void wait(Condition condition) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(10), condition)) throw std::runtime_error("nothing happened");
  }
  struct Listener : StreamListener {
    explicit Listener(Streams& of) : all(of) {}
    void on_open(const std::shared_ptr<Stream>& stream) override {
      stream->send(make_payload(server_sent_event("", "welcome")));
      const std::lock_guard lock(all.mutex_);
      all.open_.push_back(stream);
      all.changed_.notify_all();
    }
    void on_closed(Stream& stream) override {
      EXPECT_FALSE(stream.send(make_payload("too late")));
      const std::lock_guard lock(all.mutex_);
      ++all.closed_;
      all.changed_.notify_all();
    }
    Streams& all;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<Stream>> open_;
  int closed_ = 0;
};

void send(Stream& stream, const Payload& payload) {
  stream.post([payload](Stream& self) { self.send(payload); });
}

TEST(EventStream, BringsEventsAsTheyCome) {
  Streams streams;
  ServerOptions options = toy_options();
  options.timeouts = {50, 50, 50, 50};  // none of them is for streams
  ToyServer server(std::move(options), streams.routes());
  HttpClient client = server.connect();
  client.send("GET /events HTTP/1.1\r\nHost: t\r\nAccept-Encoding: gzip\r\n\r\n");
  const HttpReply head = client.read();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(head.header("Cache-Control"), "no-store");
  EXPECT_EQ(head.header("Connection"), "close");
  EXPECT_FALSE(head.has("Content-Length") || head.has("Content-Encoding"));
  EXPECT_EQ(client.read_bytes(15), "data: welcome\n\n");
  EXPECT_FALSE(client.has_input_within(300));
  const std::string event = server_sent_event("seat", "A1\nsold", "7");
  EXPECT_EQ(event, "event: seat\nid: 7\ndata: A1\ndata: sold\n\n");
  send(*streams.stream(0), make_payload(event));
  EXPECT_EQ(client.read_bytes(event.size()), event);
  streams.stream(0)->post([](Stream& self) {
    self.send(make_payload("data: last\n\n"));
    self.close();
    EXPECT_FALSE(self.send(make_payload("data: too late\n\n")));
  });
  EXPECT_EQ(client.read_bytes(12), "data: last\n\n");
  EXPECT_TRUE(client.closed_within(10'000));
}

TEST(EventStream, RefusesAndAnswersHead) {
  Streams streams;
  ToyServer server(toy_options(), streams.routes());
  HttpClient client = server.connect();
  EXPECT_EQ(client.get("/events?topic=nothing").body, "no such topic");
  const HttpReply head = client.request("HEAD", "/events");
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(client.get("/hello").status, 200);
}

TEST(EventStream, LearnsThatTheClientIsGone) {
  Streams streams;
  ToyServer server(toy_options(), streams.routes());
  {
    HttpClient client = server.connect();
    client.send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n");
    streams.stream(0);
  }
  streams.wait_for_closed(1);
  while (server->connections() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

TEST(EventStream, IsCutOffWhenTooMuchWaits) {
  Streams streams;
  ToyServer server(toy_options(), streams.routes({.bytes = 1'000'000, .messages = 100}));
  HttpClient client = server.connect();
  client.send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n");
  const std::shared_ptr<Stream> stream = streams.stream(0);
  const Payload payload = make_payload(std::string(100'000, 'x'));
  stream->post([payload](Stream& self) {
    for (int i = 0; i < 1'000 && self.send(payload); ++i) EXPECT_LE(self.queued_bytes(), 1'000'000U);
    EXPECT_FALSE(self.is_open());
  });
  streams.wait_for_closed(1);
}

TEST(EventStream, EndsWhenTheServerStops) {
  Streams streams;
  ToyServer server(toy_options(), streams.routes());
  std::vector<HttpClient> clients;
  for (std::size_t i = 0; i < 3; ++i) {
    clients.push_back(server.connect());
    clients.back().send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n");
    streams.stream(i);
  }
  std::thread stopping([&] { server->stop(60'000); });
  for (HttpClient& each : clients) EXPECT_TRUE(each.closed_within(10'000));
  clients.clear();
  stopping.join();
  streams.wait_for_closed(3);
  EXPECT_FALSE(streams.stream(0)->is_open());
}

TEST(ServerSentEvent, KeepsWhatItIsMadeOfApart) {
  EXPECT_EQ(server_sent_event("", ""), "data: \n\n");
  EXPECT_EQ(server_sent_event("a\nb", "1\r\n2\r3\n", "x\ny"),
            "event: ab\nid: xy\ndata: 1\ndata: 2\ndata: 3\ndata: \n\n");
}

}  // namespace
}  // namespace tiketi::test
