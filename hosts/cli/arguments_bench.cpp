// The commands that measure.

#include "arguments_draft.hpp"
#include "load/scenario.hpp"

#include <limits>
#include <vector>

namespace tiketi::cli {
namespace {

std::vector<std::string> scenario_names() {
  std::vector<std::string> out;
  for (const load::ScenarioInfo& each : load::scenario_infos()) out.emplace_back(each.name);
  return out;
}

std::string bench_http_footer() {
  std::string out = "Scenarios, and the connections they are meant for:\n";
  for (const load::ScenarioInfo& each : load::scenario_infos()) {
    std::string name = "  " + std::string(each.name);
    name.resize(19, ' ');
    out += name + std::string(each.about) + " (" + std::to_string(each.connections) + ")\n";
  }
  return out +
         "Each connection asks, waits for the answer, and asks again. Times are from sending to having the whole\n"
         "answer. Every answer is checked, and what was sold is read back; if anything is wrong it exits with 5.\n\n";
}

}  // namespace

void add_bench_commands(CLI::App& app, Draft& draft) {
  CLI::App* bench = add_group(app, "bench", "Measure a running server");
  CLI::App* http =
      add(*bench, draft, draft.bench_http, "http", "Load an HTTP server, check and time its answers",
          "  tiketi bench http --scenario events-list\n"
          "  tiketi bench http --scenario hold --tokens users.txt --admin-email admin@example.com\n"
          "  tiketi bench http --scenario mixed --register 50 --duration 600 --server-pid 4711 --json\n"
          "  tiketi bench http --scenario sockets --register 50 --slow-readers 100 --admin-email admin@example.com\n"
          "  tiketi bench http --scenario hold --watchers 2000 --register 50 --admin-email admin@example.com\n");
  http->footer(bench_http_footer() + http->get_footer());
  load::Options& o = draft.bench_http.options;
  http->add_option("--scenario", o.scenario, "What is asked for; they are listed below")
      ->required()
      ->check(CLI::IsMember(scenario_names()));
  http->add_option("--url", o.url, "http://HOST:PORT")->capture_default_str();
  ranged(http, "--connections", o.connections,
         "Keep-alive connections, or sockets of `sockets` (0: as many as the scenario is meant for)", 0, 100'000);
  ranged(http, "--threads", o.threads, "Threads that drive them", 1, 64);
  ranged(http, "--duration", o.duration_s, "Seconds that are measured", 0.1, 86'400.0);
  ranged(http, "--warmup", o.warmup_s, "Seconds before them", 0.0, 3'600.0);
  CLI::Option* tokens = http->add_option("--tokens", o.tokens_file, "Users: a file with a line `id e-mail token` each");
  ranged(http, "--register", o.register_users, "Or register that many users first", 0, 100'000)->excludes(tokens);
  ranged(http, "--places-per-user", o.places_per_user, "What a user may hold of an event that it makes (0: any number)",
         0, 1'000'000);
  http->add_option("--admin-token", o.admin_token, "Of an admin: scenarios that sell make events of their own")
      ->envname("TIKETI_ADMIN_TOKEN");
  http->add_option("--admin-email", o.admin_email, "Or log in as this admin")->envname("TIKETI_ADMIN_EMAIL");
  http->add_option("--admin-password", o.admin_password, "with this password")->envname("TIKETI_ADMIN_PASSWORD");
  http->add_option("--event", o.event, "Id of the event to read or sell, instead of one of its own");
  http->add_option("--layout", o.layout, "Name of the seat layout of its own events; else the one that fits best");
  http->add_option("--target", o.target, "With `get`: what to get")->capture_default_str();
  ranged(http, "--login-connections", o.login_connections, "With login+hold: how many of them log in", 1, 10'000);
  ranged(http, "--watchers", o.watchers, "With hold, stock-contended, login+hold: sockets that watch the event", 0,
         100'000);
  ranged(http, "--slow-readers", o.slow_readers, "With `sockets`: so many more that stop reading", 0, 10'000);
  ranged(http, "--hold-every", o.hold_every_ms, "With `sockets`: milliseconds from one hold to the next", 10, 60'000);
  ranged<std::int64_t>(http, "--round-size", o.round_size, "Places that are made ready at once", 100, 10'000'000);
  ranged(http, "--server-pid", o.server_pid, "Also tell the memory and processor time of this process", 0,
         std::numeric_limits<std::int32_t>::max());
}

}  // namespace tiketi::cli
