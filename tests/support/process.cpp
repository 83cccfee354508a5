#include "support/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace tiketi::test {

namespace {

struct Identity {
  uid_t user = 0;
  gid_t group = 0;
};

Identity identity_of(const std::string& user) {
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr) throw std::runtime_error("there is no user " + user);
  return {entry->pw_uid, entry->pw_gid};
}

/// Between fork and exec: nothing that allocates or locks.
[[noreturn]] void become(const std::vector<char*>& arguments, const Identity* identity, int output, int errors) {
  if (identity != nullptr &&
      (setgroups(0, nullptr) != 0 || setgid(identity->group) != 0 || setuid(identity->user) != 0))
    _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  if (output >= 0) dup2(output, STDOUT_FILENO);
  if (errors >= 0) dup2(errors, STDERR_FILENO);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

}  // namespace

Process::Process(const std::vector<std::string>& program, const Options& options) {
  std::vector<char*> arguments;
  for (const std::string& each : program) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  Identity identity;
  if (!options.user.empty()) identity = identity_of(options.user);
  int log = -1;
  if (!options.log_path.empty()) log = open(options.log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  std::array<int, 2> ends{-1, -1};
  if (options.read_output && pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe to be had");
  pid_ = fork();
  if (pid_ == 0)
    become(arguments, options.user.empty() ? nullptr : &identity, options.read_output ? ends[1] : log, log);
  if (log >= 0) ::close(log);
  if (options.read_output) ::close(ends[1]);
  output_ = ends[0];
  if (pid_ < 0) throw std::runtime_error("can't start " + program.front() + ": " + std::strerror(errno));
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)),
      exit_code_(other.exit_code_),
      ended_(std::exchange(other.ended_, true)),
      buffer_(std::move(other.buffer_)) {}

Process::~Process() {
  if (!ended_ && pid_ > 0) {
    signal(SIGKILL);
    wait();
  }
  if (output_ >= 0) ::close(output_);
}

void Process::signal(int number) const {
  if (!ended_ && pid_ > 0) kill(pid_, number);
}

void Process::remember(int status) {
  ended_ = true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool Process::is_running() {
  int status = 0;
  if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) remember(status);
  return !ended_;
}

int Process::wait() {
  int status = 0;
  while (!ended_)
    if (waitpid(pid_, &status, 0) == pid_) remember(status);
    else if (errno != EINTR) break;
  return exit_code_;
}

bool Process::wait_for(int ms) {
  for (int waited = 0; is_running() && waited < ms; waited += 5) usleep(5000);
  return !is_running();
}

bool Process::read_line(std::string& line) {
  while (true) {
    const std::size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return true;
    }
    std::array<char, 4096> chunk;
    const ssize_t got = read(output_, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace tiketi::test
