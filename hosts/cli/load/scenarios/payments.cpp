#include "load/scenarios/payments.hpp"

#include "load/answer.hpp"

#include <algorithm>

namespace tiketi::load {

void append_payment(std::string& out, const Address& server, const Held& held) {
  std::string body;
  body.append(R"({"reservationId":")").append(view(held.reservation)).append(R"(","paymentMethod":"card"})");
  append_post(out, server, "/api/payments/process", body, {held.user->token});
}

Verdict judge_payment(const Response& response, const Held& held) {
  if (response.status != 200) return refused(response);
  const JsonText body(response.body);
  const boost::json::value* success = body.at("/success");
  if (success == nullptr || *success != true) return wrong(response, "not a success");
  if (body.text("/payment/reservationId") != view(held.reservation)) return wrong(response, "another's payment");
  return {};
}

void Payments::prepare(Stage& stage) {
  server_ = &stage.api.server();
  current_.assign(stage.connections.size(), nullptr);
}

bool Payments::next(std::size_t connection, std::string& request, std::size_t& kind) {
  const std::size_t number = next_++;
  if (number >= held_.size()) return false;
  current_[connection] = &held_[number];
  append_payment(request, *server_, held_[number]);
  kind = 0;
  return true;
}

Verdict Payments::judge(std::size_t connection, const Response& response) {
  Verdict verdict = judge_payment(response, *current_[connection]);
  if (verdict.judgement == Judgement::done) ++paid_;
  return verdict;
}

void Payments::verify(Stage& stage) {
  // Reading back all of them would take longer than paying.
  constexpr std::size_t samples = 20;
  const std::size_t asked = std::min(next_.load(), held_.size());
  if (paid_ < static_cast<std::int64_t>(asked)) return;  // which ones were paid is known only if all were
  for (std::size_t i = 0; i < asked; i += std::max<std::size_t>(1, asked / samples)) {
    const std::string id(view(held_[i].reservation));
    const boost::json::value answer = stage.api.read("/api/reservations/" + id, held_[i].user->token);
    if (text_in(answer, "/reservation/status") != "confirmed" ||
        text_in(answer, "/reservation/payment_status") != "completed")
      stage.find_wrong("reservation " + id + " was paid, and is " + boost::json::serialize(answer));
  }
}

void HeldThenPaid::prepare(Stage& stage) {
  holds_ = std::make_unique<Holds>(Errands::Of::seats, std::min(stage.options.round_size, most_in_a_round));
  holds_->prepare(stage);
  stage.run_unmeasured(*holds_);
  payments_ = std::make_unique<Payments>(holds_->held());
  payments_->prepare(stage);
  lost_ = 0;
}

void HeldThenPaid::verify(Stage& stage) {
  payments_->verify(stage);
  stage.facts["paid"] += payments_->paid();
  std::int64_t sold = 0;
  for (const EventOnSale& event : holds_->errands().events()) {
    if (!event.fresh) return;
    sold += read_places(stage.api, event).sold;
  }
  if (sold < payments_->paid() || sold > payments_->paid() + lost_)
    stage.find_wrong(std::to_string(payments_->paid()) + " seats were paid, " + std::to_string(sold) + " are sold");
}

}  // namespace tiketi::load
