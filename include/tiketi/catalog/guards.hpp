#pragma once
// The guards of the catalogue's changes. Every store uses these, so that all of them decide alike.

#include <tiketi/base/result.hpp>
#include <tiketi/catalog/store.hpp>

#include <cstdint>
#include <string_view>

namespace tiketi::catalog {

/// What is stored at the time of a change, as far as its guards ask.
class Stored {
 public:
  virtual ~Stored() = default;
  virtual std::int64_t event_version(EventId id) const = 0;               ///< 0: there is none
  virtual std::int64_t layout_version(SeatLayoutId id) const = 0;         ///< 0: there is none
  virtual SeatLayoutId layout_id_named(std::string_view name) const = 0;  ///< nil: there is none
  virtual EventId event_of(TicketTypeId type) const = 0;                  ///< nil: there is no such type
};

/// Whether the change may be stored; the errors are those of `CatalogStore::commit`.
Result<void> check_guard(const Stored& stored, const CatalogChange& change);

}  // namespace tiketi::catalog
