// Those who enter a waiting room, wait, leave and come back; and those who run it.

#include "acts.hpp"

#include <tiketi/waiting_room/rules.hpp>

#include <algorithm>

namespace tiketi::test {

namespace {

template <class T>
std::string word(const Result<T>& answer) {
  return answer.has_value() ? "done" : std::string(name(answer.error().code));
}

EventId choose_event(Scene& scene) {
  return scene.random.chance(900) ? scene.random.pick(scene.rooms.events) : scene.random.pick(scene.events);
}
UserId choose_visitor(Scene& scene) { return scene.random.pick(scene.rooms.visitors); }

/// What the current call's process knows of the room after it has answered.
const RoomState& known_room(const Scene& scene, EventId event) {
  return *scene.rooms.known(scene.calls.back().process, event);
}

void fail_if(Scene& scene, const std::optional<std::string>& wrong) {
  if (wrong) scene.fail(*wrong);
}

/// Errors that are nobody's decision: something was in the way.
void check_trouble(Scene& scene, const Error& error) {
  scene.count("room: " + std::string(name(error.code)));
  if (!scene.calls.back().disturbed) scene.fail("a waiting room gives an error for no reason: " + error.message);
}

/// A process will see a user's activity, even if it never gets to tell.
void expect_activity(Scene& scene, EventId event, UserId user) {
  scene.rooms.seen[{scene.calls.back().process, event, user}];
}
void note_activity(Scene& scene, EventId event, UserId user) {
  const Call& call = scene.calls.back();
  const auto& active = known_room(scene, event).active;
  if (const auto found = active.find(user); found != active.end())
    scene.rooms.seen[{call.process, event, user}] = {found->second.admission, call.times.front()};
}

void check_not_entered(Scene& scene, const Enter& command, const Error& error) {
  const Call& call = scene.calls.back();
  scene.count("enter: " + std::string(name(error.code)));
  const Event& event = *scene.programme.find(command.event_id);
  const auto over = [&](Timestamp now) { return now >= event.sale_end; };
  const auto full = [&] {
    return static_cast<std::int64_t>(known_room(scene, command.event_id).line.size()) >= scene.rooms.policy.max_waiting;
  };
  bool right = call.disturbed && retriable(error.code);
  if (error.code == Errc::invalid_argument) right = command.user_id.is_nil();
  if (error.code == Errc::event_cancelled) right = event.cancelled;
  if (error.code == Errc::sale_ended) right = std::any_of(call.times.begin(), call.times.end(), over);
  if (error.code == Errc::queue_full) right = full();
  if (!right) scene.fail("a customer can't enter a waiting room: " + error.message);
}

void check_entered(Scene& scene, const Enter& command, const RoomStatus& status) {
  if (command.user_id.is_nil()) return scene.fail("nobody has entered a waiting room");
  fail_if(scene, check_status(scene, command.event_id, command.user_id, status));
  if (status.standing == RoomStanding::outside) scene.fail("a customer has entered, and is outside");
  if (!scene.failure) note_activity(scene, command.event_id, command.user_id);
}

void enter(Scene& scene, Process& process) {
  std::vector<Enter> commands;
  for (std::int64_t i = scene.random.chance(600) ? 1 : scene.random.between(2, 6); i > 0; --i)
    commands.push_back({choose_event(scene), scene.random.chance(10) ? UserId{} : choose_visitor(scene)});
  Call& call = scene.calls.back();
  call.room.deed = RoomDeed::enter;
  call.room.entering = commands;
  for (const Enter& each : commands) expect_activity(scene, each.event_id, each.user_id);
  const auto answers = process.rooms.enter(commands);
  if (call.crashed) return;
  for (std::size_t i = 0; i < commands.size() && !scene.failure; ++i) {
    const auto& answer = answers[i];
    scene.note("enter " + show(commands[i].event_id.uuid) + " by " + show(commands[i].user_id.uuid) + " -> " +
               (answer.has_value() ? std::string(name(answer->standing)) + ' ' + std::to_string(answer->position)
                                   : word(answer)));
    if (answer.has_value()) check_entered(scene, commands[i], *answer);
    else check_not_entered(scene, commands[i], answer.error());
  }
}

void leave(Scene& scene, Process& process) {
  Call& call = scene.calls.back();
  std::vector<Leave> commands;
  for (std::int64_t i = scene.random.chance(800) ? 1 : 3; i > 0; --i) {
    commands.push_back({choose_event(scene), choose_visitor(scene),
                        scene.random.chance(600) ? LeaveReason::left : LeaveReason::purchased});
    if (scene.random.chance(500)) commands.back().at = scene.clock_now().plus_ms(-scene.random.between(0, 300'000));
  }
  call.room.deed = RoomDeed::leave;
  call.room.leaving = commands;
  const auto answers = process.rooms.leave(commands);
  if (call.crashed) return;
  for (std::size_t i = 0; i < commands.size() && !scene.failure; ++i) {
    scene.note("leave " + show(commands[i].user_id.uuid) + " -> " + word(answers[i]));
    if (answers[i].has_error()) check_trouble(scene, answers[i].error());
    else check_left(scene, commands[i]);
  }
}

/// Asks where some of them are; or one who is active asks again, which renews his admission.
void refresh(Scene& scene, Process& process) {
  const EventId event = choose_event(scene);
  const bool touches = scene.random.chance(500);
  std::vector<UserId> users{choose_visitor(scene)};
  while (!touches && scene.random.chance(500)) users.push_back(choose_visitor(scene));
  if (touches) expect_activity(scene, event, users.front());
  std::vector<RoomStatus> told;
  if (touches) {
    const auto answer = process.rooms.touch(event, users.front());
    if (scene.calls.back().crashed) return;
    if (answer.has_error()) return check_trouble(scene, answer.error());
    told.push_back(*answer);
    note_activity(scene, event, users.front());
  } else {
    const auto answers = process.rooms.status(event, users);
    if (scene.calls.back().crashed) return;
    if (answers.has_error()) return check_trouble(scene, answers.error());
    told = *answers;
  }
  if (told.size() != users.size()) return scene.fail("a wrong number of statuses is told");
  for (std::size_t i = 0; i < users.size(); ++i) {
    scene.note((touches ? "touch " : "status ") + show(users[i].uuid) + " -> " + std::string(name(told[i].standing)) +
               ' ' + std::to_string(told[i].position));
    fail_if(scene, check_status(scene, event, users[i], told[i]));
  }
}

/// Knocks at the door without reserving anything.
void knock(Scene& scene, Process& process) {
  const EventId event = choose_event(scene);
  const UserId user = choose_visitor(scene);
  const std::string token = choose_token(scene, event, user);
  show_token(scene, event, user, token);
  const auto answer = process.rooms.check({event, user, token});
  if (scene.calls.back().crashed) return;
  scene.note("knock " + show(user.uuid) + " -> " + word(answer));
  scene.count("door: " + word(answer));
  const auto told = answer.has_value() ? std::nullopt : std::optional(answer.error().code);
  if (scene.calls.back().disturbed) {
    if (!(told && retriable(*told)) && !is_answer_at_door(scene, {event, user}, token, told))
      scene.fail("at the door of a waiting room a customer hears " + word(answer) + ", whenever that was so");
    return;
  }
  const auto reason = reason_at_door(scene, {event, user}, token);
  if (reason != told)
    return scene.fail("at the door of a waiting room a customer hears " + word(answer) + " instead of " +
                      (reason ? std::string(name(*reason)) : "that he may come in"));
  // Whom another process has admitted meanwhile is believed by his token.
  const auto pass = scene.rooms.passes.find(token);
  const auto& active = scene.rooms.book(event).now().active;
  const auto admitted = active.find(user);
  if (reason == Errc::admission_over && admitted != active.end() &&
      admitted->second.admission == pass->second.admission)
    scene.fail("a good entry token is refused");
}

void clear(Scene& scene, Process& process) {
  Call& call = scene.calls.back();
  const EventId event = scene.random.pick(scene.rooms.events);
  call.room.deed = RoomDeed::clear;
  call.room.event_id = event;
  const auto answer = process.rooms.clear(event);
  if (call.crashed) return;
  scene.note("clear -> " + word(answer));
  if (answer.has_error()) return check_trouble(scene, answer.error());
  const auto stored = call.room.stored.find(event);
  const auto& log = scene.rooms.book(event).log;
  const std::int64_t sent_away =
      stored == call.room.stored.end() ? 0 : log.at(static_cast<std::size_t>(stored->second) - 1).number;
  if (*answer != sent_away) return scene.fail("a wrong number of customers is told to be sent away");
  if (*answer == 0 && call.room.looked.contains(event)) scene.count("clear: others were quicker");
  if (const RoomState& room = known_room(scene, event); !room.line.empty() || !room.active.empty())
    scene.fail("a waiting room is cleared, and somebody is there");
}

void read_log(Scene& scene, Process& process) {
  const EventId event = scene.random.pick(scene.rooms.events);
  Call& call = scene.calls.back();
  call.room.deed = RoomDeed::show;
  const auto log = process.rooms.log(event, 0, 10'000);
  if (call.crashed) return;
  call.room.deed = RoomDeed::none;
  const std::size_t log_reads = log.has_value() ? 1 : 0;
  if (call.room.shown_up_to.size() > log_reads)
    note_room_read(scene, call.process, event, 0, call.room.shown_up_to.front());
  if (log.has_error()) return check_trouble(scene, log.error());
  const RoomBook& book = scene.rooms.book(event);
  if (!call.disturbed && log->size() != book.log.size()) return scene.fail("a shown log is not as it was stored");
  for (std::size_t i = 0; i < log->size(); ++i) {
    RoomRecord shown = (*log)[i];
    const RoomRecord& stored = book.log.at(i);
    if (shown.kind == RoomRecordKind::lobby_opened && shown.text != stored.text) {
      scene.count("room: seed hidden");
      shown.text = stored.text.starts_with(shown.text + ' ') ? stored.text : std::string();
    } else if (shown.kind == RoomRecordKind::lobby_opened && book.now().lobby == LobbyPhase::open &&
               stored.text == book.now().commitment + ' ' + book.now().seed) {
      return scene.fail("the seed of an open lobby is shown");
    }
    if (shown != stored) return scene.fail("a shown log is not as it was stored");
  }
}

void change_settings(Scene& scene, Process& process) {
  Random& random = scene.random;
  RoomSettingsPatch patch;
  if (random.chance(100)) patch.enabled = random.chance(700);
  else if (random.chance(300)) patch.enabled = true;
  if (random.chance(300)) patch.threshold = random.between(random.chance(50) ? 0 : 1, 4);
  if (random.chance(300)) patch.rate_per_second = random.between(1, 3);
  if (random.chance(300)) patch.paused = random.chance(300);
  if (random.chance(100)) patch.mode = random.chance(500) ? RoomMode::session : RoomMode::strict;
  if (random.chance(100)) patch.active_ms = random.between(random.chance(50) ? 9 : 10, 300) * second_ms;
  if (random.chance(200)) patch.lobby = random.chance(700);
  if (random.chance(100)) patch.max_payments = random.chance(200) ? max_room_payments + 1 : random.between(0, 1);
  set_room(scene, process, scene.random.pick(scene.rooms.events), patch);
}

struct Arrival {
  UserId user_id;
  std::int64_t admission = 0;
  std::int64_t waited_ms = 0;
};

/// What is new between two lengths of a log: for those who were told up to the first.
struct News {
  std::vector<Arrival> admitted;
  std::vector<UserId> expired;
  bool cleared = false;
  bool started = false;
  bool settings_changed = false;
  std::optional<bool> sold_out;
};

News news_of(const RoomBook& book, std::int64_t from, std::int64_t to) {
  News out;
  std::int64_t admissions = book.states.at(from).admissions;
  for (std::int64_t i = from; i < to; ++i) {
    const RoomRecord& record = book.log[static_cast<std::size_t>(i)];
    const bool had_waited = record.kind == RoomRecordKind::admitted;
    if (had_waited || record.kind == RoomRecordKind::admitted_at_once)
      for (std::int64_t n = 0; n < record.number; ++n, ++admissions) {
        const auto index = static_cast<std::size_t>(admissions);
        if (had_waited) out.admitted.push_back({book.admitted.at(index), admissions + 1, book.waited_ms.at(index)});
      }
    const bool expired = record.number == static_cast<std::int64_t>(LeaveReason::expired);
    if (record.kind == RoomRecordKind::left && expired) out.expired.push_back(record.user_id);
    if (record.kind == RoomRecordKind::started) out.started = true;
    if (record.kind == RoomRecordKind::settings) out.settings_changed = true;
    if (record.kind == RoomRecordKind::sold_out || record.kind == RoomRecordKind::restocked)
      out.sold_out = record.kind == RoomRecordKind::sold_out;
    if (record.kind == RoomRecordKind::cleared) out = {{}, {}, true, false, out.settings_changed, out.sold_out};
  }
  return out;
}

/// Whether trouble is all that is told.
bool is_bare(const RoomTurn& turn) {
  return turn.trouble && turn.admitted.empty() && turn.expired.empty() && !turn.cleared && !turn.started &&
         !turn.settings_changed && !turn.sold_out && turn.waiting == 0 && turn.active == 0;
}

void check_news(Scene& scene, const RoomTurn& turn) {
  if (turn.trouble && !scene.calls.back().disturbed) return scene.fail("a turn tells of trouble for no reason");
  if (is_bare(turn)) return scene.count("told: trouble");
  const auto known = scene.rooms.memories.find({scene.calls.back().process, turn.event_id});
  if (known == scene.rooms.memories.end()) return scene.fail("a turn tells of a room that was not read");
  RoomMemory& memory = known->second;
  const RoomBook& book = scene.rooms.book(turn.event_id);
  const RoomState& room = book.states.at(memory.known);
  const auto from = std::exchange(memory.told, memory.known);
  if (turn.waiting != static_cast<std::int64_t>(room.line.size()) ||
      turn.active != static_cast<std::int64_t>(room.active.size()))
    return scene.fail("a turn tells wrong numbers of those who wait or are active");
  for (const Admitted& each : turn.admitted)
    fail_if(scene, check_token(scene, room, turn.event_id, each.user_id, each.entry_token));
  if (!from) return;
  News news = news_of(book, *from, memory.known);
  std::erase_if(news.admitted, [&](const auto& each) {
    const auto active = room.active.find(each.user_id);
    return active == room.active.end() || active->second.admission != each.admission;
  });
  std::vector<std::pair<UserId, std::int64_t>> told, expected;
  for (const Admitted& each : turn.admitted) told.emplace_back(each.user_id, each.waited_ms);
  for (const Arrival& each : news.admitted) expected.emplace_back(each.user_id, each.waited_ms);
  if (told != expected)
    scene.fail("a turn tells of others than were admitted, in another order, or of other waits than theirs");
  if (turn.expired != news.expired) scene.fail("a turn tells of others than were idle for too long");
  if (turn.cleared != news.cleared || turn.started != news.started || turn.sold_out != news.sold_out ||
      turn.settings_changed != news.settings_changed)
    scene.fail("a turn does not tell what has happened");
  scene.count("told: admitted", static_cast<std::int64_t>(told.size()));
}

/// Who was neither seen by the process of a turn nor has its grace, and is idle for too long.
bool is_overdue(const Scene& scene, EventId event, UserId user) {
  const int process = scene.calls.back().process;
  const RoomMemory& memory = scene.rooms.memories.at({process, event});
  const RoomState& room = scene.rooms.books.at(event).now();
  const RoomState::Active& active = room.active.at(user);
  const std::int64_t now_ms = scene.clock_now().ms;
  const bool has_grace = now_ms - memory.last_loaded_at.ms < scene.rooms.policy.restart_grace_ms;
  return !has_grace && !scene.rooms.seen.contains({process, event, user}) &&
         now_ms - active.active_at.ms >= room.settings.active_ms;
}

/// What a turn that nothing disturbed has to have done.
void check_work(Scene& scene, EventId event) {
  const Call& call = scene.calls.back();
  const RoomBook& book = scene.rooms.book(event);
  const RoomState& room = book.now();
  const Event& terms = *scene.programme.find(event);
  const Timestamp now = scene.clock_now();
  const auto recorded = call.room.recorded.find(event);
  const auto records = recorded == call.room.recorded.end() ? std::vector<RoomRecord>() : recorded->second;
  if (room.is_awaited() && (terms.cancelled || now >= terms.sale_end))
    return scene.fail("somebody waits for a sale that is over");
  if (!records.empty() && records.back().kind == RoomRecordKind::cleared) return;  // that was its turn
  if (room.lobby == LobbyPhase::open && now >= terms.sale_start) return scene.fail("a lobby does not end");
  if (!room.settings.enabled) return;
  for (const auto& [user, active] : room.active)
    if (is_overdue(scene, event, user)) return scene.fail("an admission does not end");
  const EventInventory& inventory = scene.books.inventories.at(event);
  const std::int64_t left = available_of(scene.books, event) + inventory.reservations[0];
  if (room.sold_out != (inventory.total > 0 && left == 0))
    return scene.fail("a room does not see that it has sold out");
  const std::int64_t max_payments = room.settings.max_payments;
  const bool too_many_pay = max_payments > 0 && scene.rooms.payments_of(event) > max_payments;
  const bool open = !terms.cancelled && terms.sale_start <= now && now < terms.sale_end && !room.settings.paused &&
                    !room.sold_out && room.lobby != LobbyPhase::open && !too_many_pay;
  std::int64_t admitted = 0;
  for (const RoomRecord& each : records)
    if (each.kind == RoomRecordKind::admitted) admitted += each.number;
  const auto waited = static_cast<std::int64_t>(room.line.size()) + admitted;
  const std::int64_t were_active = static_cast<std::int64_t>(room.active.size()) - admitted;
  const std::int64_t most = inventory.total > 0 ? std::min(room.settings.threshold, left) : room.settings.threshold;
  const std::int64_t vacancies = open ? std::max<std::int64_t>(0, most - were_active) : 0;
  if (admitted > std::min(waited, vacancies)) return scene.fail("a turn admits more than can be");
  // Nothing was taken from the rate for a second: it allows all of itself.
  Timestamp last;
  for (std::size_t i = 0; i + (admitted > 0 ? 1 : 0) < book.log.size(); ++i)
    if (book.log[i].kind == RoomRecordKind::admitted || book.log[i].kind == RoomRecordKind::admitted_at_once)
      last = book.log[i].at;
  const bool rate_is_full = now.ms - last.ms >= second_ms;
  if (rate_is_full && admitted != std::min({waited, vacancies, room.settings.rate_per_second}))
    scene.fail("a turn admits " + std::to_string(admitted) + " of " + std::to_string(waited) + " who wait");
}

}  // namespace

void take_turn(Scene& scene, Process& process) {
  Call& call = scene.calls.back();
  call.room.deed = RoomDeed::turn;
  const auto turns = process.rooms.turn();
  if (call.crashed) return;
  scene.note("turn -> " + word(turns));
  if (turns.has_error()) return check_trouble(scene, turns.error());
  std::set<EventId> told;
  for (const RoomTurn& each : *turns) {
    if (!told.insert(each.event_id).second) return scene.fail("a turn tells of a room twice");
    check_news(scene, each);
    if (scene.failure) return;
  }
  scene.count("turn");
  if (call.disturbed) return;
  for (const EventId event : scene.rooms.events) {
    const RoomState& room = scene.rooms.book(event).now();
    if (room.is_occupied() && !told.contains(event)) return scene.fail("a turn passes over a room");
    if (told.contains(event) && &room != scene.rooms.known(call.process, event))
      return scene.fail("after its turn a process does not know a room");
    if (told.contains(event)) check_work(scene, event);
  }
}

void check_left(Scene& scene, const Leave& command) {
  const RoomState* room = scene.rooms.known(scene.calls.back().process, command.event_id);
  if (room == nullptr) return scene.fail("a customer has left a waiting room that was not read");
  if (room->concerns(command)) return scene.fail("a customer has left, and is there");
  if (room->position(command.user_id) > 0) scene.count("left: keeps his place");
  if (room->active.contains(command.user_id)) scene.count("left: keeps his admission");
  // If the room was off here, who was let in elsewhere is not looked for.
  if (scene.calls.back().disturbed || !room->settings.enabled) return;
  if (scene.rooms.book(command.event_id).now().concerns(command))
    scene.fail("a customer has left, and is there as others know");
}

void set_room(Scene& scene, Process& process, EventId event, const RoomSettingsPatch& patch) {
  Call& call = scene.calls.back();
  call.room.deed = RoomDeed::set;
  call.room.event_id = event;
  call.room.patch = patch;
  const auto answer = process.rooms.set(event, patch);
  if (call.crashed) return;
  scene.note("set " + show(event.uuid) + " -> " + word(answer));
  if (answer.has_error()) {
    if (answer.error().code != Errc::invalid_argument) return check_trouble(scene, answer.error());
    scene.count("room: set wrongly");
    const bool wrong =
        patch.threshold == 0 || patch.active_ms < min_room_active_ms || patch.max_payments > max_room_payments;
    if (!wrong || call.room.recorded.contains(event)) scene.fail("settings of a waiting room are refused");
    return;
  }
  const RoomState& room = known_room(scene, event);
  if (answer->settings != room.settings || waiting_room::patched(room.settings, patch) != room.settings)
    return scene.fail("a waiting room is not as it was set");
  if (answer->waiting != static_cast<std::int64_t>(room.line.size()) || answer->admissions != room.admissions ||
      answer->lobby != room.lobby || answer->commitment != room.commitment)
    return scene.fail("an administrator is told a waiting room as it is not");
  if (answer->seed != (room.lobby == LobbyPhase::open ? std::string() : room.seed))
    scene.fail("the seed of a lobby is shown too early, or not at all");
  const Event& terms = *scene.programme.find(event);
  const bool is_early =
      std::all_of(call.times.begin(), call.times.end(), [&](Timestamp now) { return now < terms.sale_start; });
  if (is_early && !terms.cancelled && room.settings.enabled && room.settings.lobby && room.lobby == LobbyPhase::none &&
      room.line.empty())
    scene.fail("a lobby does not open");
}

std::string choose_token(Scene& scene, EventId event, UserId user) {
  Random& random = scene.random;
  const auto find = [&](const Visitor& who) -> const std::vector<std::string>* {
    const auto wallet = scene.rooms.wallets.find(who);
    return wallet == scene.rooms.wallets.end() ? nullptr : &wallet->second;
  };
  if (scene.rooms.events.empty()) return {};
  const std::int64_t choice = random.between(0, 999);
  const UserId other = choose_visitor(scene);
  const EventId elsewhere = random.pick(scene.events);
  const auto* wallet = find({event, user});
  if (choice < 40) wallet = find({event, other});  // passed on
  if (choice >= 40 && choice < 80) wallet = find({elsewhere, user});
  if (wallet == nullptr || choice >= 970) return {};
  if (choice < 800) return wallet->back();
  if (choice < 900) return random.pick(*wallet);
  if (choice < 950) return wallet->back();
  std::string forged = wallet->back();
  char& changed = forged[random.below(forged.size())];
  changed = changed == 'A' ? 'B' : 'A';
  return random.chance(500) ? forged : "rubbish";
}

void show_token(Scene& scene, EventId event, UserId user, const std::string& token) {
  expect_activity(scene, event, user);
  scene.calls.back().room.shown.insert({{event, user}, token});
}

void act_of_visitor(Scene& scene, Process& process) {
  const std::int64_t choice = scene.random.between(0, 999);
  if (choice < 330) return enter(scene, process);
  if (choice < 500) return refresh(scene, process);
  if (choice < 590) return leave(scene, process);
  if (choice < 690) return knock(scene, process);
  if (choice < 920) return take_turn(scene, process);
  if (choice < 970) return change_settings(scene, process);
  if (choice < 980) return clear(scene, process);
  return read_log(scene, process);
}

}  // namespace tiketi::test
