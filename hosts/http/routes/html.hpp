#pragma once
// Small pages for people, where the web front end is not the one to answer.

#include "server/request.hpp"
#include "server/response.hpp"

#include <string>
#include <string_view>

namespace tiketi::http {

/// Text for HTML, also inside attributes.
std::string escaped(std::string_view text);

/// A page with that title (escaped here) and body (HTML). `style` and `script` are allowed only from this server.
Response page(int status, std::string_view title, const std::string& body);

/// An answer without a body that sends the browser on.
Response see_other(const std::string& address);

}  // namespace tiketi::http
