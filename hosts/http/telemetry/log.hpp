#pragma once
// The log: a line per record, JSON or text, written by a thread of its own. Nobody waits for it: if it can't keep up,
// the oldest lines are dropped and counted.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace tiketi::telemetry {

enum class Level : std::uint8_t { debug, info, warning, error, off };
enum class Format : std::uint8_t { json, text };

std::optional<Level> parse_level(std::string_view word) noexcept;    ///< debug, info, warn(ing), error, off
std::optional<Format> parse_format(std::string_view word) noexcept;  ///< json, text

struct LogOptions {
  Level level = Level::info;
  Format format = Format::json;
  std::string service = "tiketi";
  std::string file;               ///< empty: standard output
  std::size_t max_queue = 8'192;  ///< lines
  std::function<void(std::string_view)>
      write;  ///< if set, gets each line (with its line feed) instead; on the log's thread
};

/// One fact of a record. Values pass `mask`.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  LogField(std::string_view n, std::string_view text) : name(n), value(text) {}
  LogField(std::string_view n, const char* text) : name(n), value(std::string_view(text)) {}
  LogField(std::string_view n, const std::string& text) : name(n), value(std::string_view(text)) {}
  LogField(std::string_view n, bool truth) : name(n), value(truth) {}
  LogField(std::string_view n, double number) : name(n), value(number) {}
  template <class Integer>
  requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) LogField(std::string_view n, Integer number)
      : name(n), value(static_cast<std::int64_t>(number)) {}
};

/// What is told of every request.
struct AccessRecord {
  std::string_view request_id;
  std::string_view trace_id;
  std::string_view method;
  std::string_view route;  ///< the pattern, never the raw path
  std::string_view client;
  std::string_view user_id;  ///< or empty
  std::string_view note;     ///< the cause of a failure, or empty
  int status = 0;
  double duration_ms = 0;
  std::size_t bytes = 0;
};

/// Thread-safe.
class Log {
 public:
  explicit Log(LogOptions options = {});
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();  ///< writes what is queued

  bool enabled(Level level) const noexcept { return level >= level_; }
  void write(Level level, std::string_view message, std::initializer_list<LogField> fields = {});
  void access(const AccessRecord& record);  ///< at `info`; 5xx at `error`

  std::uint64_t dropped() const noexcept;  ///< lines so far
  void flush();                            ///< waits until all that was logged before is written

 private:
  struct Impl;
  Level level_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tiketi::telemetry
