#pragma once
// Log-ins, alone and beside holds.

#include "load/scenarios/holds.hpp"

namespace tiketi::load {

/// `login`: a few users, registered for it, log in by e-mail and password again and again.
class Logins final : public Scenario {
 public:
  static constexpr std::size_t users = 4;

  std::vector<std::string> kinds() const override { return {"login"}; }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override;
  Verdict judge(std::size_t connection, const Response& response) override;
  void verify(Stage&) override {}

 private:
  std::vector<std::string> emails_;
  std::vector<std::string> requests_;
};

/// `login+hold`: the first --login-connections log in, all others hold seats.
class LoginsBesideHolds final : public Scenario {
 public:
  std::vector<std::string> kinds() const override { return {"hold", "login"}; }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override;
  Verdict judge(std::size_t connection, const Response& response) override;
  void lost(std::size_t connection) override;
  void verify(Stage& stage) override { holds_.verify(stage); }

 private:
  bool logs_in(std::size_t connection) const { return connection < login_connections_; }

  std::size_t login_connections_ = 0;
  std::atomic<std::size_t> holding_{0};  // connections that have holds left to ask for
  Logins logins_;
  Holds holds_{Errands::Of::seats};
};

}  // namespace tiketi::load
