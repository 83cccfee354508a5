#pragma once
// What the stores' batches have in common: nouns on their way into tables, and what happens when others are quicker.

#include "adapters/sql/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <unordered_map>
#include <utility>
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
      if (nouns_[entry->second] == nullptr) is_new_[entry->second] = is_new;
      nouns_[entry->second] = &noun;
    }
  }
  /// Forgets those that `is_gone(noun)`.
  template <class Predicate>
  void drop_if(Predicate is_gone) {
    for (const Noun*& noun : nouns_)
      if (noun != nullptr && is_gone(*noun)) noun = nullptr;
  }
  /// Those that the database has not yet, or those that it has.
  std::vector<const Noun*> select(bool is_new) const {
    std::vector<const Noun*> out;
    for (std::size_t i = 0; i < nouns_.size(); ++i)
      if (nouns_[i] != nullptr && is_new_[i] == is_new) out.push_back(nouns_[i]);
    return out;
  }

 private:
  std::unordered_map<StrongId, std::size_t> index_;
  std::vector<const Noun*> nouns_;
  std::vector<bool> is_new_;
};

/// One column: what `value` takes of each noun. A nil id is stored as NULL.
template <class Noun, class Value>
Column column(std::span<const Noun* const> nouns, Value value) {
  using Element = std::invoke_result_t<Value, const Noun&>;
  using Stored = std::conditional_t<std::is_integral_v<Element>, std::int64_t, Element>;
  std::vector<Stored> out;
  out.reserve(nouns.size());
  for (const Noun* noun : nouns) out.push_back(Stored{value(*noun)});
  return out;
}

/// True if somebody else's success was in the way: the same transaction, run again, sees it.
inline bool is_race(const Error& error) {
  return error.code == Errc::version_conflict ||
         (error.code == Errc::storage_constraint && error.detail("kind") == "unique");
}

/// Runs a transaction on a connection that writes: `attempt(connection)`, which commits and answers with a Result;
/// again after a race, a bounded number of times.
template <class Attempt>
auto transact(Database& database, Attempt attempt) -> std::invoke_result_t<Attempt, Connection&> {
  // Each attempt follows somebody else's success; more would mean that something else is wrong.
  constexpr int max_attempts = 5;
  for (int count = 1;; ++count) {
    const auto connection = database.writer();
    if (!connection) return connection.error();
    auto answer = attempt(**connection);
    if (answer) return answer;
    (*connection)->rollback();
    if (!is_race(answer.error()) || count == max_attempts) return answer;
  }
}

}  // namespace tiketi::sql
