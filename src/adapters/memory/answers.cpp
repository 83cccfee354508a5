#include "adapters/memory/answers.hpp"

#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

namespace tiketi::memory {
namespace {

class MemoryAnswers final : public Answers {
 public:
  Result<std::vector<std::optional<Answer>>> find(std::span<const AnswerKey> keys) override {
    const std::shared_lock lock(mutex_);
    std::vector<std::optional<Answer>> out(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (const auto at = answers_.find(keys[i]); at != answers_.end()) out[i] = at->second;
    return out;
  }

  Result<std::vector<Answer>> put_if_absent(std::span<const Answer> answers) override {
    for (const Answer& each : answers)
      if (auto sound = check(each); sound.has_error()) return sound.error();
    const std::unique_lock lock(mutex_);
    std::vector<Answer> out;
    out.reserve(answers.size());
    for (const Answer& each : answers) {
      const auto [at, added] = answers_.emplace(each.key, each);
      if (added) by_age_.emplace(each.created_at, each.key);
      out.push_back(at->second);
    }
    return out;
  }

  Result<std::size_t> prune(Timestamp before, std::size_t limit) override {
    const std::unique_lock lock(mutex_);
    std::size_t removed = 0;
    while (removed < limit && !by_age_.empty() && by_age_.begin()->first < before) {
      answers_.erase(by_age_.begin()->second);
      by_age_.erase(by_age_.begin());
      ++removed;
    }
    return removed;
  }

 private:
  std::shared_mutex mutex_;
  std::map<AnswerKey, Answer> answers_;
  std::set<std::pair<Timestamp, AnswerKey>> by_age_;
};

}  // namespace

std::unique_ptr<Answers> make_answers() { return std::make_unique<MemoryAnswers>(); }

}  // namespace tiketi::memory
