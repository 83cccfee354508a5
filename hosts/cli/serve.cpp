#include "serve.hpp"

#ifdef TIKETI_WITH_HTTP
#include "../http/run.hpp"
#endif

#include <utility>

namespace tiketi::cli {

#ifdef TIKETI_WITH_HTTP
int serve(std::vector<std::string> arguments, const Terminal&) {
  return http::run("tiketi serve", std::move(arguments));
}
#else
int serve(std::vector<std::string>, const Terminal& terminal) {
  return static_cast<int>(report_error(terminal, false,
                                       {Errc::not_supported,
                                        "this tiketi was built without the HTTP server; build it with "
                                        "-DTIKETI_HTTP=ON"}));
}
#endif

}  // namespace tiketi::cli
