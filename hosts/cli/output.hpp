#pragma once
// Where the program writes, and how it tells of errors.

#include "exit_code.hpp"

#include <tiketi/base/error.hpp>

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <ostream>
#include <string_view>

namespace tiketi::cli {

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool colour = false;          ///< stdout is a terminal and NO_COLOR isn't set
  bool shows_progress = false;  ///< stderr is a terminal
};

Terminal standard_terminal();

void print_json(const Terminal& terminal, const boost::json::value& value);

/// For people: `tiketi: message`, facts and what to do, on stderr. For programs: an object on stdout.
ExitCode report_error(const Terminal& terminal, bool json, const Error& error);

/// One line on stderr that is drawn again and again; nothing when stderr is no terminal.
class Progress {
 public:
  explicit Progress(const Terminal& terminal) : terminal_(terminal) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void show(std::int64_t done, std::int64_t total, std::string_view text);

 private:
  const Terminal& terminal_;
  bool drawn_ = false;
};

}  // namespace tiketi::cli
