#include "acts.hpp"
#include "answers.hpp"

#include <algorithm>

namespace tiketi::test {

void acknowledge(Scene& scene, const Reservation& reservation) {
  const auto at = scene.books.reservations.find(reservation.id);
  if (at == scene.books.reservations.end())
    return scene.fail("a reservation was answered that was never stored: " + show(reservation));
  const std::vector<Entry>& history = at->second;
  const auto version = static_cast<std::size_t>(reservation.version);
  if (version < 1 || version > history.size() || history[version - 1].reservation != reservation)
    return scene.fail("an answer is not what was stored: " + show(reservation));
  std::int64_t& known = scene.acknowledged[reservation.id];
  known = std::max(known, reservation.version);
}

void check_effects(Scene& scene, const std::set<ReservationId>& told, bool unknown) {
  for (const auto& [id, entry] : scene.calls.back().entered) {
    // Whose hold is over may be released by any call.
    if (entry.news == ReservationNews::expired || unknown || told.contains(id)) continue;
    // Time passed before the answer: the hold is over again, or as long as it wants to be is too long by now.
    if (entry.news == ReservationNews::extended && scene.calls.back().times.size() > 1) continue;
    // Somebody else changed it again before this call could see what it had done.
    if (scene.books.find(id)->version > entry.reservation.version) continue;
    scene.fail("nobody was told of " + show(entry.reservation));
  }
}

namespace {

ReservationId choose_reservation(Scene& scene) {
  // The newest are the ones that most happens to.
  const auto& all = scene.books.reservations;
  if (all.empty() || scene.random.chance(20)) return scene.ids.next<ReservationId>();
  const std::size_t recent = std::min<std::size_t>(all.size(), scene.random.chance(800) ? 8 : 100);
  auto at = all.end();
  std::advance(at, -static_cast<std::ptrdiff_t>(1 + scene.random.below(recent)));
  // What payers have, only the cashier touches.
  if (scene.till.is_payer(at->second.back().reservation.user_id)) return scene.ids.next<ReservationId>();
  return at->first;
}

std::optional<UserId> choose_owner(Scene& scene, ReservationId id) {
  if (scene.random.chance(300)) return std::nullopt;
  if (scene.random.chance(50)) return scene.random.pick(scene.users);
  const Reservation* reservation = scene.books.find(id);
  return reservation ? std::optional(reservation->user_id) : std::nullopt;
}

template <class Command>
bool names_one_twice(const std::vector<Command>& commands) {
  std::set<ReservationId> ids;
  for (const Command& command : commands)
    if (!ids.insert(command.reservation_id).second) return true;
  return false;
}

bool has_effect(const Scene&, const Confirm& command, const Reservation& after) {
  return after.status == ReservationStatus::confirmed && after.payment_reference == command.payment_reference;
}
bool has_effect(const Scene&, const Cancel&, const Reservation& after) {
  return after.status == ReservationStatus::cancelled;
}
bool has_effect(const Scene& scene, const Extend& command, const Reservation& after) {
  // A call in which time passed may have counted from any moment of it.
  const Timestamp first = scene.calls.back().times.front();
  return after.status == ReservationStatus::pending &&
         (scene.calls.back().disturbed || after.expires_at.ms >= first.ms + command.by_ms);
}

/// `reasons` were taken before the call.
template <class Command>
void check_answers(Scene& scene, std::string_view what, const std::vector<Command>& commands,
                   const std::vector<std::set<Errc>>& reasons, const std::vector<Result<Reservation>>& answers) {
  if (answers.size() != commands.size()) return scene.fail("a batch got a wrong number of answers");
  const bool exact = !scene.calls.back().disturbed && !names_one_twice(commands);
  std::set<ReservationId> told;
  bool unknown = false;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const bool success = answers[i].has_value();
    scene.note(std::string(what) + ' ' + show(commands[i].reservation_id.uuid) + " -> " +
               (success ? show(*answers[i]) : std::string(name(answers[i].error().code))));
    scene.count(success ? what : name(answers[i].error().code));
    if (success) {
      told.insert(commands[i].reservation_id);
      acknowledge(scene, *answers[i]);
      if (answers[i]->id != commands[i].reservation_id || !has_effect(scene, commands[i], *answers[i]))
        scene.fail(std::string(what) + " was answered without having its effect");
    } else {
      unknown = unknown || is_ambiguous(answers[i].error());
    }
    const bool right = success ? reasons[i].empty() : reasons[i].contains(answers[i].error().code);
    if (exact && !right)
      scene.fail(std::string(what) + (success ? " ought to have been refused with " : " ought not to be refused so; ") +
                 (reasons[i].empty() ? "there is no reason" : std::string(name(*reasons[i].begin()))));
  }
  check_effects(scene, told, unknown);
}

template <class Command>
std::vector<std::set<Errc>> reasons_of(const Scene& scene, const std::vector<Command>& commands) {
  std::vector<std::set<Errc>> out;
  for (const Command& command : commands) out.push_back(reasons_against(scene, command));
  return out;
}

std::int64_t batch_size(Scene& scene) { return scene.random.chance(600) ? 1 : scene.random.between(2, 4); }

}  // namespace

void confirm_some(Scene& scene, Process& process) {
  std::vector<Confirm> commands;
  for (std::int64_t i = batch_size(scene); i > 0; --i) {
    const ReservationId id = choose_reservation(scene);
    std::string reference = "pay-" + std::to_string(id.uuid.low & 0xffff);
    if (scene.random.chance(40)) reference += "-other";
    if (scene.random.chance(10)) reference.clear();
    commands.push_back({id, std::move(reference), choose_owner(scene, id)});
  }
  const auto reasons = reasons_of(scene, commands);
  const auto answers = process.box_office.confirm(commands);
  if (!scene.calls.back().crashed) check_answers(scene, "confirm", commands, reasons, answers);
}

void cancel_some(Scene& scene, Process& process) {
  std::vector<Cancel> commands;
  for (std::int64_t i = batch_size(scene); i > 0; --i) {
    const ReservationId id = choose_reservation(scene);
    commands.push_back({id, choose_owner(scene, id)});
  }
  const auto reasons = reasons_of(scene, commands);
  const auto answers = process.box_office.cancel(commands);
  if (!scene.calls.back().crashed) check_answers(scene, "cancel", commands, reasons, answers);
}

void extend_some(Scene& scene, Process& process) {
  std::vector<Extend> commands;
  for (std::int64_t i = batch_size(scene); i > 0; --i) {
    const ReservationId id = choose_reservation(scene);
    const std::int64_t by_ms = scene.random.chance(50) ? 0 : scene.random.between(1, 1000) * second_ms;
    commands.push_back({id, by_ms, choose_owner(scene, id)});
  }
  const auto reasons = reasons_of(scene, commands);
  const auto answers = process.box_office.extend(commands);
  if (!scene.calls.back().crashed) check_answers(scene, "extend", commands, reasons, answers);
}

}  // namespace tiketi::test
