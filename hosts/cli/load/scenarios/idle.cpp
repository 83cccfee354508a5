#include "load/scenarios/idle.hpp"

#include "load/connections.hpp"
#include "load/rest.hpp"
#include "load/scenarios/pages.hpp"
#include "load/usage.hpp"

#include <chrono>
#include <memory>

namespace tiketi::load {
namespace {

/// Each connection asks for a page once.
class Once final : public Scenario {
 public:
  Once(const Page& page, std::size_t connections) : page_(page), asked_(std::make_unique<bool[]>(connections)) {}

  std::vector<std::string> kinds() const override { return {"get"}; }
  void prepare(Stage&) override {}
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override {
    if (asked_[connection]) return false;
    asked_[connection] = true;
    request = page_.request();
    kind = 0;
    return true;
  }
  Verdict judge(std::size_t, const Response& response) override { return page_.judge(response); }
  void verify(Stage&) override {}

 private:
  const Page& page_;
  std::unique_ptr<bool[]> asked_;
};

}  // namespace

void keep_idle_connections(const Api& api, const std::atomic<bool>& interrupted, Report& report) {
  const pid_t server = report.options.server_pid;
  const auto page = event_list_page(api);
  const Usage before = usage_of(server);
  Connections connections(api.server(), report.connections, 1);
  report.kinds = {"get"};
  report.stats = Stats(1);
  const auto ask_all = [&] {
    Once once(*page, report.connections);
    const Part part = connections.run(once, std::chrono::hours(1), interrupted);
    report.stats.add(part.stats);
    report.seconds += part.seconds;
    report.elapsed_s += part.elapsed_s;
  };
  ask_all();
  const Usage with_all = usage_of(server);
  rest_until(std::chrono::steady_clock::now() + nanoseconds_of(report.options.duration_s), interrupted);
  const std::size_t open = connections.open_count();
  const Usage after_rest = usage_of(server);
  ask_all();

  report.interrupted = interrupted;
  report.facts["connections"] = static_cast<std::int64_t>(report.connections);
  report.facts["still open after the rest"] = static_cast<std::int64_t>(open);
  if (open != report.connections)
    report.wrong.push_back(std::to_string(report.connections - open) + " connections were closed by the server");
  if (server <= 0) return;
  report.facts["server bytes before"] = before.rss_bytes;
  report.facts["server bytes with all connections"] = with_all.rss_bytes;
  report.facts["server bytes after the rest"] = after_rest.rss_bytes;
}

}  // namespace tiketi::load
