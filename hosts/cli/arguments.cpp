// Parsing, and the commands about the store, the catalogue and sales.

#include "arguments_draft.hpp"
#include "exit_code.hpp"

#include <sstream>

namespace tiketi::cli {
namespace {

void add_store_commands(CLI::App& app, Draft& draft) {
  CLI::App* migrate = add(app, draft, draft.migrate, "migrate", "Bring the tables of the store up to date",
                          "  tiketi migrate --store postgres://tiketi@localhost/tiketi\n"
                          "  tiketi migrate --check && echo up to date\n");
  migrate->add_flag("--check", draft.migrate.check_only, "Change nothing; exit with 4 if something is missing");

  CLI::App* seed = add(app, draft, draft.seed, "seed", "Load the sample catalogue, or a very large one",
                       "  tiketi seed                  25 events, as of today in Seoul; again changes nothing\n"
                       "  tiketi seed --replace        also move the dates of earlier sample events to today\n"
                       "  tiketi seed --scale          10,000 events with 5,000,000 seats in all\n"
                       "  tiketi seed --scale --events 100 --seats 1000\n"
                       "  tiketi seed --users 1000 --tokens users.txt --profile development\n"
                       "                               accounts for load tests, each logged in\n");
  CLI::Option* replace =
      seed->add_flag("--replace", draft.seed.replace, "Set dates and texts of sample events that are there to today's");
  CLI::Option* scale = seed->add_flag("--scale", draft.seed.scale, "Make many events instead of the sample");
  ranged<std::int64_t>(seed, "--events", draft.seed.events, "With --scale: how many events", 1, 1'000'000)
      ->needs(scale);
  ranged<std::int64_t>(seed, "--seats", draft.seed.seats, "With --scale: seats of each event", 1, 20'000)->needs(scale);
  CLI::Option* users =
      seed->add_option("--users", draft.seed.users, "Make that many users instead, for load tests only")
          ->check(CLI::Range(1, 1'000'000))
          ->excludes(scale)
          ->excludes(replace);
  CLI::Option* tokens = seed->add_option("--tokens", draft.seed.tokens_file,
                                         "With --users: the file to write, a line `id e-mail token` each")
                            ->needs(users);
  users->needs(tokens);
  seed->add_option("--profile", draft.seed.profile, "--users needs the profile `development`")
      ->envname("TIKETI_PROFILE");
  seed->add_option("--jwt-secret", draft.seed.token_secret,
                   "With --users: sign by this secret, as the server does if it has the same; much quicker than keys")
      ->envname("JWT_SECRET");

  add(app, draft, draft.verify, "verify", "Check every invariant on all that is stored; exit with 5 if one is broken",
      "  tiketi verify\n  tiketi verify --json | jq .findings\n");
}

void add_catalogue_commands(CLI::App& app, Draft& draft) {
  CLI::App* events = add(app, draft, draft.events, "events", "List events",
                         "  tiketi events --status on_sale\n  tiketi events --search psy --limit 5\n");
  events->add_option("--status", draft.events.status, "Only those")
      ->check(CLI::IsMember({"upcoming", "on_sale", "sold_out", "ended", "cancelled"}));
  events->add_option("--search", draft.events.search, "Fuzzy, in Korean or English, best match first");
  ranged(events, "--page", draft.events.page, "Counting from 1", 1, 1'000'000'000);
  ranged(events, "--limit", draft.events.limit, "Events on a page", 1, 1000);

  CLI::App* event = add(app, draft, draft.event, "event", "Show an event with its sections and ticket types",
                        "  tiketi event 흠뻑쇼\n  tiketi event zungle --json\n");
  event->add_option("event", draft.event.event, event_help);
  CLI::App* cancel = add(*event, draft, draft.event_cancel, "cancel",
                         "Cancel an event and give everybody the money back, without a fee",
                         "  tiketi event cancel \"Winter Concert\"\n"
                         "Run again, it goes on where it was interrupted.\n");
  cancel->add_option("event", draft.event_cancel.event, event_help)->required();
  event->callback([&draft, event] {
    const bool named = !draft.event.event.empty();
    if (event->get_subcommands().empty() && !named) throw CLI::RequiredError("event");
    if (!event->get_subcommands().empty() && named) throw CLI::ExtrasError("event", {draft.event.event});
    if (named) draft.arguments.command = draft.event;
  });

  CLI::App* seats = add(app, draft, draft.seats, "seats", "Draw an event's seat map",
                        "  tiketi seats \"Basketball Final\"\n  tiketi seats 흠뻑쇼 --section 1F-07\n");
  seats->add_option("event", draft.seats.event, event_help)->required();
  seats->add_option("--section", draft.seats.section, "Only this section");
  seats->add_flag("--full", draft.seats.full, "Every seat, however many there are");
}

void add_layout_commands(CLI::App& app, Draft& draft) {
  CLI::App* layout = app.add_subcommand("layout", "Import, export and check seat layouts");
  layout->fallthrough();
  layout->require_subcommand(1);

  add(*layout, draft, draft.layout_list, "list", "List the stored layouts", "  tiketi layout list\n");

  CLI::App* import = add(*layout, draft, draft.layout_import, "import", "Store a layout from a JSON or CSV file",
                         "  tiketi layout import hall.json\n"
                         "  tiketi layout import hall.csv --name hall --description \"Main hall\"\n");
  import->add_option("file", draft.layout_import.file, "JSON or CSV; - for standard input")->required();
  import->add_option("--name", draft.layout_import.name, "Name, instead of the file's own (CSV has none)");
  import->add_option("--description", draft.layout_import.description, "Description, instead of the file's own");

  CLI::App* output = add(*layout, draft, draft.layout_export, "export", "Write a layout as JSON or CSV",
                         "  tiketi layout export small_theater > small.json\n"
                         "  tiketi layout export small_theater --format csv --output small.csv\n");
  output->add_option("layout", draft.layout_export.layout, "Name or id")->required();
  output->add_option("--format", draft.layout_export.format, "json or csv")
      ->check(CLI::IsMember({"json", "csv"}))
      ->capture_default_str();
  output->add_option("--output", draft.layout_export.output, "File to write instead of standard output");

  CLI::App* check = add(*layout, draft, draft.layout_check, "check", "Check a layout file without storing it",
                        "  tiketi layout check hall.csv\n");
  check->add_option("file", draft.layout_check.file, "JSON or CSV; - for standard input")->required();
}

void add_reserve_commands(CLI::App& app, Draft& draft) {
  constexpr auto entry_token_help = "Of the event's waiting room, if that is on: `tiketi queue enter` tells it";
  CLI::App* reserve = add(app, draft, draft.reserve, "reserve", "Hold seats or tickets: all of them or none",
                          "  tiketi reserve \"Basketball Final\" --user mina --seat Floor1-1-5 --seat Floor1-1-6\n"
                          "  tiketi reserve \"Standing Night\" --user mina --ticket 스탠딩=2\n");
  reserve->add_option("event", draft.reserve.event, event_help)->required();
  reserve->add_option("--user", draft.reserve.user, user_help)->required();
  reserve->add_option("--seat", draft.reserve.seats, "Label (VIP-1-5) or id; may be repeated")->allow_extra_args(false);
  reserve->add_option("--ticket", draft.reserve.tickets, "Ticket type (name or id) = quantity; may be repeated")
      ->allow_extra_args(false);
  reserve->add_option("--key", draft.reserve.key, "Idempotency key: the same key answers the first reservation");
  reserve->add_option("--entry-token", draft.reserve.entry_token, entry_token_help);

  CLI::App* best = add(app, draft, draft.best, "best-available", "Hold the best free seats beside each other",
                       "  tiketi best-available \"Basketball Final\" --user mina -n 2\n"
                       "  tiketi best-available 흠뻑쇼 --user mina -n 4 --max-price 140000\n");
  best->add_option("event", draft.best.event, event_help)->required();
  best->add_option("--user", draft.best.user, user_help)->required();
  ranged(best, "-n,--quantity", draft.best.quantity, "How many seats", 1, 100);
  best->add_option("--section", draft.best.section, "Only in this section");
  best->add_option("--max-price", draft.best.max_price, "At most that much a seat, in the smallest unit (won, cents)")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000'000}));
  best->add_option("--key", draft.best.key, "Idempotency key: the same key answers the first reservation");
  best->add_option("--entry-token", draft.best.entry_token, entry_token_help);
}

void add_reservation_commands(CLI::App& app, Draft& draft) {
  CLI::App* show = add(app, draft, draft.reservation, "reservation", "Show a reservation, or all of a customer",
                       "  tiketi reservation TK0123456789ABCDEF\n  tiketi reservation --user mina\n");
  show->add_option("reservation", draft.reservation.reservation, reservation_help);
  show->add_option("--user", draft.reservation.user, user_help);
  ranged<std::size_t>(show, "--limit", draft.reservation.limit, "Newest first, at most that many", 1, 1000);

  CLI::App* confirm = add(app, draft, draft.confirm, "confirm", "Turn a hold into a sale",
                          "  tiketi confirm TK0123456789ABCDEF --payment card-4711\n");
  confirm->add_option("reservation", draft.confirm.reservation, reservation_help)->required();
  confirm->add_option("--payment", draft.confirm.payment, "Reference of the payment")->required();
  confirm->add_option("--user", draft.confirm.user, "Refuse if it is another customer's");

  CLI::App* cancel =
      add(app, draft, draft.cancel, "cancel", "Give the places of a reservation back, and all of the money",
          "  tiketi cancel TK0123456789ABCDEF\n");
  cancel->add_option("reservation", draft.cancel.reservation, reservation_help)->required();
  cancel->add_option("--user", draft.cancel.user, "Refuse if it is another customer's");

  CLI::App* extend = add(app, draft, draft.extend, "extend", "Keep a hold for longer while a payment is in flight",
                         "  tiketi extend TK0123456789ABCDEF --by 120\n");
  extend->add_option("reservation", draft.extend.reservation, reservation_help)->required();
  ranged<std::int64_t>(extend, "--by", draft.extend.seconds, "Seconds from now", 1, 86'400);
  extend->add_option("--user", draft.extend.user, "Refuse if it is another customer's");

  CLI::App* sweep = add(app, draft, draft.sweep, "sweep", "Release holds that are over, forget old idempotency keys",
                        "  tiketi sweep\n");
  ranged<std::size_t>(sweep, "--limit", draft.sweep.limit, "At most that many holds (0: all)", 0, 1'000'000'000);
}

void add_outbox_commands(CLI::App& app, Draft& draft) {
  CLI::App* outbox = app.add_subcommand("outbox", "Messages about reservations that wait to be published");
  outbox->fallthrough();
  outbox->require_subcommand(1);
  CLI::App* list = add(*outbox, draft, draft.outbox_list, "list", "Show what waits, oldest first",
                       "  tiketi outbox list --limit 5\n");
  ranged<std::size_t>(list, "--limit", draft.outbox_list.limit, "At most that many", 1, 10'000);
  CLI::App* publish = add(*outbox, draft, draft.outbox_publish, "publish",
                          "Write what waits to standard output, a JSON object a line, and forget it once it is written",
                          "  tiketi outbox publish >> reservations.jsonl\n");
  ranged<std::size_t>(publish, "--limit", draft.outbox_publish.limit, "At most that many (0: all)", 0, 1'000'000'000);
}

/// Only so that --help lists it: `run` takes it before anything is parsed.
void add_serve_command(CLI::App& app) {
  CLI::App* serve = app.add_subcommand("serve", "Serve all of it over HTTP; `tiketi serve --help` tells how");
  serve->prefix_command();
  serve->callback([] { throw CLI::ValidationError("serve", "must be the first word: tiketi serve --store …"); });
}

void add_simulate_commands(CLI::App& app, Draft& draft) {
  CLI::App* simulate = app.add_subcommand("simulate", "Let crowds loose on a real store");
  simulate->fallthrough();
  simulate->require_subcommand(1);
  CLI::App* on_sale =
      add(*simulate, draft, draft.on_sale, "on-sale",
          "Fans arrive in a burst, hold, pay, abandon; then a report and verify",
          "  tiketi seed && tiketi simulate on-sale\n"
          "  tiketi simulate on-sale --fresh --fans 10000 --seed 7\n"
          "  tiketi simulate on-sale --store memory --fans 1000000\n"
          "  tiketi simulate on-sale --waiting-room --threshold 2000 --rate 1000 --lobby-ms 10000\n"
          "All pay through the cashier, at the sandbox; no money moves. Play it on a store of its own, not\n"
          "on one that sells: its clock may run ahead, and ends other people's holds and orders too.\n"
          "With --waiting-room most fans come to a lobby before the sale starts; then places in the\n"
          "line are drawn. Some give up, reload, idle, or are bots. A copy of the event is sold.\n"
          "Exit with 5 if an invariant does not hold, or anybody was told what the room's log or\n"
          "the books don't say.\n");
  OnSaleOptions& o = draft.on_sale.options;
  on_sale->add_option("--event", o.event, event_help)->capture_default_str();
  on_sale->add_flag("--fresh", o.fresh, "Sell a copy of the event, so that every place is free");
  ranged<std::int64_t>(on_sale, "--fans", o.fans, "How many arrive", 1, 2'000'000);
  ranged(on_sale, "--threads", o.threads, "Threads that drive them (0: four for each core)", 0, 256);
  ranged(on_sale, "--seats-per-fan", o.seats_per_fan, "Each wants 1 to that many", 1, 4);
  ranged(on_sale, "--abandon-rate", o.abandon_rate, "Share of holders who never pay", 0.0, 1.0);
  ranged(on_sale, "--late-rate", o.late_rate, "Share of holders who pay when it is too late", 0.0, 1.0);
  ranged(on_sale, "--decline-rate", o.decline_rate, "Share of payers whose first card is refused", 0.0, 1.0);
  ranged(on_sale, "--lost-rate", o.lost_rate,
         "Share of payers whose payment is not answered, half of them because the request is lost", 0.0, 1.0);
  ranged<std::int64_t>(on_sale, "--hold-ms", o.hold_ms, "How long a hold lasts that nobody pays for", 100, 600'000);
  ranged<std::int64_t>(on_sale, "--burst-ms", o.burst_ms, "Within which nearly all arrive", 1, 600'000);
  ranged<std::int64_t>(on_sale, "--refresh-ms", o.refresh_ms, "How often the fans' seat map is loaded anew", 10,
                       60'000);
  ranged(on_sale, "--tries", o.tries, "Times that a fan tries before giving up", 1, 100);
  on_sale->add_option("--seed", o.seed, "The same seed makes the same fans")->capture_default_str();
  WaitingRoomOptions& room = o.waiting_room;
  CLI::Option* has_room =
      on_sale->add_flag("--waiting-room", room.on, "Sell a copy of the event behind a waiting room");
  ranged(on_sale, "--threshold", room.threshold, "How many may be inside at once", std::int64_t{1}, max_room_threshold)
      ->needs(has_room);
  ranged(on_sale, "--rate", room.rate_per_second, "How many who wait are admitted a second", std::int64_t{1},
         max_room_rate)
      ->needs(has_room);
  ranged<std::int64_t>(on_sale, "--lobby-ms", room.lobby_ms, "How long the lobby is open before the sale (0: no lobby)",
                       0, 3'600'000)
      ->needs(has_room);
}

std::string first_line(std::string text) { return text.substr(0, text.find('\n')); }

/// The subcommands that were named so far, for `tiketi layout import --help`.
std::string named(const CLI::App& app) {
  std::string out = "tiketi";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    out += ' ' + at->get_name();
  }
  return out;
}

}  // namespace

Parsed parse_arguments(int argc, const char* const* argv) {
  Draft draft;
  CLI::App app{"Tiketi sells tickets: events, seats, holds and reservations in one store.", "tiketi"};
  app.set_version_flag("--version", "tiketi " TIKETI_VERSION);
  app.add_option("--store", draft.arguments.store, "sqlite:PATH, postgres://USER@HOST:PORT/NAME or memory")
      ->envname("TIKETI_STORE")
      ->capture_default_str();
  app.add_option("--keys", draft.arguments.keys_directory,
                 "Directory of the keys that sign tokens and tickets; default: beside the SQLite file")
      ->envname("TIKETI_KEYS");
  app.add_option("--sandbox", draft.arguments.sandbox_file,
                 "File of the sandbox payment provider's books; default: beside the SQLite file")
      ->envname("TIKETI_SANDBOX");
  app.add_flag("--json", draft.arguments.json, "Answer in JSON, errors too: {\"error\": {code, message, details}}");
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  tiketi seed\n"
      "  tiketi events --search psy\n"
      "  tiketi best-available \"Winter Concert\" --user mina -n 2\n"
      "  tiketi simulate on-sale\n"
      "  tiketi serve --profile development\n"
      "`tiketi COMMAND --help` tells more about each command.\n\n" +
      std::string(exit_code_table()));
  add_store_commands(app, draft);
  add_catalogue_commands(app, draft);
  add_layout_commands(app, draft);
  add_reserve_commands(app, draft);
  add_reservation_commands(app, draft);
  add_account_commands(app, draft);
  add_money_commands(app, draft);
  add_ticket_commands(app, draft);
  add_queue_commands(app, draft);
  add_house_commands(app, draft);
  add_outbox_commands(app, draft);
  add_serve_command(app);
  add_simulate_commands(app, draft);
  add_bench_commands(app, draft);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    if (stop.get_exit_code() == 0) {
      std::ostringstream text;
      app.exit(stop, text, text);
      return Text{text.str()};
    }
    return Error{Errc::invalid_argument, first_line(stop.what()), {{"help", named(app) + " --help"}}};
  }
  return draft.arguments;
}

}  // namespace tiketi::cli
