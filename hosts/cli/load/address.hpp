#pragma once
// Where the server is.

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tiketi::load {

/// Why a load run can't go on: the server is not there, or does not answer as set-up needs it. Thrown inside this
/// folder; `bench_http` turns it into an Error.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Address {
  std::string host;  ///< for the Host header: as in the URL
  std::string ip;
  std::uint16_t port = 80;

  bool is_loopback() const { return ip.starts_with("127."); }
};

/// `http://host[:port]`, resolved. Broken if it is none, or there is no such host.
Address resolve(const std::string& url);

}  // namespace tiketi::load
