#pragma once
// Commits until it is known what became of the changes.

#include <tiketi/base/result.hpp>

#include <span>
#include <vector>

namespace tiketi::base {

constexpr int max_commit_attempts = 3;

inline Error outcome_unknown(const Error& cause) {
  return {Errc::outcome_unknown, "the connection broke while storing; ask what became of it", cause.details};
}

/// Commits changes to a store which tells a second commit of the same change from the first. A commit that ends in
/// `outcome_unknown` is repeated; `*repeated` is then set. A later failure does not make the first one's outcome
/// known.
template <class Outcome, class Store, class Change>
Result<std::vector<Outcome>> commit_until_known(Store& store, std::span<const Change> changes,
                                                bool* repeated = nullptr) {
  if (changes.empty()) return std::vector<Outcome>{};
  bool unknown = false;
  for (int attempt = 1;; ++attempt) {
    Result<std::vector<Outcome>> outcomes = store.commit(changes);
    if (outcomes.has_value()) return outcomes;
    unknown = unknown || outcomes.error().code == Errc::outcome_unknown;
    if (!unknown) return outcomes;
    if (repeated != nullptr) *repeated = true;
    if (attempt == max_commit_attempts) return outcome_unknown(outcomes.error());
  }
}

}  // namespace tiketi::base
