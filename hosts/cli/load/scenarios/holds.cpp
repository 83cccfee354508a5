#include "load/scenarios/holds.hpp"

#include "load/answer.hpp"

namespace tiketi::load {

void append_hold(std::string& out, const Address& server, const Errand& errand) {
  std::string body;
  body.append(R"({"eventId":")").append(errand.event->id);
  if (errand.seat.empty())
    body.append(R"(","items":[{"ticketTypeId":")").append(errand.event->ticket_type).append(R"(","quantity":1}]})");
  else body.append(R"(","seatIds":[")").append(errand.seat).append(R"("]})");
  append_post(out, server, errand.seat.empty() ? "/api/reservations" : "/api/seats/reserve", body,
              {errand.user->token});
}

Verdict judge_hold(const Response& response, const Errand& errand, IdText& reservation) {
  if (response.status != 201) return refused(response, {"buyer_limit"});
  const JsonText body(response.body);
  const std::string_view id = body.text("/reservation/id");
  if (id.size() != reservation.size()) return wrong(response, "a reservation without an id");
  if (body.text("/reservation/reservationNumber").empty()) return wrong(response, "a reservation without a number");
  if (body.text("/reservation/expiresAt").empty()) return wrong(response, "a hold without an end");
  if (!errand.seat.empty() && body.text("/reservation/seats/0/id") != errand.seat)
    return wrong(response, "not the seat that was asked for");
  reservation = id_text(id);
  return {};
}

void Holds::prepare(Stage& stage) {
  server_ = &stage.api.server();
  errands_ = std::make_unique<Errands>(stage, of_, round_size_ > 0 ? round_size_ : stage.options.round_size);
  current_.assign(stage.connections.size(), {});
  held_.assign(errands_->size(), {});
  lost_ = 0;
  stage.watch(errands_->events().front().id);
}

bool Holds::next(std::size_t connection, std::string& request, std::size_t& kind) {
  Errand& errand = current_[connection];
  if (!errands_->next(errand)) return false;
  append_hold(request, *server_, errand);
  kind = 0;
  return true;
}

Verdict Holds::judge(std::size_t connection, const Response& response) {
  const Errand& errand = current_[connection];
  Held& held = held_[errand.number];
  Verdict verdict = judge_hold(response, errand, held.reservation);
  if (verdict.judgement == Judgement::done) held.user = errand.user;
  return verdict;
}

std::vector<Held> Holds::held() const {
  std::vector<Held> out;
  for (const Held& each : held_)
    if (each.user != nullptr) out.push_back(each);
  return out;
}

void Holds::verify(Stage& stage) {
  const std::size_t of_each = errands_->usable_of_each();
  for (std::size_t i = 0; i < errands_->events().size(); ++i) {
    const EventOnSale& event = errands_->events()[i];
    std::int64_t held = 0;
    for (std::size_t k = i * of_each; k < (i + 1) * of_each; ++k) held += held_[k].user == nullptr ? 0 : 1;
    stage.facts["places held"] += held;
    if (held == 0 || !event.fresh) continue;
    ++stage.facts["events"];
    const Places places = read_places(stage.api, event);
    const std::int64_t taken = places.held + places.sold;
    if (taken < held || taken > held + lost_)
      stage.find_wrong(std::to_string(held) + " places of event " + event.id + " were given, " + std::to_string(taken) +
                       " are taken");
  }
}

}  // namespace tiketi::load
