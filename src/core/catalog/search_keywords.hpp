#pragma once
// The keyword table as the search uses it: a text in the other language.

#include "core/catalog/search_text.hpp"

#include <tiketi/catalog/event.hpp>

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace tiketi::catalog {

class Translator {
 public:
  explicit Translator(std::span<const Keyword> keywords);

  /// The text with each keyword that it has replaced by its counterpart; one text more for each further
  /// counterpart that a keyword has. None if it has no keyword.
  std::vector<SearchText> translate(const SearchText& text) const;

 private:
  /// A keyword in one language and what it is in the other.
  struct Entry {
    SearchText form;
    bool whole_word = false;  ///< else it may be part of a compound, as Korean words often are
    std::vector<SearchText> counterparts;
  };
  using Entries = std::map<std::u16string, Entry>;

  void add(const SearchText& form, const SearchText& counterpart);
  const Entry* longest_at(const SearchText& text, std::size_t at) const;
  SearchText translate(const SearchText& text, std::size_t choice) const;

  Entries entries_;
  std::unordered_map<char16_t, std::vector<const Entry*>> by_first_letter_;  // longest first
};

}  // namespace tiketi::catalog
