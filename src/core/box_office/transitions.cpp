#include "core/box_office/transitions.hpp"

#include "core/base/batch_answers.hpp"
#include "core/base/known_outcome.hpp"

#include <functional>
#include <map>
#include <optional>

namespace tiketi::box_office {

namespace {

template <class Command>
using Decide = std::function<Result<std::optional<Change>>(const Command&, const Reservation&, Timestamp now)>;

template <class Command>
class Batch {
 public:
  Batch(Desk& desk, std::span<const Command> commands, Decide<Command> decide)
      : desk_(desk), commands_(commands), decide_(std::move(decide)), answers_(commands.size()) {
    for (std::size_t i = 0; i < commands.size(); ++i) open_.push_back(i);
  }

  std::vector<Result<Reservation>> run() {
    for (int round = 0; round < max_rounds && !open_.empty(); ++round)
      if (auto done = play_round(); done.has_error())
        refuse_open(repeated_ ? base::outcome_unknown(done.error()) : done.error());
    refuse_open({Errc::version_conflict, "others were quicker several times in a row; try again"});
    return answers_.take();
  }

 private:
  Result<void> play_round() {
    std::vector<ReservationId> ids;
    for (const std::size_t index : open_) ids.push_back(commands_[index].reservation_id);
    auto found = desk_.store.reservations(ids);
    if (found.has_error()) return found.error();
    const Timestamp now = desk_.clock.now();
    std::vector<Change> changes;
    std::vector<std::size_t> owners;  // the command of each change
    for (std::size_t i = 0; i < open_.size(); ++i) decide(open_[i], (*found)[i], now, changes, owners);

    auto outcomes = commit(desk_, changes, &repeated_);
    if (outcomes.has_error()) return outcomes.error();
    open_.clear();
    for (std::size_t i = 0; i < changes.size(); ++i) {
      switch ((*outcomes)[i].kind) {
        case Outcome::Kind::applied:
          answers_[owners[i]] = std::move(changes[i].after);
          break;
        case Outcome::Kind::unknown_event:
        case Outcome::Kind::event_closed:
          answers_[owners[i]] = refusal((*outcomes)[i], changes[i]);
          break;
        default:
          open_.push_back(owners[i]);
      }
    }
    return {};
  }

  void decide(std::size_t index, std::optional<Reservation>& current, Timestamp now, std::vector<Change>& changes,
              std::vector<std::size_t>& owners) {
    const Command& command = commands_[index];
    if (!current || (command.owner && current->user_id != *command.owner)) {
      answers_[index] = reservation_not_found();
      return;
    }
    auto change = decide_(command, *current, now);
    if (change.has_error()) {
      answers_[index] = change.error();
    } else if (!*change) {
      answers_[index] = std::move(*current);
    } else {
      changes.push_back(std::move(**change));
      owners.push_back(index);
    }
  }

  void refuse_open(const Error& error) {
    answers_.refuse_open(error);
    open_.clear();
  }

  Desk& desk_;
  std::span<const Command> commands_;
  Decide<Command> decide_;
  base::BatchAnswers<Reservation> answers_;
  std::vector<std::size_t> open_;
  bool repeated_ = false;  // a commit was repeated: what is still open may have been applied
};

}  // namespace

std::vector<Result<Reservation>> confirm_all(Desk& desk, std::span<const Confirm> commands) {
  std::map<EventId, bool> cancelled;  // asked once a batch
  const Decide<Confirm> decide = [&](const Confirm& command, const Reservation& current,
                                     Timestamp now) -> Result<std::optional<Change>> {
    auto change = confirm(command, current, now);
    if (change.has_error() || !*change) return change;
    // Closing the inventory follows the cancellation of an event; a crash may lie between the two.
    auto known = cancelled.find(current.event_id);
    if (known == cancelled.end()) {
      auto terms = desk.events.terms({&current.event_id, 1});
      if (terms.has_error()) return terms.error();
      known = cancelled.emplace(current.event_id, !terms->front() || terms->front()->cancelled).first;
    }
    if (known->second) return Error{Errc::event_cancelled, "the event is cancelled"};
    return change;
  };
  return Batch<Confirm>(desk, commands, decide).run();
}

std::vector<Result<Reservation>> cancel_all(Desk& desk, std::span<const Cancel> commands) {
  return Batch<Cancel>(desk, commands, cancel).run();
}

std::vector<Result<Reservation>> extend_all(Desk& desk, std::span<const Extend> commands) {
  const Decide<Extend> decide = [&desk](const Extend& command, const Reservation& current, Timestamp now) {
    return extend(command, current, now, desk.policy);
  };
  return Batch<Extend>(desk, commands, decide).run();
}

Error reservation_not_found() { return {Errc::reservation_not_found, "there is no such reservation"}; }

}  // namespace tiketi::box_office
