#include "load/scenarios/contended.hpp"

#include "load/answer.hpp"
#include "load/scenarios/payments.hpp"

namespace tiketi::load {

void Contended::prepare(Stage& stage) {
  server_ = &stage.api.server();
  const std::size_t buyers = stage.connections.size();
  if (buyers < seats) throw Broken("hold-contended takes at least " + std::to_string(seats) + " connections");
  users_ = &stage.users(stage.options.places_per_user > 0 ? buyers : 1);
  at_.assign(buyers, 0);
  races_.clear();
  for (std::size_t i = 0; i < events_of_a_round; ++i) {
    auto race = std::make_unique<Race>();
    race->event = make_seated_event(stage, seats);
    if (race->event.seats.size() < seats) throw Broken("hold-contended takes a layout with at least 50 seats");
    race->winners.assign(buyers, {});
    // As many buyers for each seat; who asks for which changes with the event.
    for (std::size_t buyer = 0; buyer < buyers; ++buyer) race->wanted.push_back((buyer + 7 * i) % seats);
    races_.push_back(std::move(race));
  }
}

const User* Contended::user_of(std::size_t buyer) const { return &(*users_)[buyer % users_->size()]; }

bool Contended::next(std::size_t buyer, std::string& request, std::size_t& kind) {
  if (at_[buyer] == races_.size()) return false;
  const Race& race = *races_[at_[buyer]];
  append_hold(request, *server_, {0, &race.event, view(race.event.seats[race.wanted[buyer]]), user_of(buyer)});
  kind = 0;
  return true;
}

Verdict Contended::judge(std::size_t buyer, const Response& response) {
  Race& race = *races_[at_[buyer]++];
  ++race.answers;
  if (response.status == 400) return refused(response, {"seat_taken"});
  Held& held = race.winners[buyer];
  Verdict verdict = judge_hold(response, {0, &race.event, view(race.event.seats[race.wanted[buyer]]), user_of(buyer)},
                               held.reservation);
  if (verdict.judgement == Judgement::done) held.user = user_of(buyer);
  return verdict;
}

void Contended::verify(Stage& stage) {
  std::vector<Held> winners;
  for (const auto& race : races_)
    for (const Held& each : race->winners)
      if (each.user != nullptr) winners.push_back(each);
  Payments payments(std::move(winners));
  payments.prepare(stage);
  stage.run_unmeasured(payments);
  for (const auto& race : races_)
    if (race->answers > 0) verify(stage, *race);
}

void Contended::verify(Stage& stage, const Race& race) {
  std::int64_t given = 0;
  std::vector<std::int64_t> winners_of(seats);
  for (std::size_t buyer = 0; buyer < race.winners.size(); ++buyer) {
    if (race.winners[buyer].user == nullptr) continue;
    ++given;
    if (++winners_of[race.wanted[buyer]] == 2)
      stage.find_wrong("a seat of event " + race.event.id + " was given to two buyers");
  }
  const Places places = read_places(stage.api, race.event);
  ++stage.facts["events"];
  stage.facts["places sold"] += places.sold;
  // The last event of a run that was cut short has not been asked for by everybody.
  const bool all_asked = race.answers == race.winners.size();
  if (all_asked) ++stage.facts["events with exactly 50 sold"];
  if (places.sold != given || places.held != 0 || (all_asked && given != seats))
    stage.find_wrong("event " + race.event.id + ": " + std::to_string(given) + " seats were given and paid, " +
                     std::to_string(places.sold) + " are sold, " + std::to_string(places.held) +
                     " are held, of 50 that all were asked for");
}

}  // namespace tiketi::load
