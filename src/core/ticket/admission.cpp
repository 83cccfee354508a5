#include "core/ticket/admission.hpp"

#include "core/base/batch_answers.hpp"

#include <tiketi/ticket/rules.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_set>
#include <utility>

namespace tiketi::ticket {
namespace {

class Admission {
 public:
  Admission(Desk& desk, std::span<const CheckIn> commands)
      : desk_(desk), commands_(commands), answers_(commands.size()), ids_(commands.size()), tried_(commands.size()) {}

  std::vector<Result<Ticket>> run() {
    for (std::size_t i = 0; i < commands_.size(); ++i) {
      auto id = identify(commands_[i]);
      if (id.has_error()) answers_[i] = id.error();
      else open_.push_back(i), ids_[i] = *id;
    }
    for (int round = 0; round < max_rounds && !open_.empty(); ++round)
      if (auto done = play_round(); done.has_error()) refuse_open(done.error());
    refuse_open(others_were_quicker());
    return answers_.take();
  }

 private:
  Result<TicketId> identify(const CheckIn& command) {
    if (auto checked = check(command); checked.has_error()) return checked.error();
    if (command.code.empty()) return command.ticket_id;
    const auto claims = verify_offline(command.code, desk_.signer);
    if (claims.has_error()) return claims.error();
    return claims->ticket_id;
  }

  Result<void> play_round() {
    std::vector<TicketId> ids;
    for (const std::size_t index : open_) ids.push_back(ids_[index]);
    const auto tickets = desk_.store.tickets(ids);
    if (tickets.has_error()) return tickets.error();
    // Asked after the tickets were read, so that it is as fresh as can be.
    std::vector<ReservationId> owners;
    for (const auto& ticket : *tickets) owners.push_back(ticket ? ticket->reservation_id : ReservationId{});
    const auto reservations = desk_.reservations.find(owners);
    if (reservations.has_error()) return reservations.error();

    const Timestamp now = desk_.clock.now();
    std::vector<TicketChange> changes;
    std::vector<std::size_t> trying;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      auto change = decide(open_[i], (*tickets)[i], (*reservations)[i], now);
      if (!change) continue;
      changes.push_back(std::move(*change));
      trying.push_back(open_[i]);
    }
    open_ = std::move(trying);
    return commit(changes);
  }

  /// What is to be tried, or nothing when the command is answered.
  std::optional<TicketChange> decide(std::size_t index, const std::optional<Ticket>& current,
                                     const std::optional<TicketReservation>& reservation, Timestamp now) {
    if (!current) {
      answers_[index] = ticket_not_found();
      return std::nullopt;
    }
    // The commit whose outcome was unknown was ours after all. Of two equal commands only the first may say so.
    if (tried_[index] == current && let_in_.insert(current->id).second) {
      answers_[index] = *current;
      return std::nullopt;
    }
    auto change = check_in(*current, reservation && reservation->confirmed, commands_[index], now);
    if (change.has_value()) return std::move(*change);
    answers_[index] = change.error();
    return std::nullopt;
  }

  Result<void> commit(std::vector<TicketChange>& changes) {
    if (changes.empty()) return {};
    const auto outcomes = desk_.store.commit(changes);
    if (outcomes.has_error()) {
      if (outcomes.error().code != Errc::outcome_unknown) return outcomes.error();
      unknown_ = outcomes.error();
      for (std::size_t i = 0; i < changes.size(); ++i) tried_[open_[i]] = std::move(changes[i].after);
      return {};
    }
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if ((*outcomes)[i] == TicketOutcome::applied) answers_[open_[i]] = std::move(changes[i].after);
      else left.push_back(open_[i]);
    }
    open_ = std::move(left);
    return {};
  }

  void refuse_open(const Error& error) {
    answers_.refuse_open(unknown_.value_or(error));
    open_.clear();
  }

  Desk& desk_;
  std::span<const CheckIn> commands_;
  base::BatchAnswers<Ticket> answers_;
  std::vector<TicketId> ids_;
  std::vector<std::optional<Ticket>> tried_;  // by commits whose outcome was unknown
  std::unordered_set<TicketId> let_in_;       // by such commits
  std::vector<std::size_t> open_;
  std::optional<Error> unknown_;
};

}  // namespace

std::vector<Result<Ticket>> check_in_all(Desk& desk, std::span<const CheckIn> commands) {
  return Admission(desk, commands).run();
}

Error ticket_not_found() { return {Errc::ticket_not_found, "there is no such ticket"}; }

}  // namespace tiketi::ticket
