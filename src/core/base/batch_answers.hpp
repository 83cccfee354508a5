#pragma once
// The answers to a batch of commands, which come in one by one over several rounds.

#include <tiketi/base/result.hpp>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace tiketi::base {

template <class T>
class BatchAnswers {
 public:
  explicit BatchAnswers(std::size_t commands) : answers_(commands) {}

  std::optional<Result<T>>& operator[](std::size_t command) { return answers_[command]; }

  /// The commands that have no answer yet, in their order.
  std::vector<std::size_t> open() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < answers_.size(); ++i)
      if (!answers_[i]) out.push_back(i);
    return out;
  }
  void refuse_open(const Error& error) {
    for (auto& each : answers_)
      if (!each) each = error;
  }
  /// All of them. Every command must have its answer.
  std::vector<Result<T>> take() {
    std::vector<Result<T>> out;
    out.reserve(answers_.size());
    for (auto& each : answers_) out.push_back(std::move(*each));
    return out;
  }

 private:
  std::vector<std::optional<Result<T>>> answers_;
};

}  // namespace tiketi::base
