// layout list, import, export and check

#include "commands/commands.hpp"
#include "files.hpp"
#include "format.hpp"
#include "json.hpp"

#include <tiketi/catalog/layout_text.hpp>
#include <tiketi/catalog/rules.hpp>

#include <filesystem>

namespace tiketi::cli {
namespace {

/// By the file's ending, or else by its first character: JSON is an object, CSV begins with a word.
bool is_json(const std::string& file, const std::string& text) {
  const std::string ending = std::filesystem::path(file).extension().string();
  if (ending == ".json") return true;
  if (ending == ".csv") return false;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string::npos || text[first] == '{';
}

Result<SeatLayout> read_layout(const std::string& file, const std::string& name, const std::string& description) {
  const auto text = read_text(file, catalog::max_layout_text_bytes);
  if (text.has_error()) return text.error();
  if (is_json(file, *text)) {
    auto layout = catalog::parse_layout_json(*text);
    if (layout.has_error()) return layout.error();
    if (!name.empty()) layout->name = name;
    if (!description.empty()) layout->description = description;
    if (const auto good = catalog::check(*layout); good.has_error()) return good.error();
    return layout;
  }
  std::string given = name;
  if (given.empty()) given = file == "-" ? "layout" : std::filesystem::path(file).stem().string();
  auto layout = catalog::parse_layout_csv(*text, given, description);
  if (layout.has_error()) return layout.error();
  if (const auto good = catalog::check(*layout); good.has_error()) return good.error();
  return layout;
}

void tell(const Session& session, const SeatLayout& layout, const char* verdict) {
  if (session.json()) {
    print_json(session.terminal, to_json(layout));
    return;
  }
  session.terminal.out << verdict << ' ' << layout.name << ": " << layout.sections.size() << " sections, "
                       << with_commas(catalog::count_seats(layout)) << " seats\n";
}

}  // namespace

Ended run(const LayoutListCommand&, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto layouts = (*services)->catalog().layouts();
  if (layouts.has_error()) return layouts.error();
  boost::json::array list;
  Rows rows{{"NAME", "SECTIONS", "SEATS", "ABOUT", "ID"}};
  for (const SeatLayout& each : *layouts) {
    list.push_back(to_json(each));
    rows.push_back({each.name, std::to_string(each.sections.size()), with_commas(catalog::count_seats(each)),
                    each.description, each.id.text()});
  }
  if (session.json()) print_json(session.terminal, {{"layouts", std::move(list)}});
  else if (layouts->empty())
    session.terminal.out << "No layouts yet; `tiketi layout import FILE` stores one, `tiketi seed` sample ones.\n";
  else session.terminal.out << format_table(rows);
  return ExitCode::ok;
}

Ended run(const LayoutImportCommand& command, Session& session) {
  auto layout = read_layout(command.file, command.name, command.description);
  if (layout.has_error()) return layout.error();
  const auto services = open_store(session, Store::may_be_new);
  if (services.has_error()) return services.error();
  const auto stored = (*services)->catalog().add_layout(std::move(*layout));
  if (stored.has_error()) return stored.error();
  tell(session, *stored, "Stored");
  return ExitCode::ok;
}

Ended run(const LayoutExportCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto layout = (*services)->catalog().layout(command.layout);
  if (layout.has_error()) return layout.error();
  const bool json = command.format == "json";
  std::string text = json ? catalog::layout_to_json(*layout) : catalog::layout_to_csv(*layout);
  if (!text.ends_with('\n')) text += '\n';
  if (!command.output.empty()) {
    if (const auto written = write_file(command.output, text); written.has_error()) return written.error();
    if (!session.json()) {
      tell(session, *layout, "Wrote");
      return ExitCode::ok;
    }
    boost::json::object told = to_json(*layout);
    told["file"] = command.output;
    print_json(session.terminal, std::move(told));
  } else if (session.json() && !json) {
    print_json(session.terminal, {{"layout", layout->name}, {"format", "csv"}, {"text", text}});
  } else {
    session.terminal.out << text;
  }
  return ExitCode::ok;
}

Ended run(const LayoutCheckCommand& command, Session& session) {
  const auto layout = read_layout(command.file, {}, {});
  if (layout.has_error()) return layout.error();
  tell(session, *layout, "Good layout");
  return ExitCode::ok;
}

}  // namespace tiketi::cli
