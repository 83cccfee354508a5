#include "routes/url.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace tiketi::http {

std::string with_query(std::string address,
                       const std::vector<std::pair<std::string_view, std::string_view>>& parameters) {
  bool first = address.find('?') == address.npos;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    address.append(std::exchange(first, false) ? "?" : "&").append(name).append("=");
    address += boost::urls::encode(value, boost::urls::unreserved_chars);
  }
  return address;
}

}  // namespace tiketi::http
