#pragma once
// A server with toy routes, and clients for it.

#include "server/json.hpp"
#include "server/json_writer.hpp"
#include "server/server.hpp"
#include "support/http_client.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace tiketi::test {

/// A door that handlers wait at until the test opens it.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_for(int visitors) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= visitors; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

/// A log whose lines the test reads.
class CapturedLog {
 public:
  CapturedLog() : log_(options()) {}
  telemetry::Log* log() { return &log_; }
  /// What was written until now.
  std::string text() {
    log_.flush();
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  telemetry::LogOptions options() {
    telemetry::LogOptions out;
    out.write = [this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      text_ += line;
    };
    return out;
  }

  std::mutex mutex_;
  std::string text_;
  telemetry::Log log_;  // writes into the above
};

/// Options for tests: one thread, a free port of the loopback.
inline http::ServerOptions toy_options() {
  http::ServerOptions options;
  options.address = "127.0.0.1";
  options.port = 0;
  options.threads = 1;
  return options;
}

/// `GET /hello` and `POST /echo`, which answers method, body and some more; and what a test adds.
class ToyServer {
 public:
  explicit ToyServer(http::ServerOptions options = toy_options(), http::Router router = {})
      : server_(std::move(options), with_basics(std::move(router))) {
    const Result<void> started = server_.start();
    if (!started) throw std::runtime_error(started.error().message);
  }

  HttpClient connect(const std::string& from = "127.0.0.1") const { return HttpClient(server_.port(), from); }
  HttpReply get(std::string_view target, HttpClient::Headers headers = {}) const {
    return connect().get(target, headers);
  }
  http::Server& operator*() { return server_; }
  http::Server* operator->() { return &server_; }

 private:
  static http::Router with_basics(http::Router router) {
    using namespace http;
    router.add(Method::get, "/hello", Access::anyone,
               Direct{[bytes = make_ready(R"({"hello":"world"})")](Request&) { return ready(bytes); }});
    const auto echo = [](Request& request) {
      std::string out;
      JsonWriter(out).object([&](JsonWriter& json) {
        json.member("method", name(request.method)).member("body", request.body);
        json.member("path", request.path).member("client", request.client);
        json.object("query", [&](JsonWriter& query) {
          for (std::size_t i = 0; i < request.query_parameters.size(); ++i)
            query.member(request.query_parameters[i].name, request.query_parameters[i].value);
        });
      });
      return json(200, std::move(out));
    };
    router.add(Method::post, "/echo", Access::anyone, Direct{echo});
    router.add(Method::get, "/echo/:what", Access::anyone, Direct{echo});
    return router;
  }

  http::Server server_;
};

}  // namespace tiketi::test
