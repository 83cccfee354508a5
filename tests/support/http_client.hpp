#pragma once
// A client that sends whatever bytes a test wants to send, and reads answers. Plain blocking sockets on purpose: it
// shares no code with the server that it tests.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tiketi::test {

struct HttpReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The first header of that name (in any case), or empty.
  std::string header(std::string_view name) const;
  bool has(std::string_view name) const;
};

/// One connection. Throws std::runtime_error when the server does not do within ten seconds what is waited for.
class HttpClient {
 public:
  using Headers = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// `address` is where it connects from; the whole of 127.0.0.0/8 is this machine.
  explicit HttpClient(std::uint16_t port, const std::string& from_address = "127.0.0.1");
  HttpClient(HttpClient&& other) noexcept;
  HttpClient& operator=(HttpClient&& other) noexcept;
  ~HttpClient();

  /// Sends a request with Host, and Content-Length if there is a body, and reads the answer.
  HttpReply request(std::string_view method, std::string_view target, Headers headers = {}, std::string_view body = {});
  HttpReply get(std::string_view target, Headers headers = {}) { return request("GET", target, headers); }
  HttpReply post(std::string_view target, std::string_view json, Headers headers = {}) {
    return request("POST", target, headers, json);
  }

  void send(std::string_view bytes);  ///< as they are; errors are ignored, for servers may close early
  HttpReply read(bool to_head = false);
  std::string read_bytes(std::size_t size);  ///< the next ones that come
  void finish_sending();

  /// True if the server has closed, or does so within that time. What it sends until then is dropped.
  bool closed_within(int ms);
  bool has_input_within(int ms);
  int socket() const { return socket_; }

 private:
  bool receive();

  int socket_ = -1;
  std::string input_;
};

}  // namespace tiketi::test
