#include "core/ticket/settling.hpp"

#include "core/base/batch_answers.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace tiketi::ticket {
namespace {

/// At most so many rows are written in one transaction.
constexpr std::size_t commit_batch = 2'000;

class Settling {
 public:
  Settling(Desk& desk, Settle rule, std::span<const ReservationId> ids, std::optional<UserId> owner)
      : desk_(desk), rule_(rule), ids_(ids), owner_(owner), answers_(ids.size()) {
    for (std::size_t i = 0; i < ids.size(); ++i) open_.push_back(i);
  }

  std::vector<Result<std::vector<Ticket>>> run() {
    // What was committed is read again in the round that follows: nothing is answered that isn't stored.
    for (int round = 0; round <= max_rounds && !open_.empty(); ++round)
      if (auto done = play_round(); done.has_error()) refuse_open(done.error());
    refuse_open(others_were_quicker());
    return answers_.take();
  }

 private:
  Result<void> play_round() {
    std::vector<ReservationId> ids;
    for (const std::size_t index : open_) ids.push_back(ids_[index]);
    const auto reservations = desk_.reservations.find(ids);
    if (reservations.has_error()) return reservations.error();
    auto stored = desk_.store.tickets_of(ids);
    if (stored.has_error()) return stored.error();
    const Timestamp now = desk_.clock.now();
    std::vector<TicketChange> changes;
    std::vector<std::size_t> unsettled;
    for (std::size_t i = 0; i < open_.size(); ++i)
      if (!settle((*reservations)[i], (*stored)[i], now, answers_[open_[i]], changes)) unsettled.push_back(open_[i]);
    open_ = std::move(unsettled);
    return commit(changes);
  }

  /// Whether it is answered. Else `changes` got what is left to do.
  bool settle(const std::optional<TicketReservation>& reservation, std::vector<Ticket>& stored, Timestamp now,
              std::optional<Result<std::vector<Ticket>>>& answer, std::vector<TicketChange>& changes) {
    if (!reservation || (owner_ && *owner_ != reservation->user_id)) {
      answer = Error{Errc::reservation_not_found, "there is no such reservation"};
      return true;
    }
    auto left = rule_(*reservation, stored, now);
    if (left.has_error()) answer = left.error();
    else if (left->empty()) answer = std::move(stored);
    else std::move(left->begin(), left->end(), std::back_inserter(changes));
    return answer.has_value();
  }

  Result<void> commit(std::span<const TicketChange> changes) {
    for (std::size_t first = 0; first < changes.size(); first += commit_batch) {
      const auto outcomes = desk_.store.commit(changes.subspan(first, std::min(commit_batch, changes.size() - first)));
      if (outcomes.has_value()) continue;
      unknown_ = outcomes.error().code == Errc::outcome_unknown ? outcomes.error() : unknown_;
      if (outcomes.error().code != Errc::outcome_unknown) return outcomes.error();
    }
    return {};
  }

  void refuse_open(const Error& error) {
    answers_.refuse_open(unknown_.value_or(error));
    open_.clear();
  }

  Desk& desk_;
  Settle rule_;
  std::span<const ReservationId> ids_;
  std::optional<UserId> owner_;
  base::BatchAnswers<std::vector<Ticket>> answers_;
  std::vector<std::size_t> open_;
  std::optional<Error> unknown_;  // of a commit, as long as reading did not tell what became of it
};

}  // namespace

std::vector<Result<std::vector<Ticket>>> settle_all(Desk& desk, Settle rule, std::span<const ReservationId> ids,
                                                    std::optional<UserId> owner) {
  return Settling(desk, rule, ids, owner).run();
}

Error others_were_quicker() {
  return {Errc::version_conflict, "others were quicker several times in a row; try again"};
}

}  // namespace tiketi::ticket
