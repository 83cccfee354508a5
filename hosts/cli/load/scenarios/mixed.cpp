#include "load/scenarios/mixed.hpp"

#include "load/answer.hpp"
#include "load/scenarios/payments.hpp"

#include <cstdlib>

namespace tiketi::load {
namespace {

constexpr std::size_t seats_of_an_event = 4'900;

}  // namespace

void Mixed::prepare(Stage& stage) {
  server_ = &stage.api.server();
  errands_ = std::make_unique<Errands>(stage, Errands::Of::seats, stage.options.round_size, seats_of_an_event);
  list_ = event_list_page(stage.api);
  details_.clear();
  seat_maps_.clear();
  for (const EventOnSale& event : errands_->events()) {
    details_.push_back(event_page(stage.api, event.id));
    seat_maps_.push_back(seat_map_page(stage.api, event.id));
  }
  visitors_.assign(stage.connections.size(), {});
  for (std::size_t i = 0; i < visitors_.size(); ++i)
    visitors_[i].random.seed(static_cast<std::minstd_rand::result_type>(i + 1));
  counts_.held = counts_.paid = counts_.cancelled = counts_.lost = 0;
}

Mixed::Kind Mixed::decide(Visitor& visitor) const {
  if (visitor.held.user != nullptr) return visitor.wants_to_pay ? pay : cancel;
  const auto drawn = visitor.random() % 100;
  visitor.wants_to_pay = drawn < 95;
  return drawn < 40 ? list : drawn < 65 ? detail : drawn < 80 ? seat_map : hold;
}

bool Mixed::ask_for_seat(Visitor& visitor, std::string& request) {
  if (!errands_->next(visitor.errand)) return false;
  append_hold(request, *server_, visitor.errand);
  return true;
}

bool Mixed::next(std::size_t connection, std::string& request, std::size_t& kind) {
  Visitor& visitor = visitors_[connection];
  visitor.asked = decide(visitor);
  kind = visitor.asked;
  const std::size_t event = errands_->current_event();
  switch (visitor.asked) {
    case hold:
      return ask_for_seat(visitor, request);
    case pay:
      append_payment(request, *server_, visitor.held);
      return true;
    case cancel:
      append_post(request, *server_, "/api/reservations/" + std::string(view(visitor.held.reservation)) + "/cancel",
                  "{}", {visitor.held.user->token});
      return true;
    case list:
      visitor.page = list_.get();
      break;
    case detail:
      visitor.page = details_[event].get();
      break;
    case seat_map:
      visitor.page = seat_maps_[event].get();
      break;
  }
  request = visitor.page->request();
  return true;
}

Verdict Mixed::judge(std::size_t connection, const Response& response) {
  Visitor& visitor = visitors_[connection];
  Verdict verdict;
  switch (visitor.asked) {
    case hold:
      verdict = judge_hold(response, visitor.errand, visitor.held.reservation);
      if (verdict.judgement != Judgement::done) break;
      visitor.held.user = visitor.errand.user;
      ++counts_.held;
      break;
    case pay:
      verdict = judge_payment(response, visitor.held);
      if (verdict.judgement == Judgement::done) ++counts_.paid;
      if (verdict.judgement != Judgement::refused) visitor.held.user = nullptr;  // else tries again
      break;
    case cancel:
      if (response.status != 200) verdict = refused(response);
      else ++counts_.cancelled;
      if (verdict.judgement != Judgement::refused) visitor.held.user = nullptr;
      break;
    case list:
    case detail:
    case seat_map:
      verdict = visitor.page->judge(response);
      break;
  }
  return verdict;
}

void Mixed::lost(std::size_t connection) {
  Visitor& visitor = visitors_[connection];
  if (visitor.asked >= hold) ++counts_.lost;
  visitor.held.user = nullptr;
}

void Mixed::verify(Stage& stage) {
  stage.facts["places held"] += counts_.held;
  stage.facts["paid"] += counts_.paid;
  stage.facts["cancelled"] += counts_.cancelled;
  Places all;
  for (const EventOnSale& event : errands_->events()) {
    if (!event.fresh) return;
    const Places places = read_places(stage.api, event);
    all.held += places.held;
    all.sold += places.sold;
  }
  stage.facts["events"] += static_cast<std::int64_t>(errands_->events().size());
  const std::int64_t held = counts_.held - counts_.paid - counts_.cancelled;
  const auto off = [&](std::int64_t is, std::int64_t answered) { return std::abs(is - answered) > counts_.lost; };
  if (off(all.sold, counts_.paid) || off(all.held, held))
    stage.find_wrong(std::to_string(counts_.paid) + " seats were paid and " + std::to_string(held) +
                     " are held by what was answered, " + std::to_string(all.sold) + " are sold and " +
                     std::to_string(all.held) + " held by the seat maps");
}

}  // namespace tiketi::load
