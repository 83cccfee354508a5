#pragma once
// Port: the log of what administrators did. Entries are added and read, never changed or removed.

#include <tiketi/base/id.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tiketi {

/// One action. Texts are clean UTF-8 within the bounds below; action, and kind and id of the subject are not empty.
struct AuditEntry {
  Timestamp at;
  UserId actor_id;           ///< nil: the house itself (the command line, a job)
  std::string actor_email;   ///< as it was then
  std::string action;        ///< for example `event.cancel`
  std::string subject_kind;  ///< for example `event`
  std::string subject_id;
  std::string request_id;  ///< to find it in other logs; may be empty
  std::string details;     ///< JSON; may be empty
  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

inline constexpr std::size_t max_audit_field_bytes = 320;
inline constexpr std::size_t max_audit_details_bytes = 64 * 1024;

struct AuditRecord {
  std::int64_t sequence = 0;  ///< grows with each record
  AuditEntry entry;
  friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

/// Which records to read: those that fit all that is given.
struct AuditQuery {
  Timestamp from;                      ///< inclusive
  Timestamp until = latest_timestamp;  ///< exclusive
  UserId actor_id;                     ///< nil: any
  std::string subject_kind;            ///< empty: any
  std::string subject_id;              ///< empty: any; needs a kind
  std::int64_t before_sequence = 0;    ///< the last sequence of the page before this one; 0: from the newest
  std::size_t limit = 100;             ///< 1 to 1000
};

/// Thread-safe.
class AuditLog {
 public:
  virtual ~AuditLog() = default;

  /// Returns when all entries are durable; on an error none is, but for outcome_unknown. invalid_argument (details:
  /// field), limit_exceeded (details: field, limit), storage_full, unavailable.
  virtual Result<void> record(std::span<const AuditEntry> entries) = 0;

  /// Newest first. invalid_argument (details: field), unavailable.
  virtual Result<std::vector<AuditRecord>> entries(const AuditQuery& query) = 0;
};

/// The bounds, which every log checks.
Result<void> check(const AuditEntry& entry);
Result<void> check(const AuditQuery& query);

}  // namespace tiketi
