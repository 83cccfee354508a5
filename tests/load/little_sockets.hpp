#pragma once
// The little site's Socket.IO, over WebSocket alone.

#include "load/little_site.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::test {

class LittleSockets {
 public:
  explicit LittleSockets(Lie lie) : lie_(lie) {}

  /// Answers the handshake, and serves until the connection ends. Pings immediately, and acknowledges nothing before
  /// the ping is answered.
  void serve(boost::asio::ip::tcp::socket& socket);

  /// Tells those who watch the event.
  void tell_hold(const std::string& event, const std::string& seat, std::ptrdiff_t seat_index);

 private:
  struct Socket {
    boost::asio::ip::tcp::socket* stream;
    std::string seats_of = {};  ///< the event that it watches
    bool answered_ping = false;
    std::vector<std::string> acknowledgements = {};
  };

  void take(Socket& socket, const std::string& packet);
  void join(Socket& socket, const std::string& packet);
  static void send(Socket& socket, std::string_view text);

  const Lie lie_;
  std::mutex mutex_;
  std::list<Socket> sockets_;
};

}  // namespace tiketi::test
