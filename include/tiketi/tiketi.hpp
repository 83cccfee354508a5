#pragma once
// Tiketi: an embeddable ticketing core. Start here.
//
//   auto services = tiketi::open("sqlite:box.db").value();
//   tiketi::Result<tiketi::Reserved> held =
//       services->box_office().reserve({.event_id = event, .user_id = user, .seats = {seat_a, seat_b}});
//
// The house has a column for each part of the business, side by side, none leaning on another:
//
//   catalog       events, seat layouts, ticket types, search      Catalog      catalog/catalog.hpp
//   box_office    seats, holds, stock, reservations, seat maps    BoxOffice    box_office/box_office.hpp
//   waiting_room  the line before a sale, who is admitted         WaitingRoom  waiting_room/waiting_room.hpp
//   payment       paying, points, refunds, the ledger             Cashier      payment/cashier.hpp
//   identity      accounts, log-in, sessions, roles               Accounts     identity/accounts.hpp
//   ticket        tickets of what was paid for, signed codes      TicketDesk   ticket/ticket_desk.hpp
//   notice        news to customers                               NoticeBoard  notice/notice_board.hpp
//
// and each column has the same rooms:
//
//   <noun>.hpp     plain data, its invariants in a comment
//   rules.hpp      pure decisions: (state, command, now, policy) → Result<Change>
//   store.hpp      the storage port: reads, and one write: commit(batch of changes)
//   <service>.hpp  what an embedder calls: reads, asks the rules, commits, retries conflicts
//   <needs>.hpp    a port for what the column needs from another one
//
// Beside them: base/ (results, ids, money, time, the batcher), ports/ (clock, ids, lock, event bus: what the
// core needs from the world) and adapters/ (memory, SQLite, PostgreSQL, the system: how to get them).
//
// Three promises hold everywhere:
//   - Expected refusals are values (Result<T>); no exception leaves a public function.
//   - Services are synchronous, thread-safe and take batches; a Batcher turns single calls into batches.
//   - What was answered with success is durable, and told to the event bus at least once.

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/local.hpp>
#include <tiketi/adapters/memory.hpp>
#include <tiketi/adapters/postgres.hpp>
#include <tiketi/adapters/qr.hpp>
#include <tiketi/adapters/sandbox.hpp>
#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/adapters/stores.hpp>
#include <tiketi/adapters/system.hpp>
#include <tiketi/base/base64.hpp>
#include <tiketi/base/batcher.hpp>
#include <tiketi/base/bounded_cache.hpp>
#include <tiketi/base/error.hpp>
#include <tiketi/base/finding.hpp>
#include <tiketi/base/fingerprint.hpp>
#include <tiketi/base/id.hpp>
#include <tiketi/base/money.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/text.hpp>
#include <tiketi/base/time.hpp>
#include <tiketi/box_office/admissions.hpp>
#include <tiketi/box_office/best_available.hpp>
#include <tiketi/box_office/box_office.hpp>
#include <tiketi/box_office/change.hpp>
#include <tiketi/box_office/event_directory.hpp>
#include <tiketi/box_office/guards.hpp>
#include <tiketi/box_office/inventory_change.hpp>
#include <tiketi/box_office/reservation.hpp>
#include <tiketi/box_office/rules.hpp>
#include <tiketi/box_office/seat.hpp>
#include <tiketi/box_office/seat_map.hpp>
#include <tiketi/box_office/store.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/catalog/event.hpp>
#include <tiketi/catalog/guards.hpp>
#include <tiketi/catalog/inventory.hpp>
#include <tiketi/catalog/layout_text.hpp>
#include <tiketi/catalog/rules.hpp>
#include <tiketi/catalog/search.hpp>
#include <tiketi/catalog/seat_layout.hpp>
#include <tiketi/catalog/store.hpp>
#include <tiketi/identity/access_token.hpp>
#include <tiketi/identity/accounts.hpp>
#include <tiketi/identity/guards.hpp>
#include <tiketi/identity/password_hasher.hpp>
#include <tiketi/identity/refresh_tokens.hpp>
#include <tiketi/identity/rules.hpp>
#include <tiketi/identity/session.hpp>
#include <tiketi/identity/store.hpp>
#include <tiketi/identity/token_signer.hpp>
#include <tiketi/identity/user.hpp>
#include <tiketi/notice/notice.hpp>
#include <tiketi/notice/notice_board.hpp>
#include <tiketi/notice/rules.hpp>
#include <tiketi/notice/store.hpp>
#include <tiketi/open.hpp>
#include <tiketi/payment/breaker.hpp>
#include <tiketi/payment/cashier.hpp>
#include <tiketi/payment/change.hpp>
#include <tiketi/payment/guards.hpp>
#include <tiketi/payment/ledger.hpp>
#include <tiketi/payment/payment.hpp>
#include <tiketi/payment/policy.hpp>
#include <tiketi/payment/provider.hpp>
#include <tiketi/payment/refund.hpp>
#include <tiketi/payment/reservations.hpp>
#include <tiketi/payment/rules.hpp>
#include <tiketi/payment/store.hpp>
#include <tiketi/ports/answers.hpp>
#include <tiketi/ports/audit.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/event_bus.hpp>
#include <tiketi/ports/ids.hpp>
#include <tiketi/ports/lock.hpp>
#include <tiketi/ports/random.hpp>
#include <tiketi/ticket/change.hpp>
#include <tiketi/ticket/code.hpp>
#include <tiketi/ticket/reservations.hpp>
#include <tiketi/ticket/rules.hpp>
#include <tiketi/ticket/signer.hpp>
#include <tiketi/ticket/store.hpp>
#include <tiketi/ticket/ticket.hpp>
#include <tiketi/ticket/ticket_desk.hpp>
#include <tiketi/waiting_room/entry_token.hpp>
#include <tiketi/waiting_room/room.hpp>
#include <tiketi/waiting_room/rules.hpp>
#include <tiketi/waiting_room/sale.hpp>
#include <tiketi/waiting_room/store.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>
