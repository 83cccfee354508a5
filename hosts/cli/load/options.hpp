#pragma once
// What can be chosen about a load run.

#include <cstdint>
#include <string>

namespace tiketi::load {

struct Options {
  std::string url = "http://127.0.0.1:3001";
  std::string scenario;
  std::int32_t connections = 0;  ///< 0: as many as the scenario is meant for
  std::int32_t threads = 1;
  double duration_s = 5;  ///< of the measured part
  double warmup_s = 0.5;  ///< before it, not measured

  std::string tokens_file;           ///< a line for each user: id, e-mail, token
  std::int32_t register_users = 0;   ///< users to register over the API when there is no file
  std::int32_t places_per_user = 0;  ///< what one user may hold of an event that it makes; 0: any number

  std::string admin_token;
  std::string admin_email;
  std::string admin_password;

  std::string event;         ///< empty: the scenario chooses or makes one
  std::string layout;        ///< name of the seat layout of events that it makes; empty: the one that fits best
  std::string target = "/";  ///< for the scenario `get`

  std::int32_t watchers = 0;         ///< sockets that watch the event while it is sold
  std::int32_t slow_readers = 0;     ///< for `sockets`: so many more that stop reading
  std::int32_t hold_every_ms = 200;  ///< for `sockets`

  std::int32_t login_connections = 4;  ///< for login+hold, of all its connections
  std::int64_t round_size = 50'000;    ///< places that are prepared at once
  std::int32_t server_pid = 0;         ///< whose memory and processor time are told; 0: nobody's
};

}  // namespace tiketi::load
