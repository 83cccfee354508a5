#pragma once
// The sandbox's own SQLite file, and what of it a batch of calls touches.

#include "adapters/sandbox/entry.hpp"
#include "adapters/sqlite/connection.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tiketi::sandbox {

/// What a batch of calls will need.
struct Wanted {
  std::vector<std::string_view> payment_keys;
  std::vector<std::string_view> order_ids;
  std::vector<std::string> calls;  ///< of the requests; in parallel to their keys
  std::vector<std::string_view> keys;
};

/// The entries and requests that a batch touches. What it changes is written with the batch.
class Picture {
 public:
  /// Null if there is none.
  Entry* by_key(std::string_view payment_key);
  Entry* by_order(std::string_view order_id);
  const Request* request(const std::string& call, const std::string& key) const;

  Entry& add(Entry entry);
  void changed(const Entry& entry);
  void remember(Request request);

 private:
  friend class Books;
  struct Kept {
    Entry entry;
    bool is_new = false;
    bool is_changed = false;
  };
  void keep(Entry entry);

  std::unordered_map<std::string, Kept> entries_;              // by payment key
  std::unordered_map<std::string, std::string> key_of_order_;  // the payment key
  std::unordered_map<std::string, Request> requests_;          // by call and key
  std::vector<std::string> remembered_;                        // keys of `requests_`
};

/// One connection, used by one thread at a time. Errors: unavailable, storage_full, storage_mismatch.
class Books {
 public:
  /// An empty path: in memory.
  static Result<std::unique_ptr<Books>> open(const std::string& path);

  /// Begins a transaction and reads, entries as they are at `now`.
  Result<void> read(const Wanted& wanted, Timestamp now, const SandboxOptions& options, Picture& picture);
  /// Reads entries only, without a transaction.
  Result<void> look(const Wanted& wanted, Timestamp now, const SandboxOptions& options, Picture& picture);
  /// Writes what has changed, and commits.
  Result<void> write(const Picture& picture);
  void rollback() noexcept { connection_->rollback(); }

  Result<std::vector<SandboxBooks>> sums(Timestamp now);

 private:
  explicit Books(std::unique_ptr<sqlite::Connection> connection) : connection_(std::move(connection)) {}

  std::unique_ptr<sqlite::Connection> connection_;
};

}  // namespace tiketi::sandbox
