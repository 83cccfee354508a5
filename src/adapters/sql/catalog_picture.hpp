#pragma once
// What a batch of changes to the catalogue touches: read, changed in memory, written back in bulk.

#include <tiketi/catalog/guards.hpp>
#include "adapters/sql/connection.hpp"

#include <tiketi/catalog/store.hpp>

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tiketi::sql {

/// Nouns that a batch stores, each in its last form, in the order of their first appearance.
template <class StrongId, class Noun>
class Writes {
 public:
  void put(StrongId id, const Noun& noun, bool is_new) {
    const auto [entry, added] = index_.try_emplace(id, nouns_.size());
    if (added) {
      nouns_.push_back(&noun);
      is_new_.push_back(is_new);
    } else {
      nouns_[entry->second] = &noun;
    }
  }
  /// Those that the database has not yet, or those that it has.
  std::vector<const Noun*> select(bool is_new) const {
    std::vector<const Noun*> out;
    for (std::size_t i = 0; i < nouns_.size(); ++i)
      if (is_new_[i] == is_new) out.push_back(nouns_[i]);
    return out;
  }

 private:
  std::unordered_map<StrongId, std::size_t> index_;
  std::vector<const Noun*> nouns_;
  std::vector<bool> is_new_;
};

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

  std::unordered_map<EventId, std::int64_t> event_versions_;
  std::unordered_map<SeatLayoutId, StoredLayout> layouts_;
  std::unordered_map<TicketTypeId, EventId> events_of_types_;
  Writes<EventId, Event> event_writes_;
  Writes<SeatLayoutId, SeatLayout> layout_writes_;
  Writes<TicketTypeId, TicketType> type_writes_;
  std::vector<const Keyword*> keywords_;
};

}  // namespace tiketi::sql
