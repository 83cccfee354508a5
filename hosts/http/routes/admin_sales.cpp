// For admins: the dashboard, all reservations, and changing one by the rules that customers have too.

#include "routes/handlers.hpp"
#include "routes/reservation_shapes.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

constexpr std::array<std::string_view, 4> status_words = {"pending", "confirmed", "cancelled", "expired"};

/// Name and e-mail of who made each reservation; null for somebody without an account here.
Result<std::vector<std::optional<User>>> buyers_of(Services& services, const std::vector<Reservation>& reservations) {
  std::vector<UserId> ids;
  for (const Reservation& each : reservations) ids.push_back(each.user_id);
  return services.stores().identity().users(ids);
}

void write_buyer(JsonWriter& json, const std::optional<User>& user) {
  json.member("user_name", user ? std::optional(user->name) : std::nullopt);
  json.member("user_email", user ? std::optional(user->email) : std::nullopt);
}

/// What was paid for reservations less what was given back of it, in won.
Result<std::int64_t> revenue(Cashier& cashier) {
  const auto balances = cashier.balances();
  if (!balances) return balances.error();
  std::int64_t out = 0;
  for (const AccountBalance& each : *balances)
    if (each.account.kind == AccountKind::revenue || each.account.kind == AccountKind::cancellation_fees)
      if (each.account.currency == krw) out += each.balance_minor;
  return out;
}

struct Dashboard {
  std::int64_t events = 0;
  std::int64_t revenue = 0;
  ReservationTotals totals;
  std::vector<Reservation> recent;
  std::vector<ReservationFacts> facts;
  std::vector<std::optional<User>> buyers;
};

Result<Dashboard> look_around(Services& services) {
  Dashboard out;
  const auto events = services.catalog().list({.limit = 1});
  if (!events) return events.error();
  out.events = events->total;
  auto money = revenue(services.cashier());
  if (!money) return money.error();
  out.revenue = *money;
  const Timestamp midnight = relative_day(services.clock().now(), 0, 0);
  auto totals = services.box_office().totals(midnight);
  if (!totals) return totals.error();
  out.totals = std::move(*totals);
  auto recent = services.stores().box_office().reservations_page({}, 0, 10);
  if (!recent) return recent.error();
  out.recent = std::move(recent->reservations);
  auto facts = facts_of(services, out.recent);
  if (!facts) return facts.error();
  out.facts = std::move(*facts);
  auto buyers = buyers_of(services, out.recent);
  if (!buyers) return buyers.error();
  out.buyers = std::move(*buyers);
  return out;
}

void write_stats(JsonWriter& json, const Dashboard& board) {
  json.member("totalEvents", board.events).member("totalReservations", board.totals.total());
  json.member("totalRevenue", board.revenue).member("todayReservations", board.totals.since);
  json.object("reservationsByStatus", [&](JsonWriter& by) {
    for (std::size_t i = 0; i < status_words.size(); ++i) by.member(status_words[i], board.totals.by_status[i]);
  });
}

Response dashboard(Desks& desks, const Request& request) {
  const auto board = look_around(desks.services);
  if (!board) return problem(request, board.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.object("stats", [&](JsonWriter& stats) { write_stats(stats, *board); });
    json.array("recentReservations", [&](JsonWriter& list) {
      for (std::size_t i = 0; i < board->recent.size(); ++i)
        list.object([&](JsonWriter& one) {
          write_my_reservation(one, board->recent[i], board->facts[i]);
          write_buyer(one, board->buyers[i]);
        });
    });
  });
  return json(200, std::move(body));
}

Response list(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const Paging paging = read_paging(parameters, 20);
  const std::string status = parameters.query_text("status", 40);
  if (parameters.failed()) return parameters.refusal();
  ReservationFilter filter;
  const auto* word = std::ranges::find(status_words, status);
  if (word != status_words.end()) filter.status = static_cast<ReservationStatus>(word - status_words.begin());
  const bool any = status.empty() || filter.status.has_value();
  ReservationPage found;
  if (any) {
    auto page = desks.services.stores().box_office().reservations_page(filter, paging.offset(),
                                                                       static_cast<std::size_t>(paging.limit));
    if (!page) return problem(request, page.error());
    found = std::move(*page);
  }
  const auto facts = facts_of(desks.services, found.reservations);
  if (!facts) return problem(request, facts.error());
  const auto buyers = buyers_of(desks.services, found.reservations);
  if (!buyers) return problem(request, buyers.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("reservations", [&](JsonWriter& all) {
      for (std::size_t i = 0; i < found.reservations.size(); ++i)
        all.object([&](JsonWriter& one) {
          write_my_reservation(one, found.reservations[i], (*facts)[i]);
          write_buyer(one, (*buyers)[i]);
        });
    });
    write_pagination(json, paging.page, paging.limit, found.total);
  });
  return json(200, std::move(body));
}

/// A payment made elsewhere, say at the counter.
Result<void> confirm_by_hand(Desks& desks, const Request& request, ReservationId id) {
  const auto payments = desks.services.cashier().payments_for({&id, 1});
  if (!payments) return payments.error();
  const auto& payment = payments->front();
  if (payment && payment->claims_reservation()) {  // paid here already: nothing to do; being paid: wait
    if (payment->status != PaymentStatus::processing) return {};
    return Error{Errc::payment_in_progress, "a payment of this reservation is being made"};
  }
  Confirm command;
  command.reservation_id = id;
  command.payment_reference = "admin " + request.caller->user_id.text();
  const auto confirmed = desks.services.box_office().confirm(command);
  return confirmed ? Result<void>() : confirmed.error();
}

Response change_status(Desks& desks, const Request& request) {
  static constexpr std::array<std::string_view, 2> wanted_words = {"confirmed", "cancelled"};
  static constexpr std::array<std::string_view, 2> payment_words = {"completed", "refunded"};  // that go with them
  Parameters parameters(request);
  const auto id = parameters.path_id<ReservationId>("id");
  if (parameters.failed()) return parameters.refusal();
  JsonFields body = read_json(request);
  // What becomes of the money follows from the status; who names only the money means the status that goes with it.
  const bool by_money = !body.has("status") && body.has("paymentStatus");
  const std::size_t wanted =
      by_money ? body.required_word("paymentStatus", payment_words) : body.required_word("status", wanted_words);
  if (body.failed()) return body.refusal();
  const auto before = desks.services.box_office().reservation(id);
  if (!before) return problem(request, before.error());
  std::string details;
  JsonWriter(details).object([&](JsonWriter& json) { json.member("status", wanted_words[wanted]); });
  if (const auto noted = record(desks, request, "reservation.change", "reservation", id.text(), std::move(details));
      !noted)
    return problem(request, noted.error());
  std::optional<Refund> refund;
  if (wanted == 1) {
    const auto done = desks.services.cashier().cancel_reservation(id, RefundReason::admin);
    if (!done) return problem(request, done.error());
    refund = done->refund;
  } else if (const auto done = confirm_by_hand(desks, request, id); !done) {
    return problem(request, done.error());
  }
  desks.changed(*before);
  return changed_answer(desks.services, request, id, refund,
                        {"예매 상태가 변경되었습니다.", "The reservation was changed."});
}

}  // namespace

void add_admin_sale_routes(Router::Group& api, Desks& desks) {
  const auto add = [&](Method method, const char* path, auto handler) {
    api.add(method, path, Access::admin, blocking(desks, handler));
  };
  add(Method::get, "/admin/dashboard/stats", dashboard);
  add(Method::get, "/admin/reservations", list);
  api.add(Method::patch, "/admin/reservations/:id/status", Access::admin, blocking(desks, change_status, "provider"));
}

}  // namespace tiketi::http
