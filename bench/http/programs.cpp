#include "http/programs.hpp"

#include <boost/json.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace tiketi::bench {
namespace {

namespace json = boost::json;

constexpr auto admin_email = "admin@example.com";
constexpr auto admin_password = "side-by-side-password";

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& each : words) out += (out.empty() ? "" : " ") + each;
  return out;
}

std::vector<std::string> server_command(const std::filesystem::path& directory) {
  // Both read the password from the environment, where `ps` does not show it.
  setenv("TIKETI_ADMIN_PASSWORD", admin_password, 1);
  return {TIKETI_SERVER_PROGRAM,
          "--store",
          "sqlite:" + (directory / "box.db").string(),
          "--address",
          "127.0.0.1",
          "--port",
          "0",
          "--provider",
          "sandbox",
          "--admin-email",
          admin_email,
          "--log-level",
          "warning",
          "--log-file",
          (directory / "server.log").string()};
}

}  // namespace

double Measured::number(const std::string& pointer) const { return report_.at_pointer(pointer).to_number<double>(); }

double Measured::rate(const std::string& kind) const { return number("/requests/" + kind + "/done_per_second"); }
double Measured::answer_rate(const std::string& kind) const {
  return number("/requests/" + kind + "/answers_per_second");
}
double Measured::p50_ms(const std::string& kind) const { return number("/requests/" + kind + "/ms/p50"); }
double Measured::p99_ms(const std::string& kind) const { return number("/requests/" + kind + "/ms/p99"); }
double Measured::seconds() const { return number("/seconds"); }
double Measured::done_in_all(const std::string& kind) const { return number("/requests/" + kind + "/done"); }
double Measured::done(const std::string& kind) const { return rate(kind) * seconds(); }
double Measured::server_cpu_s() const { return number("/server_cpu_s"); }
double Measured::driver_cores() const { return number("/driver_cpu_s") / number("/elapsed_s"); }
double Measured::server_cores() const { return server_cpu_s() / number("/elapsed_s"); }

double Measured::fact(const std::string& what) const {
  const json::value* found = report_.at("facts").as_object().if_contains(what);
  return found == nullptr ? 0 : found->to_number<double>();
}

double Measured::messages_to_watchers() const { return number("/watchers/messages_per_second"); }

std::vector<double> Measured::server_memory_mb() const {
  std::vector<double> out;
  for (const json::value& each : report_.at("server_memory").as_array())
    out.push_back(each.at("rss_bytes").to_number<double>() / 1e6);
  return out;
}

Measured drive(std::vector<std::string> arguments) {
  const std::vector<std::string> first{TIKETI_PROGRAM, "bench", "http", "--json"};
  arguments.insert(arguments.begin(), first.begin(), first.end());
  test::Process driver(arguments);
  std::string output, line;
  while (driver.read_line(line)) output += line + '\n';
  if (driver.wait() != EXIT_SUCCESS) throw std::runtime_error(joined(arguments) + " has failed:\n" + output);
  return Measured(json::parse(output));
}

void run_tiketi(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), TIKETI_PROGRAM);
  test::Process process(arguments);
  std::string output, line;
  while (process.read_line(line)) output += line + '\n';
  if (process.wait() != EXIT_SUCCESS) throw std::runtime_error(joined(arguments) + " has failed:\n" + output);
}

Echo::Echo(std::size_t bytes) : process_({TIKETI_ECHO_PROGRAM, "--bytes", std::to_string(bytes)}) {
  std::string port;
  if (!process_.read_line(port)) throw std::runtime_error("the echo does not start");
  url_ = "http://127.0.0.1:" + port;
}

Site::Site(const std::filesystem::path& directory)
    : directory_(directory), process_(server_command(directory), {{}, (directory / "server.err").string(), true}) {
  std::string line;
  if (!process_.read_line(line) || line.find("http://") == line.npos)
    throw std::runtime_error("the server does not start; see " + (directory / "server.err").string());
  url_ = line.substr(line.find("http://"));
}

Site::~Site() {
  constexpr int grace_ms = 20'000;
  process_.signal(SIGTERM);
  process_.wait_for(grace_ms);
}

std::vector<std::string> Site::arguments() const {
  return {"--url",
          url_,
          "--server-pid",
          std::to_string(process_.pid()),
          "--tokens",
          (directory_ / "users.txt").string(),
          "--places-per-user",
          "1",
          "--admin-email",
          admin_email};
}

void Site::make(const std::filesystem::path& directory, std::int64_t users) {
  std::filesystem::create_directories(directory);
  const std::string store = "sqlite:" + (directory / "box.db").string();
  run_tiketi({"seed", "--store", store});
  run_tiketi({"seed", "--store", store, "--profile", "development", "--users", std::to_string(users), "--tokens",
              (directory / "users.txt").string()});
}

void Site::add_layout(const std::filesystem::path& directory, const std::string& name, std::int64_t rows,
                      std::int64_t seats_per_row) {
  const std::string file = directory / (name + ".json");
  const json::value layout{
      {"name", name},
      {"description", "A hall of the measurements"},
      {"sections", {{{"name", "Hall"}, {"rows", rows}, {"seatsPerRow", seats_per_row}, {"price", 50'000}}}}};
  std::ofstream(file) << json::serialize(layout);
  run_tiketi({"layout", "import", file, "--store", "sqlite:" + (directory / "box.db").string()});
}

}  // namespace tiketi::bench
