#include "telemetry/log.hpp"

#include "server/json_writer.hpp"
#include "telemetry/mask.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/periodic_worker.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>

#include <array>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace tiketi::telemetry {
namespace {

constexpr std::array<std::string_view, 5> level_names = {"debug", "info", "warning", "error", "off"};

spdlog::level::level_enum as_spdlog(Level level) noexcept {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

/// The end of the line: a file, standard output, or whoever asked for lines. Lines are whole already.
class LineSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LineSink(const LogOptions& options) : write_(options.write) {
    if (write_ || options.file.empty()) return;
    owned_ = std::fopen(options.file.c_str(), "ae");
    if (!owned_) throw std::runtime_error("the log can't be written to " + options.file);
    file_ = owned_;
  }
  LineSink(const LineSink&) = delete;
  LineSink& operator=(const LineSink&) = delete;
  ~LineSink() override {
    if (owned_) std::fclose(owned_);
  }

  void push_out() {
    const std::lock_guard lock(mutex_);
    if (!write_) std::fflush(file_);
  }

  /// Counts the flushes that were done, so that one can be waited for.
  std::uint64_t flushes() {
    const std::lock_guard lock(flush_mutex_);
    return flushes_;
  }
  void wait_beyond(std::uint64_t count) {
    std::unique_lock lock(flush_mutex_);
    flushed_.wait_for(lock, std::chrono::seconds(5), [&] { return flushes_ > count; });
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view line(message.payload.data(), message.payload.size());
    if (write_) write_(line);
    else std::fwrite(line.data(), 1, line.size(), file_);
  }
  void flush_() override {
    if (!write_) std::fflush(file_);
    const std::lock_guard lock(flush_mutex_);
    ++flushes_;
    flushed_.notify_all();
  }

  std::function<void(std::string_view)> write_;
  std::FILE* file_ = stdout;
  std::FILE* owned_ = nullptr;
  std::mutex flush_mutex_;
  std::condition_variable flushed_;
  std::uint64_t flushes_ = 0;
};

std::string now_text() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return to_iso8601({std::chrono::duration_cast<std::chrono::milliseconds>(now).count()});
}

/// A record being written, in either format.
class Line {
 public:
  Line(Format format, Level level, std::string_view service, std::string_view message) : format_(format), json_(out_) {
    const std::string_view level_name = level_names[static_cast<std::size_t>(level)];
    if (format_ == Format::json) {
      json_.begin_object();
      json_.member("time", now_text()).member("level", level_name).member("service", service);
      json_.member("message", mask("message", message));
    } else {
      out_.append(now_text()).append(" ").append(level_name).append(" ").append(mask("message", message));
    }
  }

  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void add(const LogField& field) {
    std::visit([&](const auto& value) { add_value(field.name, value); }, field.value);
  }
  /// A text that is known to hold no secret.
  void add_plain(std::string_view name, std::string_view text) {
    if (format_ == Format::json) {
      json_.member(name, text);
    } else {
      out_.append(" ").append(name).append("=");
      if (text.find_first_of(" \"\n=") == text.npos) out_ += text;
      else http::append_json_string(out_, text);
    }
  }
  std::string finish() {
    if (format_ == Format::json) json_.end_object();
    out_ += '\n';
    return std::move(out_);
  }

 private:
  void add_value(std::string_view name, std::string_view text) { add_plain(name, mask(name, text)); }
  template <class Number>
  void add_value(std::string_view name, Number number) {
    if (format_ == Format::json) {
      json_.member(name, number);
    } else {
      out_.append(" ").append(name).append("=");
      http::JsonWriter(out_).value(number);
    }
  }

  Format format_;
  std::string out_;
  http::JsonWriter json_;
};

}  // namespace

std::optional<Level> parse_level(std::string_view word) noexcept {
  if (word == "warn") return Level::warning;
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (level_names[i] == word) return static_cast<Level>(i);
  return std::nullopt;
}

std::optional<Format> parse_format(std::string_view word) noexcept {
  if (word == "json") return Format::json;
  if (word == "text") return Format::text;
  return std::nullopt;
}

struct Log::Impl {
  Format format;
  std::string service;
  std::shared_ptr<LineSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> thread;
  std::shared_ptr<spdlog::async_logger> logger;
  std::unique_ptr<spdlog::details::periodic_worker> pushing_out;  // so that a quiet log is up to date

  void put(Level level, Line& line) {
    const std::string text = line.finish();
    logger->log(as_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
  }
};

Log::Log(LogOptions options) : level_(options.level), impl_(std::make_unique<Impl>()) {
  impl_->format = options.format;
  impl_->service = options.service;
  impl_->sink = std::make_shared<LineSink>(options);
  impl_->thread = std::make_shared<spdlog::details::thread_pool>(options.max_queue, 1);
  impl_->logger = std::make_shared<spdlog::async_logger>("tiketi", impl_->sink, impl_->thread,
                                                         spdlog::async_overflow_policy::overrun_oldest);
  impl_->logger->set_level(spdlog::level::trace);
  impl_->pushing_out = std::make_unique<spdlog::details::periodic_worker>([sink = impl_->sink] { sink->push_out(); },
                                                                          std::chrono::seconds(1));
}

Log::~Log() { flush(); }

void Log::write(Level level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  Line line(impl_->format, level, impl_->service, message);
  for (const LogField& each : fields) line.add(each);
  impl_->put(level, line);
}

void Log::access(const AccessRecord& record) {
  const Level level = record.status >= 500 ? Level::error : Level::info;
  if (!enabled(level)) return;
  Line line(impl_->format, level, impl_->service, "request");
  line.add_plain("request_id", record.request_id);
  if (!record.trace_id.empty()) line.add_plain("trace_id", record.trace_id);
  line.add_plain("method", record.method);
  line.add_plain("route", record.route);
  line.add({"status", record.status});
  line.add({"duration_ms", record.duration_ms});
  line.add({"bytes", record.bytes});
  line.add_plain("client", record.client);
  if (!record.user_id.empty()) line.add_plain("user_id", record.user_id);
  if (!record.note.empty()) line.add({"note", record.note});
  impl_->put(level, line);
}

std::uint64_t Log::dropped() const noexcept { return impl_->thread->overrun_counter(); }

void Log::flush() {
  const std::uint64_t before = impl_->sink->flushes();
  impl_->logger->flush();
  impl_->sink->wait_beyond(before);
}

}  // namespace tiketi::telemetry
