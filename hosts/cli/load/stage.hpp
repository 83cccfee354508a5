#pragma once
// What a run's set-up works with, and where it notes what it finds.

#include "load/api.hpp"
#include "load/connections.hpp"
#include "load/options.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiketi::load {

struct User {
  std::string id;
  std::string email;
  std::string token;
};

class Watchers;

class Stage {
 public:
  Stage(const Options& run_options, const Api& run_api, Connections& run_connections,
        const std::atomic<bool>& run_interrupted);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  const Options& options;
  const Api& api;
  Connections& connections;
  const std::atomic<bool>& interrupted;

  std::vector<std::string> wrong;             ///< what reading back has found; empty: all is as it was answered
  std::map<std::string, std::int64_t> facts;  ///< "events", "places sold" …

  /// Asks once for the whole of a round, however long it takes; Broken if anything is not done.
  Part run_unmeasured(Scenario& scenario);

  /// The users of --tokens, or as many as --register says; at least `least`, else Broken.
  const std::vector<User>& users(std::size_t least = 1);

  /// The token of --admin-token or --admin-email; Broken without.
  const std::string& admin_token();
  bool has_admin() const { return !options.admin_token.empty() || !options.admin_email.empty(); }

  /// Lets the sockets of --watchers watch this event and no other; Broken if they may not. Nothing if there are none.
  void watch(const std::string& event);
  const Watchers* watchers() const { return watchers_.get(); }  ///< that watch; null if there are none

  void find_wrong(std::string what);

 private:
  std::optional<std::vector<User>> users_;
  std::optional<std::string> admin_token_;
  std::unique_ptr<Watchers> watchers_;
};

/// A line for each user: id, e-mail, token, with a blank between. Broken if the file is not so.
std::vector<User> read_users(const std::string& file);

inline constexpr std::string_view registered_password = "correct-horse-battery-staple";

/// Somebody new, with that password.
User register_user(const Api& api);

}  // namespace tiketi::load
