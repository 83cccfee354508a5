// Who may call, where handlers run, and what happens when they are slow, full or broken.

#include "http_server/toy_server.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

using namespace http;

/// `user`, `admin`, `gone` are tokens that are known; `stale` is not.
Result<Caller> authenticate(std::string_view token) {
  Caller caller;
  caller.user_id = UserId{{1, 2}};
  caller.email = std::string(token) + "@example.com";
  caller.admin = token == "admin";
  if (token == "user" || token == "admin") return caller;
  if (token == "gone") return Error{Errc::account_gone, "deleted"};
  return Error{Errc::token_invalid, "expired"};
}

Response who(Request& request) { return text(200, request.caller ? request.caller->email : "nobody"); }

Router guarded_routes() {
  Router router;
  const auto deferred = [](const Request& request, Respond respond) {
    respond(text(200, request.caller ? request.caller->email : "nobody"));
  };
  for (const auto& [prefix, handler] : {std::pair<std::string, Router::Handler>{"/direct", Direct{who}},
                                        {"/blocking", Blocking{who}},
                                        {"/deferred", Deferred{deferred}}}) {
    router.add(Method::get, prefix + "/anyone", Access::anyone, handler);
    router.add(Method::get, prefix + "/user", Access::user, handler);
    router.add(Method::get, prefix + "/admin", Access::admin, handler);
  }
  return router;
}

// Contract 1, auth: no token 401, bad token 403, account gone 401 USER_NOT_FOUND, not admin 403.
TEST(Access, IsTheSameForAllKindsOfHandlers) {
  ServerOptions options = toy_options();
  options.authenticate = authenticate;
  const ToyServer server(std::move(options), guarded_routes());
  HttpClient client = server.connect();
  for (const std::string kind : {"/direct", "/blocking", "/deferred"}) {
    const HttpReply none = client.get(kind + "/user");
    EXPECT_EQ(none.status, 401) << kind;
    EXPECT_NE(none.body.find("인증이 필요합니다."), std::string::npos);
    EXPECT_EQ(none.header("WWW-Authenticate"), "Bearer");
    EXPECT_EQ(client.get(kind + "/user", {{"Authorization", "Basic dXNlcg=="}}).status, 401);
    const HttpReply stale = client.get(kind + "/user", {{"Authorization", "Bearer stale"}});
    EXPECT_EQ(stale.status, 403) << kind;
    EXPECT_NE(stale.body.find("유효하지 않은 토큰입니다."), std::string::npos);
    const HttpReply gone = client.get(kind + "/user", {{"Authorization", "Bearer gone"}});
    EXPECT_EQ(gone.status, 401) << kind;
    EXPECT_NE(gone.body.find("USER_NOT_FOUND"), std::string::npos);
    EXPECT_EQ(client.get(kind + "/admin", {{"Authorization", "Bearer user"}}).status, 403) << kind;
    EXPECT_EQ(client.get(kind + "/user", {{"Authorization", "bearer user"}}).body, "user@example.com") << kind;
    EXPECT_EQ(client.get(kind + "/admin", {{"Authorization", "Bearer admin"}}).body, "admin@example.com") << kind;
  }
}

/// Remembers the tokens that were asked for once, like the one of the program; notes the threads that had to wait.
class Memory {
 public:
  Result<Caller> ask(std::string_view token) {
    const std::lock_guard lock(mutex_);
    askers_.insert(std::this_thread::get_id());
    ++asked_;
    known_.insert(std::string(token));
    return authenticate(token);
  }
  std::optional<Result<Caller>> recall(std::string_view token) {
    const std::lock_guard lock(mutex_);
    recallers_.insert(std::this_thread::get_id());
    if (!known_.contains(token)) return std::nullopt;
    return authenticate(token);
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  /// Whether a connection's thread had to wait.
  bool waited_on_a_connections_thread() {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(askers_, [&](const auto& each) { return recallers_.contains(each); });
  }

 private:
  std::mutex mutex_;
  std::set<std::string, std::less<>> known_;
  std::set<std::thread::id> askers_;
  std::set<std::thread::id> recallers_;
  int asked_ = 0;
};

// The connections' threads serve everybody else, too: they never wait for a store to tell who asks.
TEST(Access, IsFoundOutInAPoolUnlessItIsRemembered) {
  Memory memory;
  ServerOptions options = toy_options();
  options.pools = {{"store"}, {"sessions"}};
  options.authenticate = [&](std::string_view token) { return memory.ask(token); };
  options.authenticate_at_once = [&](std::string_view token) { return memory.recall(token); };
  options.authenticate_pool = "sessions";
  const ToyServer server(std::move(options), guarded_routes());
  HttpClient client = server.connect();
  for (const std::string kind : {"/direct", "/deferred"}) {
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(client.get(kind + "/admin", {{"Authorization", "Bearer admin"}}).body, "admin@example.com") << kind;
      EXPECT_EQ(client.get(kind + "/admin", {{"Authorization", "Bearer user"}}).status, 403) << kind;
      EXPECT_EQ(client.get(kind + "/user", {{"Authorization", "Bearer gone"}}).status, 401) << kind;
      EXPECT_EQ(client.get(kind + "/user").status, 401) << kind;
      EXPECT_EQ(client.get(kind + "/anyone", {{"Authorization", "Bearer never-seen"}}).body, "nobody") << kind;
    }
  }
  EXPECT_EQ(memory.asked(), 3);
  EXPECT_FALSE(memory.waited_on_a_connections_thread());
}

TEST(Access, IsRefusedWith503WhereTooManyWaitToBeTold) {
  Gate gate;
  ServerOptions options = toy_options();
  options.pools = {{"store", 1, 1}};
  options.authenticate = [&](std::string_view token) {
    gate.pass();
    return authenticate(token);
  };
  const ToyServer server(std::move(options), guarded_routes());
  const std::string ask = "GET /deferred/user HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer user\r\n\r\n";
  HttpClient first = server.connect();
  first.send(ask);
  gate.wait_for(1);
  HttpClient second = server.connect();
  second.send(ask);
  second.has_input_within(50);
  HttpClient third = server.connect();
  third.send(ask);
  EXPECT_EQ(third.read().status, 503);
  EXPECT_EQ(third.get("/hello").status, 200);
  gate.open();
  EXPECT_EQ(first.read().body, "user@example.com");
  EXPECT_EQ(second.read().body, "user@example.com");
}

// A public route never answers 401 or 403 to a stale token.
TEST(Access, AStaleTokenDoesNotCloseAPublicRoute) {
  ServerOptions options = toy_options();
  options.authenticate = authenticate;
  const ToyServer server(std::move(options), guarded_routes());
  for (const std::string kind : {"/direct", "/blocking", "/deferred"})
    for (const std::string token : {"Bearer stale", "Bearer gone"})
      EXPECT_EQ(server.get(kind + "/anyone", {{"Authorization", token}}).body, "nobody") << kind;
  EXPECT_EQ(server.get("/blocking/anyone", {{"Authorization", "Bearer user"}}).body, "user@example.com");
}

TEST(Handlers, ThatThrowAnswer500AndTheConnectionGoesOn) {
  CapturedLog log;
  Router router;
  const auto broken = [](Request&) -> Response { throw std::runtime_error("secret table users"); };
  router.add(Method::get, "/direct", Access::anyone, Direct{broken});
  router.add(Method::get, "/blocking", Access::anyone, Blocking{broken});
  router.add(Method::get, "/deferred", Access::anyone,
             Deferred{[](const Request&, const Respond&) { throw std::runtime_error("secret table users"); }});
  router.add(Method::get, "/forgotten", Access::anyone, Deferred{[](const Request&, const Respond&) {}});
  ServerOptions options = toy_options();
  options.log = log.log();
  {
    const ToyServer server(std::move(options), std::move(router));
    HttpClient client = server.connect();
    for (const std::string_view path : {"/direct", "/blocking", "/deferred", "/forgotten"}) {
      const HttpReply reply = client.get(path);
      EXPECT_EQ(reply.status, 500) << path;
      EXPECT_EQ(reply.body.find("secret"), std::string::npos);
    }
    EXPECT_EQ(client.get("/hello").status, 200);
  }
  EXPECT_NE(log.text().find("secret table users"), std::string::npos);
}

TEST(Deferred, AnswersComeFromOtherThreadsInTheOrderOfRequests) {
  std::mutex mutex;
  std::vector<std::pair<std::string, Respond>> waiting;
  Router router;
  router.add(Method::get, "/later/:n", Access::anyone, Deferred{[&](const Request& request, Respond respond) {
               const std::lock_guard lock(mutex);
               waiting.emplace_back(request.parameter("n"), std::move(respond));
             }});
  ServerOptions options = toy_options();
  options.threads = 3;
  const ToyServer server(std::move(options), std::move(router));
  std::atomic<bool> done = false;
  std::thread worker([&] {
    while (!done) {
      std::vector<std::pair<std::string, Respond>> batch;
      {
        const std::lock_guard lock(mutex);
        batch.swap(waiting);
      }
      for (auto& [n, respond] : batch) {
        respond(text(200, n));
        respond(text(200, "twice"));  // does nothing
      }
      std::this_thread::yield();
    }
  });
  std::vector<HttpClient> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(server.connect());
  for (int round = 0; round < 20; ++round)
    for (HttpClient& each : clients) each.send("GET /later/" + std::to_string(round) + " HTTP/1.1\r\nHost: t\r\n\r\n");
  for (int round = 0; round < 20; ++round)
    for (HttpClient& each : clients) EXPECT_EQ(each.read().body, std::to_string(round));
  done = true;
  worker.join();
}

TEST(Deferred, AnAnswerToAClientThatIsGoneIsDropped) {
  std::optional<Respond> kept[2];
  Gate arrived[2];
  Router router;
  router.add(Method::get, "/later/:n", Access::anyone, Deferred{[&](const Request& request, Respond respond) {
               const std::size_t n = request.parameter("n") == "0" ? 0 : 1;
               kept[n] = std::move(respond);
               arrived[n].open();
             }});
  {
    ToyServer server(toy_options(), std::move(router));
    {
      HttpClient client = server.connect();
      client.send("GET /later/0 HTTP/1.1\r\nHost: t\r\n\r\n");
      arrived[0].pass();
    }
    (*kept[0])(text(200, "too late"));
    EXPECT_EQ(server.get("/hello").status, 200);
    HttpClient client = server.connect();
    client.send("GET /later/1 HTTP/1.1\r\nHost: t\r\n\r\n");
    arrived[1].pass();
  }
  (*kept[1])(text(200, "the server is gone too"));
}

TEST(Blocking, AFullPoolRefusesAtOnceAndOthersGoOn) {
  Gate gate;
  Router router;
  const auto wait = [&](Request&) {
    gate.pass();
    return text(200, "done");
  };
  router.add(Method::get, "/slow", Access::anyone, Blocking{wait, "provider"});
  router.add(Method::get, "/store", Access::anyone, Blocking{[](Request&) { return text(200, "store"); }, "store"});
  ServerOptions options = toy_options();
  options.pools = {{"store", 1, 10}, {"provider", 1, 2}};
  const ToyServer server(std::move(options), std::move(router));
  std::vector<HttpClient> clients;
  const auto ask = [&] {
    clients.push_back(server.connect());
    clients.back().send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
  };
  ask();
  gate.wait_for(1);  // the pool's thread is taken
  for (int i = 0; i < 3; ++i) ask();
  HttpReply refused;  // two of the three fit in the queue
  for (int tries = 0; refused.status == 0 && tries < 1'000; ++tries)
    for (std::size_t i = 1; i < clients.size() && refused.status == 0; ++i)
      if (clients[i].has_input_within(1)) {
        refused = clients[i].read();
        clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i));
      }
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.has("Retry-After"));
  EXPECT_NE(refused.body.find("overloaded"), std::string::npos);
  EXPECT_EQ(server.get("/store").body, "store");  // another bulkhead
  EXPECT_EQ(server.get("/hello").status, 200);
  gate.open();
  for (HttpClient& each : clients) EXPECT_EQ(each.read().body, "done");
}

// SE1: one client can't take all log-ins. Whose it is tells the proxy, if there is one.
TEST(Blocking, AClientMayFillOnlyItsPartOfAQueue) {
  Gate gate;
  Router router;
  router.add(Method::post, "/login", Access::anyone,
             Blocking{[&](Request&) {
                        gate.pass();
                        return text(200, "done");
                      },
                      "password"});
  telemetry::Metrics metrics;
  ServerOptions options = toy_options();
  options.pools = {{"store", 1, 10}, {"password", 1, 10, 2}};
  options.trusted_proxies = 1;
  options.metrics = &metrics;
  const ToyServer server(std::move(options), std::move(router));
  std::vector<HttpClient> clients;
  const auto log_in = [&](const std::string& from) {
    HttpClient client = server.connect();
    client.send("POST /login HTTP/1.1\r\nHost: t\r\nX-Forwarded-For: " + from +
                "\r\nAccept-Language: en\r\nContent-Length: 0\r\n\r\n");
    if (!client.has_input_within(100)) {
      clients.push_back(std::move(client));
      return HttpReply();
    }
    return client.read();
  };
  EXPECT_EQ(log_in("203.0.113.7").status, 0);
  gate.wait_for(1);  // it runs; the next two wait
  EXPECT_EQ(log_in("203.0.113.7").status, 0);
  EXPECT_EQ(log_in("203.0.113.7").status, 0);
  const HttpReply refused = log_in("203.0.113.7");
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.has("Retry-After"));
  EXPECT_EQ(refused.header("Content-Type"), "application/problem+json; charset=utf-8");
  EXPECT_NE(refused.body.find(R"("code":"too_many_requests")"), std::string::npos);
  EXPECT_NE(refused.body.find("Too many requests"), std::string::npos);
  EXPECT_EQ(log_in("203.0.113.8").status, 0);
  EXPECT_EQ(log_in("2001:db8::1").status, 0);
  EXPECT_EQ(log_in("2001:db8::2").status, 0);
  EXPECT_EQ(log_in("2001:db8::3").status, 429);  // one network
  EXPECT_EQ(log_in("2001:db8:0:1::1").status, 0);
  EXPECT_NE(metrics.text().find(R"(http_queue_depth{pool="password"} 6)"), std::string::npos) << metrics.text();
  gate.open();
  for (HttpClient& each : clients) EXPECT_EQ(each.read().body, "done");
  EXPECT_EQ(log_in("203.0.113.7").status, 200);  // nothing is left of it
  EXPECT_NE(metrics.text().find(R"(http_queue_depth{pool="password"} 0)"), std::string::npos);
}

// Contract 1, idempotency: a replay gives the first answer; keys are bounded.
TEST(Idempotency, TheHookWrapsBlockingPosts) {
  std::string kept;
  int handled = 0;
  ServerOptions options = toy_options();
  options.around = [&](const Request& request, const std::function<Response()>& handle) {
    if (kept == request.idempotency_key) return text(200, "first").with_header("Idempotent-Replayed", "true");
    Response response = handle();
    if (response.status < 300) kept = request.idempotency_key;
    return response;
  };
  Router router;
  const auto handler = Blocking{[&](Request&) {
    ++handled;
    return text(201, "first");
  }};
  router.add(Method::post, "/orders", Access::anyone, handler);
  router.add(Method::get, "/orders", Access::anyone, handler);
  router.add(Method::post, "/logins", Access::anyone, handler, {.replays = false});
  const ToyServer server(std::move(options), std::move(router));
  HttpClient client = server.connect();
  EXPECT_EQ(client.post("/orders", "{}", {{"Idempotency-Key", "k1"}}).status, 201);
  const HttpReply replay = client.post("/orders", "{}", {{"Idempotency-Key", "k1"}});
  EXPECT_EQ(replay.header("Idempotent-Replayed"), "true");
  EXPECT_EQ(handled, 1);
  EXPECT_EQ(client.get("/orders", {{"Idempotency-Key", "k1"}}).status, 201);
  EXPECT_EQ(client.post("/logins", "{}", {{"Idempotency-Key", "k1"}}).status, 201);
  EXPECT_EQ(client.post("/orders", "{}").status, 201);
  EXPECT_EQ(handled, 4);
  for (const std::string& bad : {std::string(201, 'k'), std::string("a b"), std::string("가"), std::string()})
    EXPECT_EQ(client.post("/orders", "{}", {{"Idempotency-Key", bad}}).status, 400) << bad;
}

TEST(Requests, KnowTheClientBehindTrustedProxies) {
  ServerOptions options = toy_options();
  options.trusted_proxies = 2;
  const ToyServer behind(std::move(options));
  const ToyServer open;
  const auto client_seen_by = [](const ToyServer& server, std::string_view forwarded) {
    const std::string body = server.get("/echo/x", {{"X-Forwarded-For", forwarded}}).body;
    const std::size_t at = body.find("\"client\":\"") + 10;
    return body.substr(at, body.find('"', at) - at);
  };
  EXPECT_EQ(client_seen_by(behind, "6.6.6.6, 203.0.113.7, 10.0.0.2"),
            "203.0.113.7");  // the first is the client's own claim
  EXPECT_EQ(client_seen_by(behind, "10.0.0.2"), "10.0.0.2");
  EXPECT_EQ(client_seen_by(behind, "<x>"), "127.0.0.1");
  EXPECT_EQ(client_seen_by(open, "203.0.113.7"), "127.0.0.1");
  // Proxies may add a line of their own: all lines are one list (RFC 9110 5.3).
  const std::string body =
      behind
          .get("/echo/x",
               {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "203.0.113.7"}, {"x-forwarded-for", "10.0.0.2"}})
          .body;
  EXPECT_NE(body.find(R"("client":"203.0.113.7")"), std::string::npos) << body;
}

TEST(Metrics, CountRequestsByPattern) {
  telemetry::Metrics metrics;
  ServerOptions options = toy_options();
  options.metrics = &metrics;
  {
    const ToyServer server(std::move(options), guarded_routes());
    server.get("/echo/17");
    server.get("/echo/18");
    server.get("/secret-path");
    server.get("/blocking/anyone");
  }
  const std::string text = metrics.text();
  EXPECT_NE(text.find(R"(http_requests_total{method="GET",path="/echo/:what",status="200"} 2)"), std::string::npos)
      << text;
  EXPECT_NE(text.find(R"(http_requests_total{method="GET",path="unmatched",status="404"} 1)"), std::string::npos);
  EXPECT_NE(text.find(R"(http_requests_active{method="GET",path="/blocking/anyone"} 0)"), std::string::npos);
  EXPECT_NE(text.find("http_connections_open 0"), std::string::npos);
  EXPECT_EQ(text.find("secret-path"), std::string::npos);
}

}  // namespace
}  // namespace tiketi::test
