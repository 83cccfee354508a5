// A customer's points: how many, where they came from, and buying more.

#include "routes/handlers.hpp"
#include "routes/payment_steps.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <array>
#include <string>
#include <utility>

namespace tiketi::http {
namespace {

Response balance(Desks& desks, const Request& request) {
  const auto points = desks.services.cashier().points(request.caller->user_id);
  if (!points) return problem(request, points.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) { json.member("balance", *points); });
  return json(200, std::move(body));
}

Text description_of(JournalKind kind) {
  switch (kind) {
    case JournalKind::points_set_aside:
      return {"예매 결제", "Used for a reservation"};
    case JournalKind::points_released:
      return {"결제 취소로 반환", "Back: the payment was not made"};
    case JournalKind::points_charged:
      return {"포인트 충전", "Charged"};
    case JournalKind::refund_booked:
      return {"환불", "Refund"};
    case JournalKind::sale:
    case JournalKind::late_money:
    case JournalKind::refund_paid:
      break;
  }
  return {"포인트 변동", "Changed"};
}

Response history(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const Paging paging = read_paging(parameters, 20);
  if (parameters.failed()) return parameters.refusal();
  const auto page = desks.services.cashier().point_history(
      request.caller->user_id, static_cast<std::int32_t>(paging.page), static_cast<std::int32_t>(paging.limit));
  if (!page) return problem(request, page.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("history", [&](JsonWriter& list) {
      for (const PointHistoryLine& each : page->lines)
        list.object([&](JsonWriter& line) {
          line.member("type", name(type_of(each))).member("amount", each.amount_minor);
          line.member("balance_after", each.balance_after_minor);
          line.member("reference_type", each.refund_id.is_nil() ? "payment" : "refund");
          line.member("reference_id", each.refund_id.is_nil() ? each.payment_id.uuid : each.refund_id.uuid);
          line.member("description", description_of(each.kind).in(request.language));
          line.member("created_at", each.at);
        });
    });
    write_pagination(json, paging.page, paging.limit, page->total);
  });
  return json(200, std::move(body));
}

Response charge(Desks& desks, const Request& request) {
  static constexpr std::array<std::string_view, 4> methods = {"card", "naver_pay", "kakao_pay", "bank_transfer"};
  const CashierPolicy& policy = desks.services.cashier().policy();
  JsonFields body = read_json(request);
  Prepare command;
  command.amount_minor = body.required_integer("amount", policy.min_charge_minor, policy.max_charge_minor);
  command.method = *parse_payment_method(methods[body.optional_word("method", methods).value_or(0)]);
  const ReturnUrls urls = read_return_urls(body);
  if (body.failed()) return body.refusal();
  command.user_id = request.caller->user_id;
  return prepared(desks, request, std::move(command), urls);
}

}  // namespace

void add_point_routes(Router::Group& api, Desks& desks) {
  api.add(Method::get, "/points", Access::user, blocking(desks, balance));
  api.add(Method::get, "/points/history", Access::user, blocking(desks, history));
  api.add(Method::post, "/points/charge", Access::user, blocking(desks, charge));
}

}  // namespace tiketi::http
