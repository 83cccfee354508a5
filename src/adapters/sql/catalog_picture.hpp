#pragma once
// What a batch of changes to the catalogue touches: read, changed in memory, written back in bulk.

#include <tiketi/catalog/guards.hpp>
#include "adapters/sql/batch.hpp"

#include <tiketi/catalog/store.hpp>

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tiketi::sql {

/// The changes must outlive it.
class CatalogPicture final : public catalog::Stored {
 public:
  /// Opens a transaction that no other writer of the catalogue passes, and reads what the changes touch.
  Result<void> read(Connection& connection, std::span<const CatalogChange> changes);

  /// Takes over a change whose guard holds.
  void apply(const CatalogChange& change);

  /// Writes what was taken over and commits.
  Result<void> write(Connection& connection) const;

  std::int64_t event_version(EventId id) const override;
  std::int64_t layout_version(SeatLayoutId id) const override;
  SeatLayoutId layout_id_named(std::string_view name) const override;
  EventId event_of(TicketTypeId type) const override;

 private:
  struct StoredLayout {
    std::string name;
    std::int64_t version = 0;
  };

  void put(const PutEvent& change);
  void put(const PutLayout& change);
  void put(const PutTicketType& change);
  void put(const PutKeyword& change) { keywords_.push_back(&change.keyword); }
  void put(const RemoveEvent& change);

  std::unordered_map<EventId, std::int64_t> event_versions_;
  std::unordered_map<SeatLayoutId, StoredLayout> layouts_;
  std::unordered_map<TicketTypeId, EventId> events_of_types_;
  Writes<EventId, Event> event_writes_;
  Writes<SeatLayoutId, SeatLayout> layout_writes_;
  Writes<TicketTypeId, TicketType> type_writes_;
  std::vector<const Keyword*> keywords_;
  std::vector<Uuid> removed_events_;
};

}  // namespace tiketi::sql
