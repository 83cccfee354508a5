#include "cli/program.hpp"

#include "support/process.hpp"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace tiketi::test {
namespace {

std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string content(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

boost::json::value Said::json() const {
  boost::system::error_code malformed;
  boost::json::value value = boost::json::parse(out, malformed);
  if (malformed) throw std::runtime_error("not JSON: " + out + err);
  return value;
}

std::string Said::error() const { return std::string(json().at("error").at("code").as_string()); }
std::string Said::message() const { return std::string(json().at("error").at("message").as_string()); }

Program::Program() { store_ = "sqlite:" + path("box.db"); }

std::string Program::program() { return TIKETI_BINARY_DIR "/hosts/cli/tiketi"; }

Said Program::run(const Words& words, const std::string& input) const { return run_with({}, words, input); }

Said Program::run_interrupted(const Words& words) const {
  constexpr int code_when_interrupted = 130;
  setenv("TIKETI_STORE", store_.c_str(), 1);
  Words line{program()};
  line.insert(line.end(), words.begin(), words.end());
  Process process(line);
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  process.signal(SIGINT);
  Said said;
  for (std::string read; process.read_line(read);) said.out += read;
  said.code = process.wait();
  EXPECT_EQ(said.code, code_when_interrupted);
  return said;
}

Said Program::run_with(const Words& variables, const Words& words, const std::string& input) const {
  std::string line = "cd " + quoted(directory_.path().string()) + " && env TIKETI_STORE=" + quoted(store_);
  for (const char* ours : {"PROFILE", "KEYS", "SANDBOX", "ADMIN_PASSWORD", "USER_PASSWORD"})
    line += std::string(" TIKETI_") + ours + '=';
  line += " JWT_SECRET=";
  for (const std::string& variable : variables) line += ' ' + quoted(variable);
  line += ' ' + quoted(program());
  for (const std::string& word : words) line += ' ' + quoted(word);
  line += " < " + quoted(write("input", input)) + " 2> " + quoted(path("err"));
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("can't run " + line);
  Said said;
  std::array<char, 4096> block{};
  for (std::size_t got = 0; (got = fread(block.data(), 1, block.size(), pipe)) > 0;) said.out.append(block.data(), got);
  const int status = pclose(pipe);
  said.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  said.err = content(path("err"));
  return said;
}

Said Program::run_json(Words words, const std::string& input) const {
  words.emplace_back("--json");
  return run(words, input);
}

std::unique_ptr<Services> Program::open_services() const {
  const StoreFiles files = files_beside(store_);
  OpenOptions options;
  options.keys_directory = files.keys_directory;
  options.sandbox_file = files.sandbox_file;
  return tiketi::open(store_, options).value();
}

void Program::seed() const {
  const Said said = run({"seed"});
  ASSERT_EQ(said.code, 0) << said.err;
  if (store_.starts_with("sqlite:"))
    sql("UPDATE events SET sale_start = 1 WHERE title = 'Winter Concert Tour in Seoul'");
}

std::string Program::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name), std::ios::binary) << text;
  return path(name);
}

std::vector<std::string> Program::sql(const std::string& statement) const {
  sqlite3* database = nullptr;
  if (sqlite3_open(path("box.db").c_str(), &database) != SQLITE_OK) throw std::runtime_error("can't open the database");
  std::vector<std::string> rows;
  char* complaint = nullptr;
  sqlite3_exec(
      database, statement.c_str(),
      [](void* to, int, char** values, char**) {
        static_cast<std::vector<std::string>*>(to)->emplace_back(values[0] == nullptr ? "" : values[0]);
        return 0;
      },
      &rows, &complaint);
  const std::string error = complaint == nullptr ? "" : complaint;
  sqlite3_free(complaint);
  sqlite3_close(database);
  if (!error.empty()) throw std::runtime_error(statement + ": " + error);
  return rows;
}

std::int64_t Program::number(const std::string& query) const { return std::stoll(sql(query).at(0)); }

}  // namespace tiketi::test
