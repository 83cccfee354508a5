#include "load/address.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <charconv>
#include <string_view>

namespace tiketi::load {
namespace {

std::uint16_t port_of(std::string_view text, const std::string& url) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0)
    throw Broken("--url: " + url + " has no proper port");
  return port;
}

}  // namespace

Address resolve(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) throw Broken("--url: only http://HOST:PORT will do, not " + url);
  std::string_view authority = std::string_view(url).substr(scheme.size());
  if (authority.ends_with('/')) authority.remove_suffix(1);
  const std::size_t colon = authority.rfind(':');
  const std::string name(authority.substr(0, colon));
  if (name.empty() || name.find_first_of("/?#@[]") != name.npos)
    throw Broken("--url: only http://HOST:PORT will do, not " + url);

  Address out;
  out.host = authority;
  if (colon != authority.npos) out.port = port_of(authority.substr(colon + 1), url);
  boost::asio::io_context io;
  boost::system::error_code error;
  const auto found =
      boost::asio::ip::tcp::resolver(io).resolve(boost::asio::ip::tcp::v4(), name, std::to_string(out.port), error);
  if (error || found.empty()) throw Broken("there is no host " + name + ": " + error.message());
  out.ip = found.begin()->endpoint().address().to_string();
  return out;
}

}  // namespace tiketi::load
