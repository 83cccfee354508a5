#include "secret.hpp"

#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>

namespace tiketi::cli {
namespace {

constexpr std::size_t max_typed_bytes = 1024;

Error refuse(std::string message) { return {Errc::invalid_argument, std::move(message), {{"field", "password"}}}; }

/// A terminal that hands over each key at once and shows none, until this goes.
class SilentTerminal {
 public:
  SilentTerminal() {
    tcgetattr(STDIN_FILENO, &before_);
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

 private:
  termios before_{};
};

void erase_last_character(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

/// Nothing if Ctrl-C was pressed.
std::optional<std::string> read_line(const std::string& question) {
  constexpr char interrupt = 0x03, end = 0x04, backspace = 0x08, erase = 0x7f;
  const SilentTerminal silent;
  std::cerr << question << std::flush;
  std::string typed;
  for (char key = 0; read(STDIN_FILENO, &key, 1) == 1;) {
    if (key == interrupt) return std::nullopt;
    if (key == '\n' || key == '\r' || key == end) break;
    if (key == erase || key == backspace) erase_last_character(typed);
    else if (typed.size() < max_typed_bytes) typed += key;
  }
  return typed;
}

std::string ask(const std::string& question) {
  const auto typed = read_line(question);
  std::cerr << std::endl;
  if (!typed) std::raise(SIGINT);
  return typed.value_or("");
}

}  // namespace

Result<std::string> read_password(const char* variable, const std::string& whose) {
  const char* given = std::getenv(variable);
  if (given != nullptr && *given != '\0') return std::string(given);
  if (isatty(STDIN_FILENO) != 1)
    return refuse("there is no password: set " + std::string(variable) + ", or run this on a terminal to be asked");
  const std::string first = ask("Password of " + whose + ": ");
  const std::string second = ask("Once more: ");
  if (first != second) return refuse("the two passwords differ; nothing was changed");
  return first;
}

}  // namespace tiketi::cli
