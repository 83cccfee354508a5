#pragma once
// Fuzzy search over events in Korean and English (CA4).

#include <tiketi/base/id.hpp>
#include <tiketi/catalog/event.hpp>

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace tiketi::catalog {

/// An immutable index over title, artist, venue and address; safe to read from many threads. Text is
/// compared without case, spaces or punctuation; a query also stands for its counterparts in the keyword
/// table (싸이 for PSY, and the reverse); misspellings are found by the letters they share, Hangul by jamo.
class SearchIndex {
 public:
  SearchIndex(std::span<const Event> events, std::span<const Keyword> keywords);
  ~SearchIndex();

  /// Best match first, then the order given. `%` and `_` mean themselves.
  std::vector<EventId> find(std::string_view query) const;

 private:
  struct Body;
  std::unique_ptr<const Body> body_;
};

}  // namespace tiketi::catalog
