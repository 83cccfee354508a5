#include "run.hpp"

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "exit_code.hpp"
#include "output.hpp"
#include "serve.hpp"

#include <exception>
#include <string_view>

namespace tiketi::cli {
namespace {

/// Usage errors must know before parsing has succeeded whether a program or a person is asking.
bool asks_for_json(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--json") return true;
  return false;
}

int execute(const Arguments& arguments, const Terminal& terminal) {
  Session session{arguments, terminal};
  const Result<ExitCode> ended =
      std::visit([&session](const auto& command) { return cli::run(command, session); }, arguments.command);
  if (ended.has_error()) return static_cast<int>(report_error(terminal, arguments.json, ended.error()));
  terminal.out.flush();
  if (!terminal.out)
    return static_cast<int>(report_error(terminal, false, {Errc::unavailable, "the output could not be written"}));
  return static_cast<int>(*ended);
}

}  // namespace

int run(int argc, const char* const* argv) {
  const Terminal terminal = standard_terminal();
  const bool json = asks_for_json(argc, argv);
  try {
    if (argc > 1 && std::string_view(argv[1]) == "serve") return serve({argv + 2, argv + argc}, terminal);
    const Parsed parsed = parse_arguments(argc, argv);
    if (const auto* text = std::get_if<Text>(&parsed)) {
      terminal.out << text->text << std::flush;
      return static_cast<int>(ExitCode::ok);
    }
    if (const auto* error = std::get_if<Error>(&parsed)) return static_cast<int>(report_error(terminal, json, *error));
    return execute(std::get<Arguments>(parsed), terminal);
  } catch (const std::exception& broken) {
    return static_cast<int>(report_error(
        terminal, json,
        {Errc::unavailable, "the command was given up: the system refused what it needs", {{"cause", broken.what()}}}));
  }
}

}  // namespace tiketi::cli
