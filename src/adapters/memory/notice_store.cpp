#include "adapters/memory/notice_store.hpp"

#include <mutex>
#include <set>
#include <shared_mutex>
#include <tuple>
#include <unordered_map>

namespace tiketi::memory {
namespace {

class MemoryNoticeStore final : public NoticeStore {
 public:
  Result<std::vector<NoticeOutcome>> commit(std::span<const NoticeChange> changes) override {
    const std::unique_lock lock(mutex_);
    std::vector<NoticeOutcome> outcomes;
    outcomes.reserve(changes.size());
    for (const NoticeChange& change : changes)
      outcomes.push_back(std::visit([this](const auto& each) { return apply(each); }, change));
    return outcomes;
  }

  Result<void> add_views(std::span<const NoticeViews> views) override {
    const std::unique_lock lock(mutex_);
    for (const NoticeViews& each : views)
      if (const auto at = notices_.find(each.id); at != notices_.end()) at->second.views += each.count;
    return {};
  }

  Result<std::vector<std::optional<Notice>>> notices(std::span<const NoticeId> ids) override {
    const std::shared_lock lock(mutex_);
    std::vector<std::optional<Notice>> out(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const auto at = notices_.find(ids[i]); at != notices_.end()) out[i] = at->second;
    return out;
  }

  Result<NoticePage> list(std::int64_t offset, std::int64_t limit) override {
    const std::shared_lock lock(mutex_);
    NoticePage out{.total = static_cast<std::int64_t>(in_order_.size())};
    std::int64_t index = 0;
    for (const Place& place : in_order_)
      if (index++ >= offset && index - offset <= limit) out.notices.push_back(notices_.at(place.id));
    return out;
  }

 private:
  struct Place {
    bool is_pinned = false;
    Timestamp created_at;
    NoticeId id;
    friend bool operator<(const Place& a, const Place& b) {
      return std::tie(b.is_pinned, b.created_at, b.id) < std::tie(a.is_pinned, a.created_at, a.id);
    }
  };
  static Place place_of(const Notice& notice) { return {notice.is_pinned, notice.created_at, notice.id}; }

  NoticeOutcome apply(const PutNotice& change) {
    const auto stored = notices_.find(change.notice.id);
    const std::int64_t version = stored == notices_.end() ? 0 : stored->second.version;
    if (version != change.expected_version) return NoticeOutcome::version_conflict;
    const std::int64_t views = version == 0 ? 0 : stored->second.views;
    if (version != 0) in_order_.erase(place_of(stored->second));
    Notice& notice = notices_[change.notice.id] = change.notice;
    notice.views = views;
    in_order_.insert(place_of(notice));
    return NoticeOutcome::applied;
  }

  NoticeOutcome apply(const RemoveNotice& change) {
    const auto stored = notices_.find(change.id);
    if (stored == notices_.end()) return NoticeOutcome::not_found;
    in_order_.erase(place_of(stored->second));
    notices_.erase(stored);
    return NoticeOutcome::applied;
  }

  std::shared_mutex mutex_;
  std::unordered_map<NoticeId, Notice> notices_;
  std::set<Place> in_order_;
};

}  // namespace

std::unique_ptr<NoticeStore> make_notice_store() { return std::make_unique<MemoryNoticeStore>(); }

}  // namespace tiketi::memory
