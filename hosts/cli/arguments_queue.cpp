// The commands about waiting rooms.

#include "arguments_draft.hpp"

#include <limits>
#include <optional>

namespace tiketi::cli {
namespace {

/// Two flags: one turns it on, the other off.
void add_switch(CLI::App* app, std::optional<bool>& value, const char* on, const char* on_help, const char* off,
                const char* off_help) {
  CLI::Option* turn_on = app->add_flag_callback(
      on, [&value] { value = true; }, on_help);
  app->add_flag_callback(
         off, [&value] { value = false; }, off_help)
      ->excludes(turn_on);
}

void add_setting(CLI::App* app, const char* flag, std::optional<std::int64_t>& value, const char* help,
                 std::int64_t lowest, std::int64_t highest) {
  app->add_option(flag, value, help)->check(CLI::Range(lowest, highest));
}

void add_set_command(CLI::App& queue, Draft& draft) {
  CLI::App* set = add(queue, draft, draft.queue_set, "set", "Turn a waiting room on or off, and change how it admits",
                      "  tiketi queue set \"Winter Concert\" --on --threshold 2000 --rate 100\n"
                      "  tiketi queue set \"Winter Concert\" --pause\n"
                      "What is not named stays as it is. Running servers follow within seconds.\n");
  set->add_option("event", draft.queue_set.event, event_help)->required();
  RoomSettingsPatch& patch = draft.queue_set.patch;
  add_switch(set, patch.enabled, "--on", "Customers have to be admitted", "--off", "Everybody may buy");
  set->add_option_function<std::string>(
         "--mode",
         [&patch](const std::string& mode) {
           patch.mode = mode == name(RoomMode::strict) ? RoomMode::strict : RoomMode::session;
         },
         "What the box office asks for: an entry token (strict), or an admission that is not over (session)")
      ->check(CLI::IsMember({std::string(name(RoomMode::strict)), std::string(name(RoomMode::session))}));
  add_setting(set, "--threshold", patch.threshold, "How many may be active at once", 1, max_room_threshold);
  add_setting(set, "--rate", patch.rate_per_second, "How many are admitted a second, at most", 1, max_room_rate);
  add_switch(set, patch.paused, "--pause", "Admit nobody; who enters waits", "--resume", "Admit again");
  set->add_option_function<std::int64_t>(
         "--active-seconds", [&patch](std::int64_t seconds) { patch.active_ms = seconds * second_ms; },
         "How long an admission lasts after the customer's last activity")
      ->check(CLI::Range(min_room_active_ms / second_ms, max_room_active_ms / second_ms));
  add_switch(set, patch.lobby, "--lobby", "Who enters before the sale starts is shuffled then", "--no-lobby",
             "First come, first served from the start");
  add_setting(set, "--max-payments", patch.max_payments,
              "No admissions while more of its payments are in progress (0: no limit)", 0, max_room_payments);
}

void add_customer_commands(CLI::App& queue, Draft& draft) {
  const auto name_both = [](CLI::App* app, std::string& event, std::string& user) {
    app->add_option("event", event, event_help)->required();
    app->add_option("--user", user, user_help)->required();
  };
  name_both(add(queue, draft, draft.queue_enter, "enter",
                "Let a customer in, or give a place in the line; again, it is the same place",
                "  tiketi queue enter \"Winter Concert\" --user mina\n"
                "  tiketi reserve \"Winter Concert\" --user mina --seat VIP-1-5 --entry-token TOKEN\n"
                "Who waits is admitted by a running server.\n"),
            draft.queue_enter.event, draft.queue_enter.user);
  name_both(
      add(queue, draft, draft.queue_status, "status", "Where a customer is: the place in the line, or the entry token",
          "  tiketi queue status \"Winter Concert\" --user mina\n"),
      draft.queue_status.event, draft.queue_status.user);
  name_both(add(queue, draft, draft.queue_leave, "leave", "Give a customer's place or admission up",
                "  tiketi queue leave \"Winter Concert\" --user mina\n"),
            draft.queue_leave.event, draft.queue_leave.user);
}

void add_log_commands(CLI::App& queue, Draft& draft) {
  CLI::App* audit = add(queue, draft, draft.queue_audit, "audit",
                        "Recompute a waiting room from its log; exit with 5 if something is wrong",
                        "  tiketi queue audit \"Winter Concert\"\n"
                        "  tiketi queue audit --log room.jsonl      needs no store\n"
                        "  tiketi queue audit --log room.jsonl --commitment QWEe… --order\n");
  CLI::Option* event = audit->add_option("event", draft.queue_audit.event, event_help);
  audit->add_option("--log", draft.queue_audit.log_file, "What `tiketi queue log --json` told; - for standard input")
      ->excludes(event);
  audit->add_option("--commitment", draft.queue_audit.commitment,
                    "As it was published when the lobby opened: the log must have a lobby with just that one");
  audit->add_flag("--order", draft.queue_audit.with_order, "Tell the order of each lobby, recomputed from its seed");

  CLI::App* log = add(queue, draft, draft.queue_log, "log",
                      "The log as it may be published: all by which anybody can recompute who came when",
                      "  tiketi queue log \"Winter Concert\" --json > room.jsonl\n"
                      "With --json a line is a JSON object. The seed of a lobby is left out until it is drawn.\n");
  log->add_option("event", draft.queue_log.event, event_help)->required();
  ranged<std::int64_t>(log, "--after", draft.queue_log.after, "Behind that sequence number", 0,
                       std::numeric_limits<std::int64_t>::max());
  ranged<std::size_t>(log, "--limit", draft.queue_log.limit, "At most that many (0: all)", 0, 1'000'000'000);
}

}  // namespace

void add_queue_commands(CLI::App& app, Draft& draft) {
  CLI::App* queue = add_group(app, "queue", "The waiting rooms of events");
  add(*queue, draft, draft.queue_show, "show", "The settings of an event's waiting room, and how it stands",
      "  tiketi queue show \"Winter Concert\"\n")
      ->add_option("event", draft.queue_show.event, event_help)
      ->required();
  add_set_command(*queue, draft);
  add_customer_commands(*queue, draft);
  add(*queue, draft, draft.queue_clear, "clear", "Send everybody away, waiting or admitted; their tokens are over",
      "  tiketi queue clear \"Winter Concert\"\n")
      ->add_option("event", draft.queue_clear.event, event_help)
      ->required();
  add_log_commands(*queue, draft);
}

}  // namespace tiketi::cli
