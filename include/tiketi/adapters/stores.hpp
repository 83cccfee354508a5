#pragma once
// The stores that one database, or one process's memory, provides together.

#include <tiketi/base/result.hpp>
#include <tiketi/box_office/store.hpp>
#include <tiketi/catalog/store.hpp>
#include <tiketi/identity/store.hpp>
#include <tiketi/notice/store.hpp>
#include <tiketi/payment/store.hpp>
#include <tiketi/ports/answers.hpp>
#include <tiketi/ports/audit.hpp>
#include <tiketi/ticket/store.hpp>
#include <tiketi/waiting_room/store.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tiketi {

/// One migration of the database, applied or not.
struct MigrationStatus {
  int number = 0;
  std::string name;
  bool applied = false;
};

/// What a conversation with the database took.
struct QueryTook {
  bool writes = false;  ///< it was the turn of a connection that may write
  bool failed = false;
  std::chrono::microseconds time{};
};
using QueryWatcher = std::function<void(const QueryTook&)>;

/// Thread-safe. The stores live as long as this object.
class Stores {
 public:
  virtual ~Stores() = default;
  virtual CatalogStore& catalog() = 0;
  virtual BoxOfficeStore& box_office() = 0;
  virtual TicketStore& tickets() = 0;
  virtual NoticeStore& notices() = 0;
  virtual AuditLog& audit() = 0;
  virtual Answers& answers() = 0;
  virtual IdentityStore& identity() = 0;
  virtual PaymentStore& payments() = 0;
  virtual WaitingRoomStore& waiting_rooms() = 0;

  /// In order of number; empty for a store without tables. storage_newer, storage_mismatch (the database
  /// is not ours, or an applied migration was altered), unavailable.
  virtual Result<std::vector<MigrationStatus>> migrations() = 0;

  /// Applies what is missing and returns its numbers. Several processes may do so at once.
  virtual Result<std::vector<int>> migrate() = 0;

  /// `watcher` is told of every round of queries from then on, on the thread that asked; it must be quick and not
  /// throw. Call it before the stores are used. Memory has no queries.
  virtual void watch(QueryWatcher watcher) = 0;

  /// Bytes that the store takes on disk; 0 for memory.
  virtual Result<std::int64_t> size_bytes() = 0;
};

}  // namespace tiketi
