#include <tiketi/catalog/search.hpp>

#include "core/catalog/search_keywords.hpp"
#include "core/catalog/search_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

// Every distinct text is looked through once per word of the query: ten thousand titles are a third of a
// megabyte of letters, which takes less time than an index would take to read and to keep.

namespace tiketi::catalog {
namespace {

// How well a text matches; what it is the text of (title, venue …) decides between equals.
constexpr int no_match = 0;
constexpr int fuzzy_match = 30;  // less 5 for each misspelling
constexpr int inside_word = 40;
constexpr int syllable_start = 50;
constexpr int word_start = 60;
constexpr int whole_word = 80;
constexpr int whole_text = 100;

constexpr std::size_t max_terms = 8;
constexpr std::size_t min_inside_word = 4;  // `iu` must not find every stadium
constexpr int max_misspellings = 3;

/// One word of a query, or all of them joined.
struct Term {
  std::u16string letters;
  bool hangul = false;
  int misspellings = 0;  ///< how many may be forgiven
};

Term make_term(std::u16string letters) {
  Term term{.letters = std::move(letters)};
  term.hangul = std::any_of(term.letters.begin(), term.letters.end(), is_hangul_letter);
  // A Korean syllable has two or three letters: 싸이 must not pass for 아이.
  const std::size_t length = term.letters.size();
  if (term.hangul) term.misspellings = static_cast<int>(length / 6);
  else term.misspellings = length < 4 ? 0 : length < 8 ? 1 : length < 13 ? 2 : 3;
  term.misspellings = std::min(term.misspellings, max_misspellings);
  return term;
}

/// How many letters must be put in, left out, replaced or swapped with their neighbour to make `term` the
/// beginning of `text`; `limit` + 1 if it is more than that. Only what lies within `limit` of the diagonal
/// of the usual table is computed, and most texts are told apart after the first rows of it.
template <int limit>
int distance_to_beginning(std::u16string_view term, std::u16string_view text) {
  constexpr int too_far = limit + 1;
  using Row = std::array<int, 2 * limit + 3>;  // cell 1 + i: at the text's letter row + i - limit; a margin around
  const int length = static_cast<int>(text.size());
  Row before_last;
  Row last;
  before_last.fill(too_far);
  last.fill(too_far);
  for (int i = 0; i <= limit; ++i) last[static_cast<std::size_t>(1 + limit + i)] = i;
  const auto letter = [text](int column) { return text[static_cast<std::size_t>(column - 1)]; };
  char16_t wanted_before = 0;
  for (int row = 1; row <= static_cast<int>(term.size()); ++row) {
    const char16_t wanted = term[static_cast<std::size_t>(row - 1)];
    Row here;
    here.front() = here.back() = too_far;
    int best = too_far;
    for (int i = 0; i <= 2 * limit; ++i) {
      const auto cell = static_cast<std::size_t>(1 + i);
      const int column = row + i - limit;
      int cost = too_far;
      if (column >= 0 && column <= length) {
        cost = std::min(last[cell + 1], here[cell - 1]) + 1;
        if (column >= 1) cost = std::min(cost, last[cell] + (letter(column) == wanted ? 0 : 1));
        if (column >= 2 && letter(column - 1) == wanted && letter(column) == wanted_before)
          cost = std::min(cost, before_last[cell] + 1);
      }
      here[cell] = cost;
      best = std::min(best, cost);
    }
    if (best > limit) return too_far;
    before_last = last;
    last = here;
    wanted_before = wanted;
  }
  return std::min(*std::min_element(last.begin(), last.end()), too_far);
}

int distance_to_beginning(std::u16string_view term, std::u16string_view text, int limit) {
  switch (limit) {
    case 1:
      return distance_to_beginning<1>(term, text);
    case 2:
      return distance_to_beginning<2>(term, text);
    default:
      return distance_to_beginning<3>(term, text);
  }
}

int literal_score(const Term& term, std::u16string_view letters, std::span<const Begins> begins) {
  if (letters == term.letters) return whole_text;
  int best = no_match;
  for (std::size_t at = letters.find(term.letters); at != std::u16string_view::npos;
       at = letters.find(term.letters, at + 1)) {
    const std::size_t end = at + term.letters.size();
    const bool ends_word = end == letters.size() || begins[end] == Begins::word;
    if (begins[at] == Begins::word) best = std::max(best, ends_word ? whole_word : word_start);
    else if (begins[at] == Begins::syllable) best = std::max(best, syllable_start);
    else if (!term.hangul && term.letters.size() >= min_inside_word) best = std::max(best, inside_word);
  }
  return best;
}

int fuzzy_score(const Term& term, std::u16string_view letters, std::span<const Begins> begins) {
  int limit = term.misspellings;
  int best = no_match;
  for (std::size_t at = 0; at < letters.size() && limit > 0; ++at) {
    if (begins[at] == Begins::nothing || (!term.hangul && begins[at] != Begins::word)) continue;
    const int distance = distance_to_beginning(term.letters, letters.substr(at), limit);
    if (distance > limit) continue;
    best = std::max(best, fuzzy_match - 5 * distance);
    limit = distance - 1;  // only a better one counts from here on
  }
  return best;
}

}  // namespace

struct SearchIndex::Body {
  /// Where one distinct text lies among all letters.
  struct Text {
    std::size_t first = 0;
    std::size_t length = 0;
  };
  /// A text that an event has, and how much its being there says.
  struct Use {
    std::uint32_t event = 0;
    std::uint32_t text = 0;
    int weight = 0;
  };

  std::vector<EventId> events;
  std::u16string letters;
  std::vector<Begins> begins;
  std::vector<Text> texts;
  std::vector<Use> uses;

  std::uint32_t add_text(const SearchText& text) {
    texts.push_back({letters.size(), text.letters.size()});
    letters += text.letters;
    begins.insert(begins.end(), text.begins.begin(), text.begins.end());
    return static_cast<std::uint32_t>(texts.size() - 1);
  }

  /// How well each text matches. Misspellings are only looked for where nothing is spelt like the term.
  std::vector<int> score_texts(const Term& term) const {
    std::vector<int> scores = score_texts(term, literal_score);
    const bool found = std::any_of(scores.begin(), scores.end(), [](int score) { return score != no_match; });
    return found || term.misspellings == 0 ? scores : score_texts(term, fuzzy_score);
  }

  template <class Score>
  std::vector<int> score_texts(const Term& term, Score score) const {
    std::vector<int> scores(texts.size(), no_match);
    for (std::size_t i = 0; i < texts.size(); ++i)
      scores[i] = score(term, std::u16string_view(letters).substr(texts[i].first, texts[i].length),
                        std::span(begins).subspan(texts[i].first, texts[i].length));
    return scores;
  }

  std::vector<int> score_events(const Term& term) const {
    const std::vector<int> of_texts = score_texts(term);
    std::vector<int> scores(events.size(), no_match);
    for (const Use& use : uses)
      if (of_texts[use.text] != no_match)
        scores[use.event] = std::max(scores[use.event], of_texts[use.text] + use.weight);
    return scores;
  }
};

SearchIndex::SearchIndex(std::span<const Event> events, std::span<const Keyword> keywords) {
  auto body = std::make_unique<Body>();
  const Translator translator(keywords);
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> known;  // a field and its translations
  const auto add_field = [&](std::size_t event, std::string_view field, int weight) {
    const auto [entry, is_new] = known.try_emplace(field);
    if (is_new) {
      const SearchText text = to_search_text(field);
      entry->second.push_back(body->add_text(text));
      for (const SearchText& other : translator.translate(text)) entry->second.push_back(body->add_text(other));
    }
    for (const std::uint32_t text : entry->second)
      body->uses.push_back(
          {static_cast<std::uint32_t>(event), text, text == entry->second.front() ? weight : weight - 1});
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    body->events.push_back(events[i].id);
    add_field(i, events[i].title, 7);
    add_field(i, events[i].artist, 7);
    add_field(i, events[i].venue, 4);
    add_field(i, events[i].address, 2);
  }
  body_ = std::move(body);
}

SearchIndex::~SearchIndex() = default;

std::vector<EventId> SearchIndex::find(std::string_view query) const {
  const SearchText text = to_search_text(query);
  std::vector<std::u16string> words = words_of(text);
  if (words.empty()) return {};
  words.resize(std::min(words.size(), max_terms));

  // An event counts as many words as it has; having all of them as they were typed counts as all.
  std::vector<int> found(body_->events.size(), 0);
  std::vector<int> scores(body_->events.size(), 0);
  for (const std::u16string& word : words) {
    const std::vector<int> of_word = body_->score_events(make_term(word));
    for (std::size_t i = 0; i < scores.size(); ++i) {
      found[i] += of_word[i] != no_match ? 1 : 0;
      scores[i] += of_word[i];
    }
  }
  if (words.size() > 1) {
    const int all = static_cast<int>(words.size());
    Term term = make_term(text.letters);
    if (std::find(found.begin(), found.end(), all) != found.end()) term.misspellings = 0;  // there is no need to guess
    const std::vector<int> joined = body_->score_events(term);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (joined[i] == no_match) continue;
      found[i] = all;
      scores[i] = std::max(scores[i], all * joined[i] + 1);
    }
  }

  const int most = found.empty() ? 0 : *std::max_element(found.begin(), found.end());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (most > 0 && found[i] == most) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<EventId> out;
  out.reserve(order.size());
  for (const std::size_t i : order) out.push_back(body_->events[i]);
  return out;
}

}  // namespace tiketi::catalog
