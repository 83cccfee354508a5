// The commands about accounts, money, tickets, and the house.

#include "arguments_draft.hpp"

#include <limits>

namespace tiketi::cli {

void add_account_commands(CLI::App& app, Draft& draft) {
  CLI::App* user = add_group(app, "user", "Accounts of customers and admins");
  CLI::App* list =
      add(*user, draft, draft.user_list, "list", "List accounts, newest first", "  tiketi user list --search kim\n");
  list->add_option("--search", draft.user_list.search, "In e-mail, name and phone");
  ranged(list, "--page", draft.user_list.page, "Counting from 1", 1, 1'000'000);
  ranged(list, "--limit", draft.user_list.limit, "Accounts on a page", 1, 1000);

  add(*user, draft, draft.user_show, "show", "Show an account", "  tiketi user show mina@example.com\n")
      ->add_option("user", draft.user_show.user, account_help)
      ->required();

  CLI::App* create = add(*user, draft, draft.user_create, "create", "Make an account",
                         "  tiketi user create mina@example.com --name Mina\n"
                         "  TIKETI_USER_PASSWORD=… tiketi user create mina@example.com --name Mina --json\n"
                         "The password is asked for, or read from TIKETI_USER_PASSWORD.\n");
  create->add_option("email", draft.user_create.email, "E-mail")->required();
  create->add_option("--name", draft.user_create.name, "Name")->required();
  create->add_option("--phone", draft.user_create.phone, "Phone");

  add(*user, draft, draft.user_disable, "disable", "End an account's sessions and refuse its log-ins",
      "  tiketi user disable mina@example.com\n")
      ->add_option("user", draft.user_disable.user, account_help)
      ->required();
  add(*user, draft, draft.user_enable, "enable", "Allow an account to log in again",
      "  tiketi user enable mina@example.com\n")
      ->add_option("user", draft.user_enable.user, account_help)
      ->required();
  add(*user, draft, draft.user_password, "password", "Set an account's password, which ends its sessions",
      "  tiketi user password mina@example.com\n"
      "The password is asked for, or read from TIKETI_USER_PASSWORD.\n")
      ->add_option("user", draft.user_password.user, account_help)
      ->required();

  CLI::App* admin = add_group(app, "admin", "Who may administer");
  CLI::App* first = add(*admin, draft, draft.admin_create, "create", "Make an account that is an admin",
                        "  tiketi admin create boss@example.com\n"
                        "The password is asked for, or read from TIKETI_ADMIN_PASSWORD.\n");
  first->add_option("email", draft.admin_create.email, "E-mail")->required();
  first->add_option("--name", draft.admin_create.name, "Name")->capture_default_str();
  add(*admin, draft, draft.admin_grant, "grant", "Make an account an admin", "  tiketi admin grant mina@example.com\n")
      ->add_option("user", draft.admin_grant.user, account_help)
      ->required();
  add(*admin, draft, draft.admin_revoke, "revoke", "Make an admin an ordinary user again",
      "  tiketi admin revoke mina@example.com\n")
      ->add_option("user", draft.admin_revoke.user, account_help)
      ->required();
}

void add_money_commands(CLI::App& app, Draft& draft) {
  constexpr auto payment_help = "Id, order id (tk_…), or the number of the reservation that was paid (TK…)";
  CLI::App* points = add_group(app, "points", "A customer's points");
  add(*points, draft, draft.points_balance, "balance", "How many there are",
      "  tiketi points balance mina@example.com\n")
      ->add_option("user", draft.points_balance.user, user_help)
      ->required();
  CLI::App* history = add(*points, draft, draft.points_history, "history", "Charged, used and refunded, newest first",
                          "  tiketi points history mina@example.com\n");
  history->add_option("user", draft.points_history.user, user_help)->required();
  ranged(history, "--page", draft.points_history.page, "Counting from 1", 1, 1'000'000);
  ranged(history, "--limit", draft.points_history.limit, "Lines on a page", 1, 1000);

  CLI::App* payment = add_group(app, "payment", "Payments, and driving on those that a crash left");
  CLI::App* list = add(*payment, draft, draft.payment_list, "list", "A customer's payments, newest first",
                       "  tiketi payment list --user mina@example.com\n");
  list->add_option("--user", draft.payment_list.user, user_help)->required();
  ranged<std::size_t>(list, "--limit", draft.payment_list.limit, "At most that many", 1, 1000);
  add(*payment, draft, draft.payment_show, "show", "Show a payment with its refunds",
      "  tiketi payment show TK0123456789ABCDEF\n")
      ->add_option("payment", draft.payment_show.payment, payment_help)
      ->required();
  CLI::App* recover =
      add(*payment, draft, draft.payment_recover, "recover",
          "Bring payments and refunds to an end that were left unfinished; a running server does so too",
          "  tiketi payment recover\n");
  ranged<std::size_t>(recover, "--limit", draft.payment_recover.limit, "About that many (0: all)", 0, 1'000'000'000);

  CLI::App* refund = add(app, draft, draft.refund, "refund", "Give money back: all of it, and the places; or a part",
                         "  tiketi refund TK0123456789ABCDEF --reason \"fell ill\"\n"
                         "  tiketi refund TK0123456789ABCDEF --amount 5000 --reason \"seat with a pillar\"\n"
                         "Without --amount the places are given back too; with it they stay sold. No fee is kept.\n");
  refund->add_option("payment", draft.refund.payment, payment_help)->required();
  refund->add_option("--amount", draft.refund.amount, "A part, in the smallest unit (won, cents)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000'000}));
  refund->add_option("--reason", draft.refund.reason, "What the customer will read")->required();

  add(app, draft, draft.ledger, "ledger", "The balances of the books, and what payments came to",
      "  tiketi ledger\n  tiketi ledger --json | jq .balances\n");
}

void add_ticket_commands(CLI::App& app, Draft& draft) {
  constexpr auto ticket_help = "Ticket number (TI…) or id";
  CLI::App* ticket = add_group(app, "ticket", "Tickets, their codes, and the gate");
  CLI::App* list = add(*ticket, draft, draft.ticket_list, "list", "The tickets of a reservation, or of a customer",
                       "  tiketi ticket list TK0123456789ABCDEF\n  tiketi ticket list --user mina\n");
  list->add_option("reservation", draft.ticket_list.reservation, reservation_help);
  list->add_option("--user", draft.ticket_list.user, user_help);
  ranged(list, "--page", draft.ticket_list.page, "With --user: counting from 1", 1, 1'000'000);
  ranged(list, "--limit", draft.ticket_list.limit, "With --user: tickets on a page", 1, 1000);

  add(*ticket, draft, draft.ticket_show, "show", "Show a ticket", "  tiketi ticket show TI0123456789ABCDEF\n")
      ->add_option("ticket", draft.ticket_show.ticket, ticket_help)
      ->required();
  add(*ticket, draft, draft.ticket_code, "code", "The signed text that a ticket's QR shows",
      "  tiketi ticket code TI0123456789ABCDEF\n")
      ->add_option("ticket", draft.ticket_code.ticket, ticket_help)
      ->required();
  CLI::App* qr = add(*ticket, draft, draft.ticket_qr, "qr", "Draw a ticket's QR",
                     "  tiketi ticket qr TI0123456789ABCDEF > ticket.svg\n"
                     "  tiketi ticket qr TI0123456789ABCDEF --output ticket.png\n");
  qr->add_option("ticket", draft.ticket_qr.ticket, ticket_help)->required();
  qr->add_option("--output", draft.ticket_qr.output, "FILE.svg or FILE.png; - for SVG on standard output")
      ->capture_default_str();

  CLI::App* check_in = add(*ticket, draft, draft.ticket_check_in, "check-in", "Let the holder in, once",
                           "  tiketi ticket check-in TI0123456789ABCDEF --gate North\n"
                           "  tiketi ticket check-in \"$CODE\" --gate North --event \"Winter Concert\"\n");
  check_in->add_option("ticket", draft.ticket_check_in.ticket, "Code, ticket number (TI…) or id")->required();
  check_in->add_option("--gate", draft.ticket_check_in.gate, "Where")->required();
  check_in->add_option("--event", draft.ticket_check_in.event, "Only tickets of this event");

  CLI::App* verify = add(*ticket, draft, draft.ticket_verify, "verify",
                         "Check a code without a store or a network: that it is ours, not whether it was used",
                         "  tiketi ticket verify \"$CODE\" --key box.db.keys/tickets/1a2b3c4d.pub.pem\n"
                         "  tiketi ticket verify \"$CODE\" --key old.pub.pem --key new.pub.pem\n");
  verify->add_option("code", draft.ticket_verify.code, "What the QR says")->required();
  verify->add_option("--key", draft.ticket_verify.key_files, "PEM file with a public key; may be repeated")
      ->required()
      ->allow_extra_args(false);
}

void add_house_commands(CLI::App& app, Draft& draft) {
  CLI::App* notice = add_group(app, "notice", "Notices to the customers");
  CLI::App* list = add(*notice, draft, draft.notice_list, "list", "Pinned ones first, then the newest",
                       "  tiketi notice list\n  tiketi notice list --json | jq .notices\n");
  ranged(list, "--page", draft.notice_list.page, "Counting from 1", 1, 1'000'000);
  ranged(list, "--limit", draft.notice_list.limit, "Notices on a page", 1, 1000);
  CLI::App* create = add(*notice, draft, draft.notice_create, "create", "Publish a notice",
                         "  tiketi notice create --title \"New seats\" --content \"Row 12 is for sale.\"\n"
                         "  tiketi notice create --title Rules --content - --pinned < rules.txt\n");
  create->add_option("--title", draft.notice_create.title, "One line")->required();
  create->add_option("--content", draft.notice_create.content, "Text; - for standard input")->required();
  create->add_option("--author", draft.notice_create.author, "Who it is shown to be from")->capture_default_str();
  create->add_flag("--pinned", draft.notice_create.pinned, "Keep it on top");
  CLI::App* update = add(*notice, draft, draft.notice_update, "update", "Change a notice",
                         "  tiketi notice update ID --title \"More new seats\" --pin\n");
  update->add_option("notice", draft.notice_update.notice, "Id")->required();
  update->add_option("--title", draft.notice_update.title, "One line");
  update->add_option("--content", draft.notice_update.content, "Text; - for standard input");
  CLI::Option* pin = update->add_flag("--pin", draft.notice_update.pin, "Keep it on top");
  update->add_flag("--unpin", draft.notice_update.unpin, "No longer")->excludes(pin);
  add(*notice, draft, draft.notice_remove, "remove", "Remove a notice", "  tiketi notice remove ID\n")
      ->add_option("notice", draft.notice_remove.notice, "Id")
      ->required();

  CLI::App* keys = add_group(app, "keys", "The keys that sign tokens and tickets");
  add(*keys, draft, draft.keys_show, "show", "Show the public keys",
      "  tiketi keys show\n"
      "  tiketi keys show --json | jq -r '.tickets[].pem'\n");
  CLI::App* rotate =
      add(*keys, draft, draft.keys_rotate, "rotate",
          "Make new keys; what the old ones signed stays good until it ends by itself",
          "  tiketi keys rotate --tokens\n"
          "Running servers notice new token keys within a minute, ticket keys when they are started anew.\n");
  rotate->add_flag("--tokens", draft.keys_rotate.tokens, "Only the key of access tokens");
  rotate->add_flag("--tickets", draft.keys_rotate.tickets, "Only the key of ticket codes");

  CLI::App* audit = add(app, draft, draft.audit, "audit", "What admins and this command line did, newest first",
                        "  tiketi audit --kind event --from 2026-11-20\n"
                        "  tiketi audit --actor boss@example.com --json\n");
  audit->add_option("--actor", draft.audit.actor, account_help);
  CLI::Option* kind = audit->add_option("--kind", draft.audit.kind, "About what: event, payment, user …");
  audit->add_option("--id", draft.audit.id, "About which one; needs --kind")->needs(kind);
  audit->add_option("--from", draft.audit.from, "Not before: 2026-11-20, or with a time; Korea's unless it has a zone");
  audit->add_option("--until", draft.audit.until, "Before that time");
  ranged<std::int64_t>(audit, "--before", draft.audit.before, "Page on: before this sequence number (0: the newest)", 0,
                       std::numeric_limits<std::int64_t>::max());
  ranged<std::size_t>(audit, "--limit", draft.audit.limit, "At most that many", 1, 1000);
}

}  // namespace tiketi::cli
