#pragma once
// Very many users for load tests: accounts with one password between them, each logged in.

#include "output.hpp"

#include <tiketi/open.hpp>

#include <cstdint>
#include <string>

namespace tiketi::cli {

struct SeededUsers {
  std::int64_t created = 0;
  std::int64_t present = 0;  ///< made by an earlier run; they have new tokens now
  std::string lines;         ///< `id e-mail token`, one for each
};

/// The users `load-0000001@example.com` … with the password of load::registered_password.
Result<SeededUsers> seed_users(Services& services, std::int64_t users, Progress& progress);

}  // namespace tiketi::cli
