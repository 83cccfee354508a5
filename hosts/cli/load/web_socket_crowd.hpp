#pragma once
// Many WebSocket clients on one thread.

#include "load/address.hpp"
#include "load/web_socket.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::load {

/// Is told what happens to a crowd's clients, on the thread that calls `turn`. It may send, and leave them alone, but
/// not add any.
class CrowdListener {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  virtual ~CrowdListener() = default;
  virtual void on_open(std::size_t client) = 0;  ///< it is a WebSocket now
  virtual void on_text(std::size_t client, std::string_view text, Instant at) = 0;
  virtual void on_lost(std::size_t client, std::string_view why) = 0;
};

/// The clients have numbers from 0 on. One that does nothing takes little more than its descriptor.
class WebSocketCrowd {
 public:
  WebSocketCrowd(Address server, std::string target, CrowdListener& listener);
  ~WebSocketCrowd();  ///< all of them go
  WebSocketCrowd(const WebSocketCrowd&) = delete;
  WebSocketCrowd& operator=(const WebSocketCrowd&) = delete;

  /// Connects one more, as `connect` does, and asks for its WebSocket. Broken if it can't connect.
  void add(std::size_t connection_number, int receive_buffer_bytes = 0);
  std::size_t size() const { return clients_.size(); }

  /// Bytes of frames, in one write. A client whose server does not take them is lost.
  void send(std::size_t client, std::string_view frames);
  void send_text(std::size_t client, std::string_view text);

  /// Stays connected, but takes nothing more.
  void stop_reading(std::size_t client);

  /// Waits for something to come, not longer than that, and tells of what has.
  void turn(std::chrono::milliseconds at_most);

 private:
  struct Client {
    int socket = -1;
    bool is_open = false;
    bool reads = true;
    std::string head = {};  // of the answer to the handshake, until it is there
    FrameReader reader = {};
  };

  void receive(std::size_t number);
  bool open(std::size_t number, std::string_view& bytes);
  void take(std::size_t number, const Frame& frame, CrowdListener::Instant at);
  void lose(std::size_t number, std::string_view why);
  void listen_for(std::size_t number, unsigned events, int operation);

  const Address server_;
  const std::string target_;
  CrowdListener& listener_;
  boost::asio::io_context io_{1};  // for connecting only
  int poll_;
  std::deque<Client> clients_;
  std::vector<char> bytes_;  // what arrives is looked at immediately, so one buffer serves all
};

}  // namespace tiketi::load
