#include "include_rules.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <regex>
#include <utility>

namespace tiketi::test {
namespace {

enum class Area { public_header, core, adapter, composition, host, elsewhere };

/// Where a file of the project lies: `src/core/catalog/search.cpp` is in the core, its room is catalog.
struct Place {
  Area area = Area::elsewhere;
  std::string room;  ///< empty for files that lie directly in the area
  std::string file;

  bool in(Area wanted_area, std::string_view wanted_room) const { return area == wanted_area && room == wanted_room; }
  bool is_column() const { return !room.empty() && room != "base" && room != "ports" && room != "adapters"; }
  bool is_service() const {
    static constexpr std::array services = {
        "catalog/catalog.hpp",    "box_office/box_office.hpp", "identity/accounts.hpp",        "payment/cashier.hpp",
        "ticket/ticket_desk.hpp", "notice/notice_board.hpp",   "waiting_room/waiting_room.hpp"};
    return area == Area::public_header && std::ranges::find(services, room + '/' + file) != services.end();
  }
};

Place place_of(std::string_view path) {
  static const std::pair<std::string_view, Area> areas[] = {{"include/tiketi/", Area::public_header},
                                                            {"src/core/", Area::core},
                                                            {"src/adapters/", Area::adapter},
                                                            {"src/", Area::composition},
                                                            {"hosts/", Area::host}};
  for (const auto& [root, area] : areas) {
    if (!path.starts_with(root)) continue;
    const std::string_view rest = path.substr(root.size());
    const std::size_t slash = rest.find('/');
    const bool in_room = slash != rest.npos;
    return {area, std::string(in_room ? rest.substr(0, slash) : ""), std::string(rest.substr(rest.rfind('/') + 1))};
  }
  return {};
}

/// The project's file that is meant, or nothing if it is none of ours.
std::string resolve(std::string_view path, std::string_view included) {
  if (included.starts_with("tiketi/")) return "include/" + std::string(included);
  if (included.starts_with("core/") || included.starts_with("adapters/")) return "src/" + std::string(included);
  if (included.starts_with("hosts/")) return std::string(included);
  if (!included.ends_with(".hpp") || included.starts_with("boost/") || included.starts_with("CLI/")) return {};
  return (std::filesystem::path(path).parent_path() / included).lexically_normal().string();
}

bool is_standard(std::string_view included) { return included.find_first_of("/.") == included.npos; }

std::string violation_in_room(const Place& from, const Place& to) {
  const bool to_own_room = to.room == from.room;
  if (to.area == Area::adapter || to.in(Area::public_header, "adapters")) return "the core does not know adapters";
  if (to.area == Area::composition || to.room.empty()) return "the core does not know how it is put together";
  if (to.room == "base") return {};
  if (from.room == "base") return "base knows only base";
  if (from.room == "ports") return to_own_room ? "" : "ports know only base";
  if (to.is_column() && !to_own_room) return "a column does not lean on another";
  if (from.area == Area::public_header && from.file == "rules.hpp" &&
      (!to_own_room || to.file == "store.hpp" || to.is_service()))
    return "rules know only their nouns and base";
  return {};
}

}  // namespace

std::vector<std::string> includes_in(std::string_view text) {
  static const std::regex line(R"re((?:^|\n)[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"])re");
  const std::string whole(text);
  std::vector<std::string> found;
  for (std::sregex_iterator each(whole.begin(), whole.end(), line), end; each != end; ++each)
    found.push_back((*each)[1]);
  return found;
}

std::string violation(std::string_view path, std::string_view included) {
  const Place from = place_of(path);
  const std::string target = resolve(path, included);
  if (target.empty()) {
    const bool allowed =
        from.area != Area::public_header || is_standard(included) || included == "boost/system/result.hpp";
    return allowed ? "" : "a public header includes only the standard library and Boost.System's result";
  }
  const Place to = place_of(target);
  if (to.area == Area::host && from.area != Area::host) return "nobody leans on a host";
  if (from.area == Area::public_header && to.area != Area::public_header) return "a public header includes public ones";
  switch (from.area) {
    case Area::public_header:
      if (from.room.empty()) return {};
      if (from.room != "adapters") return violation_in_room(from, to);
      return to.room.empty() || to.is_service() ? "adapters know stores, ports and nouns" : "";
    case Area::core:
      return violation_in_room(from, to);
    case Area::adapter:
      return to.area == Area::core || to.area == Area::composition ||
                     (to.area == Area::public_header && (to.room.empty() || to.is_service()))
                 ? "adapters know stores, ports and nouns"
                 : "";
    case Area::host:
      return to.area == Area::core || to.area == Area::adapter || to.area == Area::composition
                 ? "a host uses what an embedder can use: public headers"
                 : "";
    case Area::composition:
    case Area::elsewhere:
      return {};
  }
  return {};
}

}  // namespace tiketi::test
