#pragma once
// What was found wrong with a day, which may be the same a thousand times.

#include <tiketi/open.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::cli {

/// Keeps the first few of each invariant.
class FewFindings {
 public:
  explicit FewFindings(std::vector<Finding>& kept) : kept_(kept) {}

  void add(std::string invariant, std::string what) {
    constexpr int most_of_a_kind = 5;
    if (++count_[invariant] <= most_of_a_kind) kept_.push_back({std::move(invariant), std::move(what)});
  }

 private:
  std::vector<Finding>& kept_;
  std::map<std::string, int> count_;
};

}  // namespace tiketi::cli
