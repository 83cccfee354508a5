// Paying: at once, or by an order at the provider's page; and getting money back.

#include "routes/handlers.hpp"
#include "routes/payment_steps.hpp"
#include "routes/reservation_shapes.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <tiketi/base/text.hpp>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

constexpr std::array<std::string_view, 6> method_words = {"card",      "point",     "mixed",
                                                          "naver_pay", "kakao_pay", "bank_transfer"};
constexpr std::string_view test_code_header = "TossPayments-Test-Code";

PaymentMethod method_at(std::size_t index) { return *parse_payment_method(method_words[index]); }

void pay(Desks& desks, const Request& request, const Respond& respond) {
  JsonFields body = read_json(request);
  Pay command;
  command.reservation_id = body.required_id<ReservationId>("reservationId");
  command.method = method_at(body.required_word("paymentMethod", method_words));
  command.points_minor = body.optional_integer("pointsToUse", 0, max_amount_minor).value_or(0);
  command.amount_minor = body.optional_integer("amount", 0, max_amount_minor);
  if (body.failed()) return respond(body.refusal());
  command.user_id = request.caller->user_id;
  command.idempotency_key = request.idempotency_key;
  if (desks.services.sandbox() != nullptr) command.test_code = request.header(test_code_header).substr(0, 100);
  make_payment(desks, request, respond, desks.begin_payment, std::move(command));
}

void confirm(Desks& desks, const Request& request, const Respond& respond) {
  JsonFields body = read_json(request);
  ConfirmOrder command;
  command.payment_key = body.required_text("paymentKey", {.max_bytes = max_payment_key_bytes});
  command.order_id = body.required_text("orderId", {.max_bytes = 64, .min_bytes = 6});
  command.amount_minor = body.required_integer("amount", 0, max_amount_minor);
  if (body.failed()) return respond(body.refusal());
  command.owner = request.caller->user_id;
  command.idempotency_key = request.idempotency_key;
  if (desks.services.sandbox() != nullptr) command.test_code = request.header(test_code_header).substr(0, 100);
  make_payment(desks, request, respond, desks.begin_order, std::move(command));
}

Response prepare(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  Prepare command;
  command.reservation_id = body.required_id<ReservationId>("reservationId");
  command.amount_minor = body.required_integer("amount", 0, max_amount_minor);
  command.method = method_at(body.optional_word("method", method_words).value_or(0));
  command.points_minor = body.optional_integer("pointsToUse", 0, max_amount_minor).value_or(0);
  const ReturnUrls urls = read_return_urls(body);
  if (body.failed()) return body.refusal();
  command.user_id = request.caller->user_id;
  return prepared(desks, request, std::move(command), urls);
}

Response give_up(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  const std::string order = body.required_text("orderId", {.max_bytes = 64, .min_bytes = 6});
  const std::string code = body.optional_text("code", {.max_bytes = 100}).value_or("PAY_PROCESS_CANCELED");
  if (body.failed()) return body.refusal();
  const auto payment = desks.services.cashier().give_up(order, code, request.caller->user_id);
  return payment ? payment_answer(desks, request, *payment) : problem(request, payment.error());
}

Response one(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const auto id = parameters.path_id<PaymentId>("id");
  if (parameters.failed()) return parameters.refusal();
  const auto payment = desks.services.cashier().payment(id, owner_of(request));
  return payment ? payment_answer(desks, request, *payment) : problem(request, payment.error());
}

Response mine(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const PaymentId before = parameters.query_id<PaymentId>("before").value_or(PaymentId{});
  const std::int64_t limit = parameters.query_integer("limit", 1, 1000, 100);
  if (parameters.failed()) return parameters.refusal();
  Cashier& cashier = desks.services.cashier();
  const auto payments = cashier.payments_of(request.caller->user_id, before, static_cast<std::size_t>(limit));
  if (!payments) return problem(request, payments.error());
  std::vector<PaymentId> ids;
  for (const Payment& each : *payments) ids.push_back(each.id);
  const auto refunds = cashier.refunds_of(ids);
  if (!refunds) return problem(request, refunds.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("payments", [&](JsonWriter& list) {
      for (std::size_t i = 0; i < payments->size(); ++i)
        list.object([&](JsonWriter& each) { write_payment(each, (*payments)[i], (*refunds)[i]); });
    });
  });
  return json(200, std::move(body));
}

Response refunded(Desks& desks, const Request& request, JsonFields& body, RefundPayment command) {
  command.amount_minor = body.optional_integer("amount", 1, max_amount_minor);
  command.note = body.required_text("reason", {.max_bytes = max_refund_note_bytes});
  if (body.failed()) return body.refusal();
  Cashier& cashier = desks.services.cashier();
  const auto before = cashier.payment(command.payment_id, owner_of(request));
  if (!before) return problem(request, before.error());
  // An admin who says how much does so as an admin, whosever payment it is.
  const bool own = before->user_id == request.caller->user_id;
  if (request.caller->admin && (!own || command.amount_minor)) command.reason = RefundReason::admin;
  command.owner = owner_of(request);
  command.asked_by = request.caller->user_id;
  command.idempotency_key = request.idempotency_key;
  if (command.reason == RefundReason::admin)
    if (const auto noted = record(desks, request, "payment.refund", "payment", command.payment_id.text()); !noted)
      return problem(request, noted.error());
  const auto refund = cashier.refund(command);
  if (!refund) return problem(request, refund.error());
  touch_reservation(desks, refund->reservation_id);
  const auto payment = cashier.payment(command.payment_id);
  const auto refunds = cashier.refunds_of({&command.payment_id, 1});
  if (!payment || !refunds) return problem(request, payment ? refunds.error() : payment.error());
  std::string out;
  JsonWriter(out).object([&](JsonWriter& json) {
    json.object("payment", [&](JsonWriter& p) { write_payment(p, *payment, refunds->front()); });
    json.object("refund", [&](JsonWriter& r) { write_refund(r, *refund); });
  });
  return json(200, std::move(out));
}

Response cancel(Desks& desks, const Request& request) {
  Parameters parameters(request);
  RefundPayment command;
  command.payment_id = parameters.path_id<PaymentId>("id");
  if (parameters.failed()) return parameters.refusal();
  JsonFields body = read_json(request);
  return refunded(desks, request, body, std::move(command));
}

Response cancel_by_body(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  RefundPayment command;
  command.payment_id = body.required_id<PaymentId>("paymentId");
  return refunded(desks, request, body, std::move(command));
}

struct MethodText {
  std::string_view id;
  Text name;
  Text description;
  std::string_view icon;
};
constexpr MethodText method_texts[] = {
    {"naver_pay", {"네이버페이", "Naver Pay"}, {"네이버페이로 간편하게 결제", "Pay with Naver Pay"}, "💚"},
    {"kakao_pay", {"카카오페이", "Kakao Pay"}, {"카카오페이로 간편하게 결제", "Pay with Kakao Pay"}, "💛"},
    {"card", {"신용/체크카드", "Card"}, {"신용카드 또는 체크카드로 결제", "Credit or debit card"}, "💳"},
    {"bank_transfer", {"계좌이체", "Bank transfer"}, {"은행 계좌에서 바로 이체", "From a bank account"}, "🏦"},
    {"point", {"포인트", "Points"}, {"보유한 포인트로 결제", "With the points you have"}, "🅿️"},
    {"mixed",
     {"포인트 + 카드", "Points and card"},
     {"포인트를 쓰고 나머지는 카드로", "Points, and a card for the rest"},
     "🔀"},
};

Response methods(const Request& request) {
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("methods", [&](JsonWriter& list) {
      for (const MethodText& each : method_texts)
        list.object([&](JsonWriter& method) {
          method.member("id", each.id).member("name", each.name.in(request.language));
          method.member("description", each.description.in(request.language)).member("icon", each.icon);
        });
    });
  });
  return json(200, std::move(body));
}

/// The order that a webhook is about, or nothing: there are webhooks about other things too. Deposits tell it at the
/// top, changes of a payment inside `data`.
std::string order_of_webhook(const Request& request) {
  std::string why;
  const auto body = parse_json(request.body, why);
  if (!body || !body->is_object()) return {};
  const boost::json::object* fields = &body->get_object();
  if (const auto* data = fields->if_contains("data"); data != nullptr && data->is_object())
    fields = &data->get_object();
  const auto* order = fields->if_contains("orderId");
  if (order == nullptr || !order->is_string()) return {};
  const std::string_view text = order->get_string();
  return is_clean_text(text, max_order_id_bytes) ? std::string(text) : std::string();
}

/// Nobody signs webhooks about payments: of what they say only the order counts, and the provider is asked about it,
/// later. Whatever they say, the answer is the same, and at once.
Response provider_webhook(Desks& desks, const Request& request) {
  std::string order = order_of_webhook(request);
  std::string body;
  JsonWriter(body).object([](JsonWriter& json) { json.member("received", true); });
  Response response = json(200, std::move(body));
  if (!order.empty() && !desks.webhooks.add(std::move(order))) response.log_note = "dropped: too many webhooks wait";
  return response;
}

}  // namespace

void add_payment_routes(Router::Group& api, Desks& desks) {
  api.add(Method::get, "/payments/methods", Access::anyone, Direct{methods});
  api.add(Method::post, "/payments/process", Access::user, deferred(desks, pay));
  for (const char* path : {"/payments", "/payments/prepare", "/payments/toss/request"})
    api.add(Method::post, path, Access::user, blocking(desks, prepare));
  for (const char* path : {"/payments/confirm", "/payments/toss/confirm"})
    api.add(Method::post, path, Access::user, deferred(desks, confirm));
  api.add(Method::post, "/payments/fail", Access::user, blocking(desks, give_up));
  api.add(Method::post, "/payments/toss/webhook", Access::anyone,
          Direct{[&desks](const Request& request) { return provider_webhook(desks, request); }}, no_replay);
  api.add(Method::get, "/payments/my", Access::user, blocking(desks, mine));
  api.add(Method::get, "/payments/:id", Access::user, blocking(desks, one));
  api.add(Method::get, "/payments/:id/status", Access::user, blocking(desks, one));
  api.add(Method::post, "/payments/:id/cancel", Access::user, blocking(desks, cancel, "provider"));
  api.add(Method::post, "/payments/cancel", Access::user, blocking(desks, cancel_by_body, "provider"));
}

}  // namespace tiketi::http
