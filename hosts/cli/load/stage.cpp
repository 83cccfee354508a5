#include "load/stage.hpp"

#include "load/watchers.hpp"

#include <boost/json.hpp>

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>

namespace tiketi::load {
namespace {

constexpr std::size_t most_findings = 10;

}  // namespace

std::vector<User> read_users(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw Broken("--tokens: " + file + " can't be read");
  std::vector<User> out;
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    User user;
    if (!(words >> user.id >> user.email >> user.token) || user.id.size() != 36)
      throw Broken("--tokens: line " + std::to_string(out.size() + 1) + " of " + file + " is not `id e-mail token`");
    out.push_back(std::move(user));
  }
  if (out.empty()) throw Broken("--tokens: " + file + " is empty");
  return out;
}

User register_user(const Api& api) {
  static std::atomic<int> last{0};
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const std::string email =
      "load-" + std::to_string(now) + '-' + std::to_string(getpid()) + '-' + std::to_string(++last) + "@example.com";
  const boost::json::value answer =
      api.make("/api/auth/register", {{"email", email}, {"password", registered_password}, {"name", "Load"}});
  return {text_in(answer, "/user/userId"), email, text_in(answer, "/token")};
}

Stage::Stage(const Options& run_options, const Api& run_api, Connections& run_connections,
             const std::atomic<bool>& run_interrupted)
    : options(run_options), api(run_api), connections(run_connections), interrupted(run_interrupted) {}

Stage::~Stage() = default;

Part Stage::run_unmeasured(Scenario& scenario) {
  Part part = connections.run(scenario, std::chrono::hours(1), interrupted);
  if (interrupted) throw Broken("interrupted while making ready");
  if (part.stats.wrong() > 0 || part.stats.failures > 0)
    throw Broken("making ready went wrong: " + part.stats.wrongs.front());
  return part;
}

const std::vector<User>& Stage::users(std::size_t least) {
  if (!users_) {
    if (!options.tokens_file.empty()) {
      users_ = read_users(options.tokens_file);
    } else {
      users_.emplace();
      for (std::int32_t i = 0; i < options.register_users; ++i) users_->push_back(register_user(api));
    }
  }
  if (users_->size() < least)
    throw Broken("this scenario takes " + std::to_string(least) + " users, there are " +
                 std::to_string(users_->size()) + ": --tokens FILE of `tiketi seed --users N`, or --register N");
  return *users_;
}

const std::string& Stage::admin_token() {
  if (!admin_token_) {
    if (!has_admin()) throw Broken("this scenario makes events of its own: --admin-token, or --admin-email");
    admin_token_ = options.admin_token;
    if (admin_token_->empty())
      admin_token_ =
          text_in(api.make("/api/auth/login", {{"email", options.admin_email}, {"password", options.admin_password}}),
                  "/token");
  }
  return *admin_token_;
}

void Stage::watch(const std::string& event) {
  if (options.watchers == 0) return;
  const auto count = static_cast<std::size_t>(options.watchers);
  if (!watchers_)
    watchers_ = std::make_unique<Watchers>(
        api.server(), users(), WatcherPlan{.count = count, .slow = 0, .first_connection = connections.size()});
  watchers_->watch(event);
  watchers_->wait(interrupted);
  if (interrupted) throw Broken("interrupted while making ready");
  if (watchers_->watching() == count) return;
  std::string why = std::to_string(count - watchers_->watching()) + " of --watchers can't watch";
  for (const std::string& each : watchers_->notes()) why += "; " + each;
  throw Broken(why);
}

void Stage::find_wrong(std::string what) {
  if (wrong.size() < most_findings) wrong.push_back(std::move(what));
}

}  // namespace tiketi::load
