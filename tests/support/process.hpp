#pragma once
// Programs that a test starts, and ends by their id.

#include <sys/types.h>

#include <string>
#include <vector>

namespace tiketi::test {

/// A running child. It gets SIGKILL if it still runs when this goes, and when the thread that started it ends.
class Process {
 public:
  struct Options {
    std::string user;      ///< whom to run it as; only root can. Empty: as ourselves
    std::string log_path;  ///< where its standard error goes, and its output too unless `read_output`
    bool read_output = false;
  };

  /// `program` holds the path and the arguments. Throws std::runtime_error if it can't be started.
  Process(const std::vector<std::string>& program, const Options& options);
  explicit Process(const std::vector<std::string>& program) : Process(program, Options{{}, {}, true}) {}
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool is_running();
  /// Its exit code, or 128 plus the number of the signal that ended it.
  int wait();
  /// Waits that long at most; true if it has ended.
  bool wait_for(int ms);

  /// The next line of its output, without the line feed; false at the end of the output.
  bool read_line(std::string& line);

 private:
  void remember(int status);

  pid_t pid_ = -1;
  int output_ = -1;
  int exit_code_ = -1;
  bool ended_ = false;
  std::string buffer_;
};

}  // namespace tiketi::test
