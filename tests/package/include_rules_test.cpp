// The dependency rule of the house, checked over every file, and the size of files.

#include "include_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tiketi::test {
namespace {

namespace fs = std::filesystem;

constexpr std::ptrdiff_t most_lines = 500;

struct SourceFile {
  std::string path;  ///< from the project's root
  std::string text;
};

std::vector<SourceFile> sources(const std::vector<std::string>& folders) {
  std::vector<SourceFile> found;
  const fs::path root = TIKETI_SOURCE_DIR;
  for (const std::string& folder : folders)
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      std::ifstream file(entry.path());
      found.push_back(
          {entry.path().lexically_relative(root).string(), std::string(std::istreambuf_iterator(file), {})});
    }
  return found;
}

TEST(DependencyRule, HoldsInEveryFile) {
  const std::vector<SourceFile> files = sources({"include", "src", "hosts"});
  EXPECT_GT(files.size(), 50U);
  for (const SourceFile& file : files)
    for (const std::string& included : includes_in(file.text)) {
      const std::string why = violation(file.path, included);
      EXPECT_TRUE(why.empty()) << file.path << " includes " << included << ": " << why;
    }
}

TEST(DependencyRule, EveryPublicHeaderThatIsIncludedExists) {
  for (const SourceFile& file : sources({"include"}))
    for (const std::string& included : includes_in(file.text))
      if (included.starts_with("tiketi/")) {
        EXPECT_TRUE(fs::exists(fs::path(TIKETI_SOURCE_DIR) / "include" / included)) << file.path << ": " << included;
      }
}

TEST(FileSize, NoFileIsMoreThanOneIdea) {
  for (const SourceFile& file : sources({"include", "src", "hosts", "tests"}))
    EXPECT_LE(std::ranges::count(file.text, '\n'), most_lines) << file.path << " is too long: make it two";
}

TEST(IncludesIn, FindsThemAsTheyAreWritten) {
  const std::vector<std::string> expected = {"vector", "tiketi/base/id.hpp", "adapters/sql/stores.hpp", "a.hpp"};
  EXPECT_EQ(includes_in("#include <vector>\n  #  include <tiketi/base/id.hpp>\n#include \"adapters/sql/stores.hpp\"\n"
                        "// #include <commented.hpp>\n#ifdef X\n#include \"a.hpp\"\n#endif\n"),
            expected);
}

// The rule itself, tried with planted files that break it.
struct Planted {
  std::string_view path;
  std::string_view included;
};

TEST(DependencyRule, FindsPlantedViolations) {
  for (const Planted& each : std::initializer_list<Planted>{
           // Third-party headers and private ones in a public header.
           {"include/tiketi/catalog/planted.hpp", "boost/json.hpp"},
           {"include/tiketi/base/planted.hpp", "boost/system/error_code.hpp"},
           {"include/tiketi/base/planted.hpp", "unistd.h"},
           {"include/tiketi/base/planted.hpp", "sys/random.h"},
           {"include/tiketi/adapters/planted.hpp", "sqlite3.h"},
           {"include/tiketi/adapters/planted.hpp", "adapters/sql/connection.hpp"},
           {"include/tiketi/planted.hpp", "core/catalog/planted.hpp"},
           // Base knows base, ports know base.
           {"include/tiketi/base/planted.hpp", "tiketi/ports/clock.hpp"},
           {"src/core/base/planted.cpp", "tiketi/catalog/event.hpp"},
           {"include/tiketi/ports/planted.hpp", "tiketi/catalog/event.hpp"},
           // The core knows no adapters, no host, no composition.
           {"include/tiketi/box_office/planted.hpp", "tiketi/adapters/stores.hpp"},
           {"src/core/box_office/planted.cpp", "tiketi/adapters/memory.hpp"},
           {"src/core/box_office/planted.cpp", "adapters/sql/stores.hpp"},
           {"src/core/box_office/planted.cpp", "../../adapters/sql/stores.hpp"},
           {"src/core/catalog/planted.cpp", "tiketi/tiketi.hpp"},
           {"src/core/catalog/planted.cpp", "tiketi/open.hpp"},
           {"src/core/catalog/planted.cpp", "hosts/cli/output.hpp"},
           // A column leans on no other.
           {"include/tiketi/box_office/planted.hpp", "tiketi/catalog/event.hpp"},
           {"include/tiketi/catalog/planted.hpp", "tiketi/box_office/seat.hpp"},
           {"src/core/catalog/planted.cpp", "tiketi/box_office/store.hpp"},
           {"src/core/box_office/planted.cpp", "core/catalog/search.hpp"},
           // Rules know their nouns and base.
           {"include/tiketi/box_office/rules.hpp", "tiketi/ports/clock.hpp"},
           {"include/tiketi/box_office/rules.hpp", "tiketi/box_office/store.hpp"},
           {"include/tiketi/catalog/rules.hpp", "tiketi/catalog/catalog.hpp"},
           // Adapters know stores, ports and nouns, not services; hosts know what embedders know.
           {"src/adapters/local/planted.cpp", "tiketi/box_office/box_office.hpp"},
           {"src/adapters/sql/planted.cpp", "tiketi/open.hpp"},
           {"src/adapters/sql/planted.cpp", "../../open.hpp"},
           {"src/adapters/memory/planted.cpp", "hosts/cli/output.hpp"},
           {"src/adapters/sql/planted.cpp", "core/catalog/json_line.hpp"},
           {"include/tiketi/adapters/planted.hpp", "tiketi/catalog/catalog.hpp"},
           {"src/planted.cpp", "hosts/cli/output.hpp"},
           {"hosts/cli/planted.cpp", "adapters/sql/stores.hpp"},
           {"hosts/cli/planted.cpp", "core/box_office/commit.hpp"}})
    EXPECT_FALSE(violation(each.path, each.included).empty()) << each.path << " may include " << each.included;
}

TEST(DependencyRule, AllowsWhatTheHouseIsMadeOf) {
  for (const Planted& each :
       std::initializer_list<Planted>{{"include/tiketi/base/result.hpp", "boost/system/result.hpp"},
                                      {"include/tiketi/base/batcher.hpp", "condition_variable"},
                                      {"include/tiketi/ports/clock.hpp", "tiketi/base/time.hpp"},
                                      {"include/tiketi/box_office/rules.hpp", "tiketi/box_office/seat.hpp"},
                                      {"include/tiketi/box_office/store.hpp", "tiketi/ports/event_bus.hpp"},
                                      {"include/tiketi/adapters/local.hpp", "tiketi/catalog/store.hpp"},
                                      {"include/tiketi/open.hpp", "tiketi/adapters/stores.hpp"},
                                      {"src/core/box_office/planted.cpp", "core/box_office/planted.hpp"},
                                      {"src/core/box_office/planted.cpp", "planted.hpp"},
                                      {"src/core/catalog/planted.cpp", "boost/json.hpp"},
                                      {"src/adapters/sqlite/planted.cpp", "adapters/sql/connection.hpp"},
                                      {"src/adapters/local/planted.cpp", "tiketi/box_office/store.hpp"},
                                      {"src/open.cpp", "tiketi/tiketi.hpp"},
                                      {"hosts/cli/planted.cpp", "tiketi/tiketi.hpp"},
                                      {"hosts/cli/planted.cpp", "output.hpp"}})
    EXPECT_EQ(violation(each.path, each.included), "") << each.path << " includes " << each.included;
}

}  // namespace
}  // namespace tiketi::test
