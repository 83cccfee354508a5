#include "routes/html.hpp"

namespace tiketi::http {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char each : text) switch (each) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += each;
    }
  return out;
}

Response page(int status, std::string_view title, const std::string& body) {
  const std::string name = escaped(title);
  return text(status,
              "<!doctype html><html lang=\"ko\"><head><meta charset=\"utf-8\">"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>" +
                  name + "</title></head><body><main><h1>" + name + "</h1>" + body + "</main></body></html>\n",
              "text/html; charset=utf-8")
      .with_header("Cache-Control", "no-store");
}

Response see_other(const std::string& address) {
  Response response = text(303, "");
  response.with_header("Location", address).with_header("Cache-Control", "no-store");
  return response;
}

}  // namespace tiketi::http
