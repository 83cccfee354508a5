#include "load/scenarios/logins.hpp"

#include "load/answer.hpp"

namespace tiketi::load {

void Logins::prepare(Stage& stage) {
  if (!requests_.empty()) return;  // they can log in again
  for (std::size_t i = 0; i < users; ++i) {
    emails_.push_back(register_user(stage.api).email);
    std::string body;
    body.append(R"({"email":")").append(emails_.back()).append(R"(","password":")").append(registered_password);
    body.append(R"("})");
    append_post(requests_.emplace_back(), stage.api.server(), "/api/auth/login", body);
  }
}

bool Logins::next(std::size_t connection, std::string& request, std::size_t& kind) {
  request = requests_[connection % users];
  kind = 0;
  return true;
}

Verdict Logins::judge(std::size_t connection, const Response& response) {
  if (response.status != 200) return refused(response);
  const JsonText body(response.body);
  if (body.text("/token").empty()) return wrong(response, "logged in without a token");
  if (body.text("/user/email") != emails_[connection % users]) return wrong(response, "logged in as somebody else");
  return {};
}

void LoginsBesideHolds::prepare(Stage& stage) {
  login_connections_ = static_cast<std::size_t>(stage.options.login_connections);
  if (login_connections_ >= stage.connections.size())
    throw Broken("--login-connections: must be fewer than --connections, since the others hold seats");
  logins_.prepare(stage);
  holds_.prepare(stage);
  holding_ = stage.connections.size() - login_connections_;
}

bool LoginsBesideHolds::next(std::size_t connection, std::string& request, std::size_t& kind) {
  if (logs_in(connection)) {
    if (holding_ == 0 || !logins_.next(connection, request, kind)) return false;
    kind = 1;
    return true;
  }
  if (holds_.next(connection, request, kind)) return true;
  --holding_;
  return false;
}

Verdict LoginsBesideHolds::judge(std::size_t connection, const Response& response) {
  return logs_in(connection) ? logins_.judge(connection, response) : holds_.judge(connection, response);
}

void LoginsBesideHolds::lost(std::size_t connection) {
  if (!logs_in(connection)) holds_.lost(connection);
}

}  // namespace tiketi::load
