// Logs without secrets, and metrics (OB1, OB2, SE2).

#include "server/json.hpp"
#include "telemetry/log.hpp"
#include "telemetry/mask.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/request_metrics.hpp"

#include <gtest/gtest.h>
#include <boost/json/object.hpp>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace tiketi::telemetry {
namespace {

TEST(Mask, HidesWhatIsNamedLikeASecret) {
  for (const std::string_view name : {"Authorization", "password", "newPassword", "refresh_token", "refreshToken",
                                      "JWT_SECRET", "Cookie", "Set-Cookie", "x-api-key", "card_number", "private key"})
    EXPECT_EQ(mask(name, "value"), "***") << name;
  EXPECT_EQ(mask("route", "/api/events/:id"), "/api/events/:id");
  EXPECT_EQ(mask("password", ""), "");
}

TEST(Mask, HidesTokensWhereverTheyAre) {
  const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJ1c2VySWQiOiIxIn0.c2lnbmF0dXJl-_x";
  EXPECT_EQ(mask("message", "got " + token + " there"), "got *** there");
  EXPECT_EQ(mask("message", "header was bearer abc.def, sir"), "header was bearer ***, sir");
  EXPECT_EQ(mask("message", "eyJust a word"), "eyJust a word");
}

TEST(Mask, LeavesOfAnAddressTheFirstLetterAndTheDomain) {
  EXPECT_EQ(mask("email", "hong.gildong@example.com"), "h***@example.com");
  EXPECT_EQ(mask("message", "mail to a@b.kr and kim+x@c.kr failed"), "mail to a***@b.kr and k***@c.kr failed");
  EXPECT_EQ(mask("cause", "postgres://tiketi:pa@ss@db:5432/x is down"), "postgres://***@db:5432/x is down");
  EXPECT_EQ(mask("message", "@ alone, a@"), "@ alone, a@");
}

struct Written {
  std::vector<std::string> lines;
  std::mutex mutex;

  LogOptions options(Format format = Format::json) {
    LogOptions out;
    out.format = format;
    out.service = "test";
    out.write = [this](std::string_view line) {
      const std::lock_guard lock(mutex);
      lines.emplace_back(line);
    };
    return out;
  }
};

TEST(Log, WritesALineOfJsonForEachRecord) {
  Written written;
  {
    Log log(written.options());
    log.access({.request_id = "r1",
                .trace_id = "",
                .method = "GET",
                .route = "/api/events/:id",
                .client = "10.0.0.7",
                .user_id = "u1",
                .note = "",
                .status = 200,
                .duration_ms = 1.5,
                .bytes = 42});
    log.write(Level::warning, "mail to a@b.kr \"failed\"\n", {{"attempt", 3}, {"password", "x"}, {"again", true}});
    log.write(Level::debug, "not at this level");
  }
  ASSERT_EQ(written.lines.size(), 2U);
  std::string why;
  const auto access = http::parse_json(written.lines[0], why);
  ASSERT_TRUE(access) << written.lines[0];
  EXPECT_EQ(access->at("route").as_string(), "/api/events/:id");
  EXPECT_EQ(access->at("status").as_int64(), 200);
  EXPECT_EQ(access->at("duration_ms").as_double(), 1.5);
  EXPECT_EQ(access->at("request_id").as_string(), "r1");
  EXPECT_EQ(access->at("user_id").as_string(), "u1");
  EXPECT_EQ(access->at("level").as_string(), "info");
  const auto warning = http::parse_json(written.lines[1], why);
  ASSERT_TRUE(warning) << written.lines[1];
  EXPECT_EQ(warning->at("message").as_string(), "mail to a***@b.kr \"failed\"\n");
  EXPECT_EQ(warning->at("password").as_string(), "***");
  EXPECT_EQ(warning->at("attempt").as_int64(), 3);
  EXPECT_EQ(warning->at("again").as_bool(), true);
}

TEST(Log, WritesTextForPeople) {
  Written written;
  {
    Log log(written.options(Format::text));
    log.write(Level::error, "no store", {{"cause", "disk is full"}, {"tries", 2}});
  }
  ASSERT_EQ(written.lines.size(), 1U);
  EXPECT_NE(written.lines[0].find("error no store cause=\"disk is full\" tries=2\n"), std::string::npos)
      << written.lines[0];
}

TEST(Log, NobodyWaitsForASlowReader) {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  int written = 0;
  LogOptions options;
  options.max_queue = 10;
  options.write = [&](std::string_view) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
    ++written;
  };
  Log log(options);
  for (int i = 0; i < 100; ++i) log.write(Level::info, "line");
  EXPECT_GE(log.dropped(), 80U);
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  log.flush();
  const std::lock_guard lock(mutex);
  EXPECT_LE(written, 20);
}

TEST(Log, KnowsItsLevelsAndFormats) {
  EXPECT_EQ(parse_level("warn"), Level::warning);
  EXPECT_EQ(parse_level("debug"), Level::debug);
  EXPECT_EQ(parse_level("loud"), std::nullopt);
  EXPECT_EQ(parse_format("json"), Format::json);
  EXPECT_EQ(parse_format("xml"), std::nullopt);
}

TEST(Metrics, AreTextForPrometheus) {
  Metrics metrics;
  const Counter reservations = metrics.counter("tiketi_reservations_total", "Reservations", {{"event", "a\"b"}});
  reservations.add();
  reservations.add(2);
  metrics.gauge("tiketi_queue_users", "Users who wait").set(7);
  const double bounds[] = {0.1, 1};
  metrics.histogram("tiketi_wait_seconds", "Wait", {}, bounds).observe(0.5);
  const std::string text = metrics.text();
  for (const std::string_view line :
       {"# TYPE tiketi_reservations_total counter\n", "tiketi_reservations_total{event=\"a\\\"b\"} 3\n",
        "tiketi_queue_users 7\n", "tiketi_wait_seconds_bucket{le=\"0.1\"} 0\n",
        "tiketi_wait_seconds_bucket{le=\"1\"} 1\n", "tiketi_wait_seconds_count 1\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameSeries) {
  Metrics metrics;
  metrics.counter("a_total", "A", {{"x", "1"}}).add();
  metrics.counter("a_total", "A", {{"x", "1"}}).add();
  EXPECT_EQ(metrics.counter("a_total", "A", {{"x", "1"}}).value(), 2);
  EXPECT_EQ(metrics.counter("a_total", "A", {{"x", "2"}}).value(), 0);
}

TEST(Metrics, LabelsCanNotGrowWithoutBound) {
  Metrics metrics(3);
  for (int i = 0; i < 10; ++i) metrics.counter("a_total", "A", {{"x", std::to_string(i)}}).add();
  EXPECT_EQ(metrics.counter("a_total", "A", {{"x", "2"}}).value(), 1);
  EXPECT_EQ(metrics.counter("a_total", "A", {{"x", "5"}}).value(), 0);
  metrics.gauge("a_total", "another kind").set(5);  // does nothing, harms nothing
  EXPECT_EQ(metrics.text().find("x=\"5\""), std::string::npos);
}

TEST(RequestMetrics, AreLabelledByPatternNeverByPath) {
  Metrics metrics;
  RequestMetrics requests(&metrics);
  const int route = 0;
  requests.done(&route, "/api/events/:id", "GET", 200, 0.003);
  requests.done(&route, "/api/events/:id", "GET", 200, 0.3);
  requests.active(&route, "/api/events/:id", "GET").add(1);
  const std::string text = metrics.text();
  EXPECT_NE(text.find("http_requests_total{method=\"GET\",path=\"/api/events/:id\",status=\"200\"} 2\n"),
            std::string::npos)
      << text;
  EXPECT_NE(
      text.find("http_request_duration_seconds_count{method=\"GET\",path=\"/api/events/:id\",status=\"200\"} 2\n"),
      std::string::npos);
  EXPECT_NE(text.find("http_requests_active{method=\"GET\",path=\"/api/events/:id\"} 1\n"), std::string::npos);
}

}  // namespace
}  // namespace tiketi::telemetry
