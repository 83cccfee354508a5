#pragma once
// Waiting rooms that let one in: nearly all who come wait. With --event it is the room of that event, which has its
// line already and a threshold of 1; there, all leave again between two rounds.

#include "load/stage.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tiketi::load {

/// Who stands where in a room, as it was answered.
struct Line {
  static constexpr std::int64_t not_there = -1;

  std::string event;
  std::vector<std::int64_t> positions;  ///< by user: 0 who was admitted, from 1 who waits, or not_there
  std::int64_t before = 0;              ///< who were there already
};

/// `queue-enter`: every user enters one room after the other.
class QueueEntries final : public Scenario {
 public:
  static constexpr std::size_t most_rooms = 200;

  /// Enough rooms for --round-size entries.
  QueueEntries() = default;
  explicit QueueEntries(std::size_t rooms) : rooms_(rooms) {}

  std::vector<std::string> kinds() const override { return {"enter"}; }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override;
  Verdict judge(std::size_t connection, const Response& response) override;
  void lost(std::size_t) override { ++lost_; }
  /// Also clears the rooms that it made: a server keeps those that somebody is in.
  void verify(Stage& stage) override;

  const std::vector<Line>& lines() const { return lines_; }
  const std::vector<User>& users() const { return *users_; }

 private:
  void prepare_given(Stage& stage);
  void verify(Stage& stage, const Line& line) const;

  std::size_t rooms_ = 0;
  const Address* server_ = nullptr;
  const std::vector<User>* users_ = nullptr;
  std::size_t entrants_ = 0;  // the first of the users
  std::vector<Line> lines_;
  std::vector<std::size_t> current_;  // of each connection: the number of its entry
  std::atomic<std::size_t> next_{0};
  std::atomic<std::int64_t> lost_{0};
};

/// `queue-status`: they all wait in one room, and look again and again.
class QueueLooks final : public Scenario {
 public:
  std::vector<std::string> kinds() const override { return {"status"}; }
  void prepare(Stage& stage) override;
  bool next(std::size_t connection, std::string& request, std::size_t& kind) override;
  Verdict judge(std::size_t connection, const Response& response) override;
  void verify(Stage& stage) override { entries_->verify(stage); }

 private:
  const Address* server_ = nullptr;
  std::unique_ptr<QueueEntries> entries_;
  std::string target_;
  std::vector<std::size_t> waiting_;  // users
  std::vector<std::size_t> current_;  // of each connection: who looks
  std::atomic<std::size_t> next_{0};
};

}  // namespace tiketi::load
