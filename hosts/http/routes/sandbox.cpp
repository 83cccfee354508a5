// The pages of the sandbox provider: where a customer's browser would be at the card company. No money moves here, and
// none before the order is confirmed.

#include "routes/handlers.hpp"
#include "routes/html.hpp"
#include "routes/routes.hpp"
#include "routes/url.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"
#include "server/target.hpp"

#include <tiketi/adapters/sandbox.hpp>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

constexpr std::string_view done_page = "/sandbox/done";

std::string return_url(const Request& request, std::string_view name) {
  const std::string_view url = request.query(name).value_or("");
  const bool sane =
      url.starts_with("https://") || url.starts_with("http://") || (url.starts_with("/") && !url.starts_with("//"));
  return std::string(sane ? url : done_page);
}

Response unknown() {
  return page(404, "결제를 찾을 수 없습니다", "<p>There is no such payment, or it was made long ago.</p>");
}

Response show(Desks& desks, const Request& request) {
  const auto found = desks.services.sandbox()->order(request.parameter("paymentKey"));
  if (!found) return problem(request, found.error());
  if (!*found) return unknown();
  const SandboxOrder& order = **found;
  std::string body = "<p>테스트 결제입니다. 실제로 출금되지 않습니다. (Sandbox: nobody's money moves.)</p><p>" +
                     escaped(order.order_name) + "</p><p><strong>" + std::to_string(order.payment.total.minor) + " " +
                     std::string(order.payment.total.currency.text()) + "</strong></p>";
  // Without an action a form goes to the page's own address, with the query that says where to return to.
  body +=
      "<form method=\"post\">"
      "<button name=\"action\" value=\"approve\">결제 승인 (approve)</button> "
      "<button name=\"action\" value=\"reject\">카드사 거절 (reject)</button> "
      "<button name=\"action\" value=\"abandon\">취소 (abandon)</button></form>";
  return page(200, "테스트 결제", body);
}

struct Decision {
  std::string action;
  std::string code;
};

/// From a form or JSON.
Decision read_decision(const Request& request, JsonFields* json) {
  if (json != nullptr)
    return {json->required_text("action", {.max_bytes = 20}),
            json->optional_text("code", {.max_bytes = 100}).value_or("")};
  std::string path;
  std::vector<std::string_view> segments;
  NameValues form;
  if (!parse_target("/?" + request.body, {}, path, segments, form)) return {};
  return {std::string(form.find("action").value_or("")), std::string(form.find("code").value_or(""))};
}

Response failed(const Request& request, const ProviderPayment& payment, std::string_view code, std::string_view text) {
  return see_other(
      with_query(return_url(request, "failUrl"), {{"code", code}, {"message", text}, {"orderId", payment.order_id}}));
}

Response decide(Desks& desks, const Request& request) {
  SandboxProvider& sandbox = *desks.services.sandbox();
  const std::string_view key = request.parameter("paymentKey");
  Decision decision;
  if (request.header("Content-Type").starts_with("application/json")) {
    JsonFields body = read_json(request);
    decision = read_decision(request, &body);
    if (body.failed()) return body.refusal();
  } else {
    decision = read_decision(request, nullptr);
  }
  const auto found = sandbox.order(key);
  if (!found) return problem(request, found.error());
  if (!*found) return unknown();
  const auto answer = [&](const Result<ProviderPayment>& payment, auto go) {
    return payment ? go(*payment) : problem(request, payment.error(), 409);
  };
  if (decision.action == "approve")
    return answer(sandbox.authenticate(key), [&](const ProviderPayment& payment) {
      return see_other(with_query(return_url(request, "successUrl"), {{"paymentKey", payment.payment_key},
                                                                      {"orderId", payment.order_id},
                                                                      {"amount", std::to_string(payment.total.minor)},
                                                                      {"paymentType", "NORMAL"}}));
    });
  if (decision.action == "reject") {
    const std::string code = decision.code.empty() ? "REJECT_CARD_COMPANY" : decision.code;
    return answer(sandbox.reject(key, code), [&](const ProviderPayment& payment) {
      return failed(request, payment, code, "카드사에서 거절했습니다.");
    });
  }
  if (decision.action == "abandon")
    return answer(sandbox.abandon(key), [&](const ProviderPayment& payment) {
      return failed(request, payment, "PAY_PROCESS_CANCELED", "사용자가 결제를 취소했습니다.");
    });
  const FieldError error{"action", "approve, reject, abandon 중 하나여야 합니다.",
                         "must be approve, reject or abandon"};
  return invalid_fields(request.language, {&error, 1});
}

Response done(const Request& request) {
  std::string body = "<dl>";
  for (std::size_t i = 0; i < request.query_parameters.size(); ++i) {
    const NameValue each = request.query_parameters[i];
    body += "<dt>" + escaped(each.name) + "</dt><dd>" + escaped(each.value) + "</dd>";
  }
  body +=
      "</dl><p>이제 <code>POST /api/payments/toss/confirm</code> 으로 결제를 승인합니다. (Now confirm the order.)</p>";
  return page(200, "결제 결과", body);
}

}  // namespace

void add_sandbox_routes(Router& router, Desks& desks) {
  router.add(Method::get, "/sandbox/pay/:paymentKey", Access::anyone, blocking(desks, show));
  router.add(Method::post, "/sandbox/pay/:paymentKey", Access::anyone, blocking(desks, decide), no_replay);
  router.add(Method::get, "/sandbox/done", Access::anyone, Direct{done});
}

}  // namespace tiketi::http
