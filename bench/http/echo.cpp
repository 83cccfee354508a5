// The limit for what an HTTP server on Beast can answer: the same bytes to whatever is asked, and nothing else. Like
// our server it is coroutines over an io_context for each thread, which share a port by SO_REUSEPORT.

#include "arguments.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto help =
    "tiketi_http_echo: answers every HTTP request on 127.0.0.1 with the same bytes.\n"
    "  --port N      default: any free one, which is printed\n"
    "  --bytes N     how many; default 0\n"
    "  --file FILE   its bytes instead\n"
    "  --threads N   default: as many as there are cores\n"
    "  --help\n";

struct Arguments {
  std::uint16_t port = 0;
  std::string body;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool help = false;
};

std::string content(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("can't read " + file);
  return text.str();
}

Arguments parse(const std::vector<std::string>& words) {
  Arguments out;
  tiketi::bench::read_arguments(words, [&](const std::string& name, const auto& value) {
    if (name == "--port") out.port = static_cast<std::uint16_t>(std::stoul(value()));
    else if (name == "--bytes") out.body.assign(std::stoul(value()), 'x');
    else if (name == "--file") out.body = content(value());
    else if (name == "--threads") out.threads = std::max(1U, static_cast<unsigned>(std::stoul(value())));
    else if (name == "--help") out.help = true;
    else return false;
    return true;
  });
  return out;
}

asio::awaitable<void> serve(tcp::socket socket, const std::string& body) {
  boost::beast::flat_buffer buffer;
  error_code error;
  http::response<http::span_body<const char>> response{http::status::ok, 11};
  response.set(http::field::content_type, "application/json; charset=utf-8");
  response.body() = {body.data(), body.size()};
  response.prepare_payload();
  while (true) {
    http::request<http::string_body> request;
    co_await http::async_read(socket, buffer, request, asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    response.keep_alive(request.keep_alive());
    co_await http::async_write(socket, response, asio::redirect_error(asio::use_awaitable, error));
    if (error || !request.keep_alive()) break;
  }
  socket.shutdown(tcp::socket::shutdown_both, error);
}

asio::awaitable<void> listen(tcp::acceptor& acceptor, const std::string& body) {
  while (true) {
    error_code error;
    tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) continue;
    socket.set_option(tcp::no_delay(true), error);
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), body), asio::detached);
  }
}

tcp::acceptor open_acceptor(asio::io_context& io, std::uint16_t port) {
  using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
  tcp::acceptor acceptor(io, tcp::v4());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.set_option(ReusePort(true));
  acceptor.bind({asio::ip::address_v4::loopback(), port});
  acceptor.listen();
  return acceptor;
}

/// Never returns.
void run(const Arguments& arguments) {
  std::uint16_t port = arguments.port;
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  std::vector<tcp::acceptor> acceptors;
  for (unsigned i = 0; i < arguments.threads; ++i) {
    contexts.push_back(std::make_unique<asio::io_context>(1));
    acceptors.push_back(open_acceptor(*contexts.back(), port));
    port = acceptors.back().local_endpoint().port();
  }
  std::cout << port << std::endl;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < arguments.threads; ++i)
    threads.emplace_back([&, i] {
      asio::co_spawn(*contexts[i], listen(acceptors[i], arguments.body), asio::detached);
      contexts[i]->run();
    });
}

}  // namespace

int main(int count, char** words) {
  try {
    const Arguments arguments = parse({words + 1, words + count});
    if (arguments.help) std::cout << help;
    else run(arguments);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "tiketi_http_echo: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
