#include "support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <stdexcept>

namespace tiketi::test {
namespace {

constexpr int patience_ms = 10'000;

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

sockaddr_in local(const std::string& address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &out.sin_addr);
  return out;
}

}  // namespace

std::string HttpReply::header(std::string_view name) const {
  for (const auto& [each, value] : headers)
    if (same_name(each, name)) return value;
  return {};
}

bool HttpReply::has(std::string_view name) const {
  return std::ranges::any_of(headers, [&](const auto& each) { return same_name(each.first, name); });
}

HttpClient::HttpClient(std::uint16_t port, const std::string& from_address)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in from = local(from_address, 0);
  const sockaddr_in to = local("127.0.0.1", port);
  const int yes = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("the server can't be reached");
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), input_(std::move(other.input_)) {}

HttpClient& HttpClient::operator=(HttpClient&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(input_, other.input_);
  return *this;
}

HttpClient::~HttpClient() {
  if (socket_ >= 0) ::close(socket_);
}

void HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void HttpClient::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool HttpClient::has_input_within(int ms) {
  pollfd waiting{socket_, POLLIN, 0};
  return !input_.empty() || ::poll(&waiting, 1, ms) > 0;
}

/// False at the end of what the server sends.
bool HttpClient::receive() {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, patience_ms) <= 0) throw std::runtime_error("the server does not answer");
  std::array<char, 65536> buffer{};
  const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  input_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

bool HttpClient::closed_within(int ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left.count()))) <= 0) return false;
    if (!receive()) return true;
    input_.clear();
  }
}

std::string HttpClient::read_bytes(std::size_t size) {
  while (input_.size() < size)
    if (!receive()) throw std::runtime_error("the server closed before it had sent enough: " + input_);
  std::string out = input_.substr(0, size);
  input_.erase(0, size);
  return out;
}

HttpReply HttpClient::read(bool to_head) {
  std::size_t end = 0;
  while ((end = input_.find("\r\n\r\n")) == input_.npos)
    if (!receive()) throw std::runtime_error("the server closed without an answer: " + input_);
  HttpReply out;
  std::string_view head = std::string_view(input_).substr(0, end + 2);
  out.status = std::stoi(std::string(head.substr(9, 3)));
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    const std::size_t colon = line.find(": ");
    out.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  input_.erase(0, end + 4);
  const std::string length = out.header("Content-Length");
  const std::size_t size = to_head || length.empty() ? 0 : std::stoul(length);
  while (input_.size() < size)
    if (!receive()) throw std::runtime_error("the server closed in the middle of an answer");
  out.body = input_.substr(0, size);
  input_.erase(0, size);
  return out;
}

HttpReply HttpClient::request(std::string_view method, std::string_view target, Headers headers,
                              std::string_view body) {
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  if (!body.empty()) text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  send(text.append("\r\n").append(body));
  return read(method == "HEAD");
}

}  // namespace tiketi::test
