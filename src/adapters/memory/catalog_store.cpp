#include "adapters/memory/catalog_store.hpp"

#include <tiketi/catalog/guards.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace tiketi::memory {
namespace {

class MemoryCatalogStore final : public CatalogStore, private catalog::Stored {
 public:
  Result<std::vector<Result<void>>> commit(std::span<const CatalogChange> changes) override {
    const std::unique_lock lock(mutex_);
    std::vector<Result<void>> answers;
    answers.reserve(changes.size());
    for (const CatalogChange& change : changes) {
      answers.push_back(catalog::check_guard(*this, change));
      if (answers.back()) std::visit([this](const auto& each) { store(each); }, change);
    }
    return answers;
  }

  Result<std::vector<std::optional<Event>>> events(std::span<const EventId> ids) override {
    const std::shared_lock lock(mutex_);
    std::vector<std::optional<Event>> out(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const auto found = events_.find(ids[i]); found != events_.end()) out[i] = found->second;
    return out;
  }

  Result<std::vector<Event>> all_events() override {
    const std::shared_lock lock(mutex_);
    std::vector<Event> out;
    out.reserve(events_.size());
    for (const auto& [id, event] : events_) out.push_back(event);
    std::sort(out.begin(), out.end(), [](const Event& a, const Event& b) {
      return std::pair(a.sale_start, a.id) < std::pair(b.sale_start, b.id);
    });
    return out;
  }

  Result<std::int64_t> revision() override {
    const std::shared_lock lock(mutex_);
    return revision_;
  }

  Result<std::optional<SeatLayout>> layout(SeatLayoutId id) override {
    const std::shared_lock lock(mutex_);
    const auto found = layouts_.find(id);
    return found == layouts_.end() ? std::optional<SeatLayout>() : found->second;
  }

  Result<std::optional<SeatLayout>> layout_named(std::string_view name) override {
    const std::shared_lock lock(mutex_);
    const auto found = layout_names_.find(name);
    return found == layout_names_.end() ? std::optional<SeatLayout>() : layouts_.at(found->second);
  }

  Result<std::vector<SeatLayout>> all_layouts() override {
    const std::shared_lock lock(mutex_);
    std::vector<SeatLayout> out;
    for (const auto& [name, id] : layout_names_) out.push_back(layouts_.at(id));
    return out;
  }

  Result<std::vector<std::vector<TicketType>>> ticket_types(std::span<const EventId> events) override {
    const std::shared_lock lock(mutex_);
    std::vector<std::vector<TicketType>> out;
    for (const EventId event : events) out.push_back(types_of(event));
    return out;
  }

  Result<std::optional<TicketType>> ticket_type(TicketTypeId id) override {
    const std::shared_lock lock(mutex_);
    const auto found = types_.find(id);
    return found == types_.end() ? std::optional<TicketType>() : found->second;
  }

  Result<std::vector<Keyword>> keywords() override {
    const std::shared_lock lock(mutex_);
    std::vector<Keyword> out;
    for (const auto& [pair, type] : keywords_) out.push_back({pair.first, pair.second, type});
    return out;
  }

 private:
  std::vector<TicketType> types_of(EventId event) const {
    std::vector<TicketType> out;
    const auto [begin, end] = types_of_event_.equal_range(event);
    for (auto each = begin; each != end; ++each) out.push_back(types_.at(each->second));
    std::sort(out.begin(), out.end(), [](const TicketType& a, const TicketType& b) {
      return std::tie(b.price.minor, a.name, a.id) < std::tie(a.price.minor, b.name, b.id);
    });
    return out;
  }
  std::int64_t event_version(EventId id) const override {
    const auto found = events_.find(id);
    return found == events_.end() ? 0 : found->second.version;
  }
  std::int64_t layout_version(SeatLayoutId id) const override {
    const auto found = layouts_.find(id);
    return found == layouts_.end() ? 0 : found->second.version;
  }
  SeatLayoutId layout_id_named(std::string_view name) const override {
    const auto found = layout_names_.find(name);
    return found == layout_names_.end() ? SeatLayoutId() : found->second;
  }
  EventId event_of(TicketTypeId type) const override {
    const auto found = types_.find(type);
    return found == types_.end() ? EventId() : found->second.event_id;
  }

  void store(const PutEvent& change) {
    events_.insert_or_assign(change.event.id, change.event);
    ++revision_;
  }
  void store(const PutLayout& change) {
    const SeatLayout& layout = change.layout;
    if (const auto old = layouts_.find(layout.id); old != layouts_.end()) layout_names_.erase(old->second.name);
    layout_names_.emplace(layout.name, layout.id);
    layouts_.insert_or_assign(layout.id, layout);
  }
  void store(const PutTicketType& change) {
    const bool is_new = types_.insert_or_assign(change.type.id, change.type).second;
    if (is_new) types_of_event_.emplace(change.type.event_id, change.type.id);
  }
  void store(const PutKeyword& change) {
    const Keyword& keyword = change.keyword;
    if (keywords_.emplace(std::pair(keyword.korean, keyword.english), keyword.entity_type).second) ++revision_;
  }

  void store(const RemoveEvent& change) {
    const auto [begin, end] = types_of_event_.equal_range(change.id);
    for (auto each = begin; each != end; ++each) types_.erase(each->second);
    types_of_event_.erase(change.id);
    events_.erase(change.id);
    ++revision_;
  }

  std::shared_mutex mutex_;
  std::unordered_map<EventId, Event> events_;
  std::unordered_map<SeatLayoutId, SeatLayout> layouts_;
  std::map<std::string, SeatLayoutId, std::less<>> layout_names_;
  std::unordered_map<TicketTypeId, TicketType> types_;
  std::unordered_multimap<EventId, TicketTypeId> types_of_event_;
  std::map<std::pair<std::string, std::string>, std::string> keywords_;  // to the entity type
  std::int64_t revision_ = 0;
};

}  // namespace

std::unique_ptr<CatalogStore> make_catalog_store() { return std::make_unique<MemoryCatalogStore>(); }

}  // namespace tiketi::memory
