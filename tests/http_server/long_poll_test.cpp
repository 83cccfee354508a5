// RT1: requests that are held until there is something to tell, on threads that keep the sessions they belong to.

#include "http_server/toy_server.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

using namespace http;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Polls that are held until the test answers them. Outlives the server.
class Held {
 public:
  Router routes() {
    Router router;
    router.add(Method::get, "/poll", Access::anyone, Deferred{[this](const Request&, Respond respond) {
                 respond.on_interrupt([this](Interrupt why) {
                   const std::lock_guard lock(mutex_);
                   interrupts_.push_back(why);
                   changed_.notify_all();
                 });
                 const std::lock_guard lock(mutex_);
                 polls_.push_back(std::move(respond));
                 changed_.notify_all();
               }});
    return router;
  }
  Respond poll(std::size_t index) {
    wait([&] { return polls_.size() > index; });
    return polls_[index];
  }
  std::vector<Interrupt> interrupts(std::size_t count) {
    wait([&] { return interrupts_.size() >= count; });
    return interrupts_;
  }
  bool any_interrupt() {
    const std::lock_guard lock(mutex_);
    return !interrupts_.empty();
  }
  void forget() {
    std::vector<Respond> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(polls_);
  }

 private:
  template <class Condition>
  void wait(Condition condition) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(10), condition)) throw std::runtime_error("nothing happened");
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Respond> polls_;
  std::vector<Interrupt> interrupts_;
};

constexpr auto poll_request = "GET /poll HTTP/1.1\r\nHost: t\r\n\r\n";

// No time-out of the server's ends a held request: this one outlasts each of them many times.
TEST(LongPoll, IsHeldAsLongAsItTakes) {
  Held held;
  ServerOptions options = toy_options();
  options.timeouts = {30, 30, 30, 30};
  ToyServer server(std::move(options), held.routes());
  HttpClient client = server.connect();
  client.send(poll_request);
  const Respond respond = held.poll(0);
  EXPECT_FALSE(client.has_input_within(500));
  respond(text(200, "at last"));
  EXPECT_EQ(client.read().body, "at last");
  EXPECT_EQ(client.get("/hello").status, 200);  // the connection is as good as before
  EXPECT_FALSE(held.any_interrupt());
}

/// A route that is told of requests whose bodies are still to come, and notes what it was told.
class Announced {
 public:
  Router routes() {
    Router router;
    router.add(Method::post, "/upload", Access::anyone,
               Deferred{[](const Request& request, Respond respond) {
                          respond(text(200, request.begun ? "was announced" : "was not"));
                        },
                        [this](const Request& request) -> std::shared_ptr<void> {
                          if (request.header("x-wrong") == "yes") {
                            ++refused;
                            throw std::runtime_error("wrong");
                          }
                          ++begun;
                          return std::shared_ptr<void>(this, [this](void*) { ++ended; });
                        }});
    return router;
  }
  static bool reaches(const std::atomic<int>& count, int value) {
    const auto until = Clock::now() + milliseconds(5'000);
    while (count < value && Clock::now() < until) std::this_thread::sleep_for(milliseconds(1));
    return count == value;
  }

  std::atomic<int> begun = 0;
  std::atomic<int> refused = 0;
  std::atomic<int> ended = 0;
};

std::string upload(std::string_view begin_of_body, std::string_view headers = "Content-Length: 6\r\n") {
  return "POST /upload HTTP/1.1\r\nHost: t\r\n" + std::string(headers) + "\r\n" + std::string(begin_of_body);
}

TEST(DeferredRoute, IsToldOfABodyThatIsStillToCome) {
  Announced announced;
  ToyServer server(toy_options(), announced.routes());
  HttpClient client = server.connect();
  for (const std::string_view chunked : {"", "Transfer-Encoding: chunked\r\n"}) {
    client.send(chunked.empty() ? upload("abc") : upload("3\r\nabc\r\n", chunked));
    EXPECT_TRUE(Announced::reaches(announced.begun, chunked.empty() ? 1 : 2));
    client.send(chunked.empty() ? "def" : "0\r\n\r\n");
    EXPECT_EQ(client.read().body, "was announced");
  }
  EXPECT_TRUE(Announced::reaches(announced.ended, 2));
  EXPECT_EQ(client.post("/upload", "abcdef").body, "was not");  // it came with its headers
  EXPECT_EQ(announced.begun, 2);
}

/// Sends the beginning of a request, of which the route is told.
HttpClient begin(const ToyServer& server, const Announced& announced, std::string_view bytes) {
  const int before = announced.begun;
  HttpClient out = server.connect();
  out.send(bytes);
  EXPECT_TRUE(Announced::reaches(announced.begun, before + 1));
  return out;
}

TEST(DeferredRoute, LetsGoOfARequestThatNeverComes) {
  Announced announced;
  ServerOptions options = toy_options();
  options.timeouts.body_ms = 100;
  ToyServer server(std::move(options), announced.routes());
  { const HttpClient gone = begin(server, announced, upload("abc")); }
  EXPECT_TRUE(Announced::reaches(announced.ended, 1));
  EXPECT_EQ(begin(server, announced, upload("abc")).read().status, 408);
  EXPECT_TRUE(Announced::reaches(announced.ended, 2));
}

TEST(DeferredRoute, LetsGoOfARequestThatIsRefused) {
  Announced announced;
  ServerOptions options = toy_options();
  options.limits.max_body = 20;
  ToyServer server(std::move(options), announced.routes());
  HttpClient large = begin(server, announced, upload("3\r\nabc\r\n", "Transfer-Encoding: chunked\r\n"));
  large.send("1f\r\n");
  EXPECT_EQ(large.read().status, 413);
  EXPECT_TRUE(Announced::reaches(announced.ended, 1));
}

TEST(DeferredRoute, AnnouncementThatThrowsIsAnError) {
  Announced announced;
  ToyServer server(toy_options(), announced.routes());
  HttpClient client = server.connect();
  client.send(upload("abc", "Content-Length: 6\r\nX-Wrong: yes\r\n"));
  EXPECT_TRUE(Announced::reaches(announced.refused, 1));
  client.send("def");
  EXPECT_EQ(client.read().status, 500);
  EXPECT_EQ(client.post("/upload", "abcdef").body, "was not");  // the connection is as good as before
}

TEST(LongPoll, LearnsThatTheClientIsGone) {
  Held held;
  ToyServer server(toy_options(), held.routes());
  {
    HttpClient client = server.connect();
    client.send(poll_request);
    held.poll(0);
  }
  EXPECT_EQ(held.interrupts(1), std::vector{Interrupt::client_gone});
  held.poll(0)(text(200, "to nobody"));
  while (server->connections() > 0) std::this_thread::sleep_for(milliseconds(1));
}

TEST(LongPoll, AnswersWhoOnlyDoesNotSendMore) {
  Held held;
  ToyServer server(toy_options(), held.routes());
  HttpClient client = server.connect();
  client.send(poll_request);
  held.poll(0);
  client.finish_sending();
  held.interrupts(1);
  held.poll(0)(text(200, "you are there"));
  EXPECT_EQ(client.read().body, "you are there");
  EXPECT_TRUE(client.closed_within(10'000));
}

TEST(LongPoll, WhatComesMeanwhileWaitsItsTurn) {
  Held held;
  ToyServer server(toy_options(), held.routes());
  HttpClient client = server.connect();
  client.send(poll_request);
  const Respond first = held.poll(0);
  client.send("GET /hello HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_FALSE(client.has_input_within(50));
  client.send(std::string(poll_request) + poll_request);
  first(text(200, "first"));
  EXPECT_EQ(client.read().body, "first");
  EXPECT_EQ(client.read().body, R"({"hello":"world"})");
  held.poll(1)(text(200, "second"));
  EXPECT_EQ(client.read().body, "second");
  held.poll(2)(text(200, "third"));
  EXPECT_EQ(client.read().body, "third");
  EXPECT_FALSE(held.any_interrupt());
}

// However much comes, little of it is read before its turn.
TEST(LongPoll, AFloodBehindItWaitsOutside) {
  Held held;
  ToyServer server(toy_options(), held.routes());
  HttpClient client = server.connect();
  client.send(poll_request);
  const Respond respond = held.poll(0);
  std::string flood;
  for (int i = 0; i < 1'000; ++i) flood += "GET /hello HTTP/1.1\r\nHost: t\r\n\r\n";
  client.send(flood);
  EXPECT_FALSE(client.has_input_within(50));
  respond(text(200, "now"));
  EXPECT_EQ(client.read().body, "now");
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(client.read().status, 200);
}

TEST(LongPoll, LearnsThatTheServerStops) {
  Held held;
  ToyServer server(toy_options(), held.routes());
  HttpClient client = server.connect();
  client.send(poll_request);
  held.poll(0);
  client.has_input_within(20);  // the callback reaches the connection's thread
  std::thread stopping([&] { server->stop(60'000); });
  EXPECT_EQ(held.interrupts(1), std::vector{Interrupt::stopping});
  held.poll(0)(text(200, "goodbye"));
  const HttpReply reply = client.read();
  EXPECT_EQ(reply.body, "goodbye");
  EXPECT_EQ(reply.header("Connection"), "close");
  stopping.join();
  EXPECT_EQ(server->connections(), 0U);
}

TEST(LongPoll, AnsweredAtOnceIsAnOrdinaryRequest) {
  Router router;
  router.add(Method::get, "/quick", Access::anyone, Deferred{[](const Request&, const Respond& respond) {
               respond.on_interrupt([](Interrupt) {});
               respond(text(200, "quick"));
             }});
  ToyServer server(toy_options(), std::move(router));
  HttpClient client = server.connect();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client.get("/quick").body, "quick");
}

// SO_REUSEPORT brings polls to any thread; the session lives on one, which answers all of them.
TEST(EventLoop, ASessionOnOneThreadAnswersForAll) {
  std::mutex mutex;
  std::shared_ptr<EventLoop> home;
  std::atomic<int> elsewhere = 0;
  int on_home = 0;  // touched there only
  Router router;
  router.add(Method::get, "/session", Access::anyone, Deferred{[&](const Request&, Respond respond) {
               const std::lock_guard lock(mutex);
               if (!home) home = EventLoop::current();
               if (!home->is_current()) ++elsewhere;
               home->post([&, respond = std::move(respond)] {
                 EXPECT_TRUE(home->is_current());
                 EXPECT_EQ(EventLoop::current(), home);
                 respond(text(200, std::to_string(++on_home)));
               });
             }});
  ServerOptions options = toy_options();
  options.threads = 3;
  ToyServer server(std::move(options), std::move(router));
  EXPECT_EQ(server->loops().size(), 3U);
  for (int i = 1; i <= 60; ++i) EXPECT_EQ(server.get("/session").body, std::to_string(i));
  EXPECT_GT(elsewhere, 0);
  EXPECT_EQ(std::ranges::count(server->loops(), home), 1);
  EXPECT_EQ(EventLoop::current(), nullptr);
}

TEST(EventLoop, TimersKeepTheTimeAndTheOrder) {
  ToyServer server;
  const std::shared_ptr<EventLoop> loop = server->loops()[0];
  struct Timers {
    Timer later, sooner, never, again;
  };
  auto timers = std::make_unique<Timers>();
  std::vector<std::string> order;
  std::optional<Clock::time_point> fired;
  int rounds = 0;
  Gate done;
  const Clock::time_point begun = Clock::now();
  std::function<void()> again = [&] {
    order.push_back("again");
    if (++rounds < 3) timers->again.start(loop, 40, again);
    else done.open();
  };
  loop->post([&] {
    timers->later.start(loop, 60, [&] { order.push_back("later"); });
    timers->sooner.start(loop, 20, [&] {
      fired = Clock::now();
      order.push_back("sooner");
      timers->never.cancel();
    });
    timers->never.start(loop, 30, [&] { order.push_back("never"); });
    timers->again.start(loop, 1'000'000, [&] { order.push_back("replaced"); });
    timers->again.start(loop, 40, again);
  });
  done.pass();
  EXPECT_EQ(order, (std::vector<std::string>{"sooner", "again", "later", "again", "again"}));
  EXPECT_GE(*fired - begun, milliseconds(20));
  EXPECT_LT(*fired - begun, milliseconds(1'000));  // usually 20 and a bit; machines may be busy
  Gate destroyed;
  loop->post([&] {
    timers.reset();
    destroyed.open();
  });
  destroyed.pass();
}

TEST(EventLoop, MayBeKeptLongerThanTheServer) {
  std::shared_ptr<EventLoop> loop;
  Timer timer;
  {
    ToyServer server;
    loop = server->loops()[0];
    Gate started;
    loop->post([&] {
      timer.start(loop, 1'000'000, [] { FAIL(); });
      started.open();
    });
    started.pass();
  }
  loop->post([] { FAIL() << "there is no thread any more"; });
  timer.cancel();
  EXPECT_FALSE(loop->is_current());
}

TEST(EventLoop, LogsWhatATaskThrows) {
  CapturedLog log;
  ServerOptions options = toy_options();
  options.log = log.log();
  ToyServer server(std::move(options));
  server->loops()[0]->post([] { throw std::runtime_error("thrown by a task"); });
  EXPECT_EQ(server.get("/hello").status, 200);
  EXPECT_NE(log.text().find("thrown by a task"), std::string::npos);
}

}  // namespace
}  // namespace tiketi::test
