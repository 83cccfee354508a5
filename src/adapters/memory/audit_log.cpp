#include "adapters/memory/audit_log.hpp"

#include <mutex>
#include <shared_mutex>

namespace tiketi::memory {
namespace {

bool fits(const AuditEntry& entry, const AuditQuery& query) {
  return entry.at >= query.from && entry.at < query.until &&
         (query.actor_id.is_nil() || entry.actor_id == query.actor_id) &&
         (query.subject_kind.empty() || entry.subject_kind == query.subject_kind) &&
         (query.subject_id.empty() || entry.subject_id == query.subject_id);
}

class MemoryAuditLog final : public AuditLog {
 public:
  Result<void> record(std::span<const AuditEntry> entries) override {
    for (const AuditEntry& each : entries)
      if (auto sound = check(each); sound.has_error()) return sound;
    const std::unique_lock lock(mutex_);
    for (const AuditEntry& each : entries) records_.push_back({static_cast<std::int64_t>(records_.size()) + 1, each});
    return {};
  }

  Result<std::vector<AuditRecord>> entries(const AuditQuery& query) override {
    if (auto sound = check(query); sound.has_error()) return sound.error();
    const std::shared_lock lock(mutex_);
    std::vector<AuditRecord> out;
    for (auto at = records_.rbegin(); at != records_.rend() && out.size() < query.limit; ++at)
      if ((query.before_sequence == 0 || at->sequence < query.before_sequence) && fits(at->entry, query))
        out.push_back(*at);
    return out;
  }

 private:
  std::shared_mutex mutex_;
  std::vector<AuditRecord> records_;
};

}  // namespace

std::unique_ptr<AuditLog> make_audit_log() { return std::make_unique<MemoryAuditLog>(); }

}  // namespace tiketi::memory
