#include <tiketi/adapters/sqlite.hpp>

#include "adapters/sql/stores.hpp"
#include "adapters/sqlite/connection.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>

namespace tiketi::sqlite {

namespace {

/// "TKTI": what tells our files from other programs'.
constexpr std::int64_t application_id = 0x544B5449;

Result<void> set_up(Connection& connection, const Options& options, bool writes) {
  const std::int64_t cache_kib = std::max<std::int64_t>(options.cache_bytes / (writes ? 1 : 4) / 1024, 256);
  std::vector<std::string> pragmas{
      "PRAGMA journal_mode = WAL", options.durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
      "PRAGMA foreign_keys = ON", "PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -" + std::to_string(cache_kib),
      // Pages that many commits touch are copied to the file once in 16 MB of log.
      "PRAGMA wal_autocheckpoint = 4096", "PRAGMA journal_size_limit = 67108864"};
  if (!writes) pragmas.push_back("PRAGMA query_only = ON");
  for (const std::string& pragma : pragmas)
    if (auto done = connection.execute(pragma); done.has_error()) return done;
  if (options.max_bytes > 0 && writes) {
    auto page_size = connection.number("PRAGMA page_size");
    if (page_size.has_error()) return page_size.error();
    const std::int64_t pages = std::max<std::int64_t>(options.max_bytes / *page_size, 1);
    return connection.execute("PRAGMA max_page_count = " + std::to_string(pages));
  }
  return {};
}

/// Makes a new file ours; refuses another program's.
Result<void> claim(Connection& connection, const std::string& path) {
  auto id = connection.number("PRAGMA application_id");
  if (id.has_error()) return id.error();
  if (*id == application_id) return {};
  auto tables = connection.number("SELECT count(*) FROM sqlite_schema");
  if (tables.has_error()) return tables.error();
  if (*id != 0 || *tables != 0)
    return Error{Errc::storage_mismatch, path + " is another program's database; name a new file"};
  return connection.execute("PRAGMA application_id = " + std::to_string(application_id));
}

/// One writer; readers are opened as they are needed.
class SqliteDatabase final : public sql::Database {
 public:
  SqliteDatabase(std::string path, Options options, std::unique_ptr<Connection> writer)
      : path_(std::move(path)), options_(options), writer_(std::move(writer)) {}

  sql::Dialect dialect() const noexcept override { return sql::Dialect::sqlite; }

  Result<sql::Lease> writer() override {
    std::unique_lock lock(writer_mutex_);
    if (!writer_free_.wait_for(lock, std::chrono::milliseconds(options_.busy_timeout_ms), [this] { return !writing_; }))
      return Error{Errc::unavailable, "the database is busy writing; try again"};
    writing_ = true;
    return sql::Lease(writer_.get(), [this](sql::Connection* connection) {
      connection->rollback();  // nothing, unless an error left a transaction open
      const std::lock_guard giving_back(writer_mutex_);
      writing_ = false;
      writer_free_.notify_one();
    });
  }

  Result<sql::Lease> reader() override {
    std::unique_lock lock(readers_mutex_);
    const auto limit = static_cast<std::size_t>(options_.readers);
    if (!reader_free_.wait_for(lock, std::chrono::milliseconds(options_.busy_timeout_ms),
                               [&] { return !idle_.empty() || open_readers_ < limit; }))
      return Error{Errc::unavailable, "all connections for reading are busy; try again"};
    std::unique_ptr<Connection> connection;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    } else {
      ++open_readers_;
      lock.unlock();
      auto opened = open_reader();
      if (opened.has_error()) {
        lock.lock();
        --open_readers_;
        reader_free_.notify_one();
        return opened.error();
      }
      connection = std::move(*opened);
    }
    return sql::Lease(connection.release(), [this](sql::Connection* used) {
      used->rollback();
      const std::lock_guard giving_back(readers_mutex_);
      idle_.emplace_back(static_cast<Connection*>(used));
      reader_free_.notify_one();
    });
  }

  Result<std::int64_t> size_bytes() override {
    std::int64_t total = 0;
    for (const char* suffix : {"", "-wal"}) {
      std::error_code missing;
      const auto size = std::filesystem::file_size(path_ + suffix, missing);
      if (!missing) total += static_cast<std::int64_t>(size);
    }
    return total;
  }

 private:
  Result<std::unique_ptr<Connection>> open_reader() const {
    auto connection = Connection::open(path_, false, options_.busy_timeout_ms);
    if (connection.has_error()) return connection;
    if (auto done = set_up(**connection, options_, false); done.has_error()) return done.error();
    return connection;
  }

  const std::string path_;
  const Options options_;
  std::mutex writer_mutex_;
  std::condition_variable writer_free_;
  bool writing_ = false;
  std::unique_ptr<Connection> writer_;
  std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t open_readers_ = 0;
};

}  // namespace

Result<std::unique_ptr<Stores>> open(const std::string& path, const Options& options) {
  if (path.empty() || path.front() == ':' || path.starts_with("file:"))
    return Error{Errc::invalid_argument, "name a file, for example sqlite:box.db", {{"field", "path"}}};
  if (options.readers < 1 || options.readers > 64)
    return Error{Errc::invalid_argument, "readers are 1 to 64", {{"field", "readers"}}};
  auto connection = Connection::open(path, true, options.busy_timeout_ms);
  if (connection.has_error()) return connection.error();
  if (auto ours = claim(**connection, path); ours.has_error()) return ours.error();
  if (auto done = set_up(**connection, options, true); done.has_error()) return done.error();
  return sql::make_stores(std::make_unique<SqliteDatabase>(path, options, std::move(*connection)));
}

}  // namespace tiketi::sqlite
