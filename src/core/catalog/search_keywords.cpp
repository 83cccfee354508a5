#include "core/catalog/search_keywords.hpp"

#include <algorithm>

namespace tiketi::catalog {
namespace {

constexpr std::size_t max_translations = 4;

Begins begins_at(const SearchText& text, std::size_t at) {
  return at < text.begins.size() ? text.begins[at] : Begins::word;
}

void append(SearchText& to, const SearchText& from, std::size_t begin, std::size_t end) {
  const auto first = static_cast<std::ptrdiff_t>(begin);
  const auto last = static_cast<std::ptrdiff_t>(end);
  to.letters.append(from.letters, begin, end - begin);
  to.begins.insert(to.begins.end(), from.begins.begin() + first, from.begins.begin() + last);
}

}  // namespace

Translator::Translator(std::span<const Keyword> keywords) {
  for (const Keyword& keyword : keywords) {
    const SearchText korean = to_search_text(keyword.korean);
    const SearchText english = to_search_text(keyword.english);
    if (korean.letters.empty() || english.letters.empty()) continue;
    add(korean, english);
    add(english, korean);
  }
  for (const auto& [letters, entry] : entries_) by_first_letter_[letters.front()].push_back(&entry);
  for (auto& [letter, list] : by_first_letter_)
    std::stable_sort(list.begin(), list.end(),
                     [](const Entry* a, const Entry* b) { return a->form.letters.size() > b->form.letters.size(); });
}

void Translator::add(const SearchText& form, const SearchText& counterpart) {
  Entry& entry = entries_[form.letters];
  entry.form = form;
  // A single syllable is inside too many words, and so is what is spelt with an alphabet.
  const auto syllables =
      std::count_if(form.begins.begin(), form.begins.end(), [](Begins b) { return b != Begins::nothing; });
  entry.whole_word = !is_hangul_letter(form.letters.front()) || syllables < 2;
  entry.counterparts.push_back(counterpart);
}

const Translator::Entry* Translator::longest_at(const SearchText& text, std::size_t at) const {
  if (text.begins[at] == Begins::nothing) return nullptr;
  const auto bucket = by_first_letter_.find(text.letters[at]);
  if (bucket == by_first_letter_.end()) return nullptr;
  for (const Entry* entry : bucket->second) {
    const std::u16string& letters = entry->form.letters;
    if (text.letters.compare(at, letters.size(), letters) != 0) continue;
    const Begins before = text.begins[at];
    const Begins after = begins_at(text, at + letters.size());
    const bool fits = entry->whole_word ? before == Begins::word && after == Begins::word : after != Begins::nothing;
    if (fits) return entry;
  }
  return nullptr;
}

std::vector<SearchText> Translator::translate(const SearchText& text) const {
  std::size_t choices = 0;
  for (std::size_t at = 0; at < text.letters.size(); ++at)
    if (const Entry* entry = longest_at(text, at)) choices = std::max(choices, entry->counterparts.size());
  std::vector<SearchText> out;
  for (std::size_t choice = 0; choice < std::min(choices, max_translations); ++choice)
    out.push_back(translate(text, choice));
  return out;
}

SearchText Translator::translate(const SearchText& text, std::size_t choice) const {
  SearchText out;
  bool after_keyword = false;
  for (std::size_t at = 0; at < text.letters.size();) {
    if (const Entry* entry = longest_at(text, at)) {
      const SearchText& counterpart = entry->counterparts[std::min(choice, entry->counterparts.size() - 1)];
      append(out, counterpart, 0, counterpart.letters.size());
      at += entry->form.letters.size();
      after_keyword = true;
      continue;
    }
    append(out, text, at, at + 1);
    if (after_keyword) out.begins.back() = Begins::word;
    after_keyword = false;
    ++at;
  }
  return out;
}

}  // namespace tiketi::catalog
