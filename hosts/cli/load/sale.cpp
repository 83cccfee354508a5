#include "load/sale.hpp"

#include <tiketi/base/time.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <limits>

namespace tiketi::load {
namespace {

namespace json = boost::json;

Timestamp now() {
  using namespace std::chrono;
  return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

json::object on_sale_now(const Stage& stage, std::string_view title) {
  return {{"title", title},
          {"description", "Made by `tiketi bench http`"},
          {"venue", "Hall of the load driver"},
          {"address", "127.0.0.1"},
          {"artistName", "Load"},
          {"maxPerUser", stage.options.places_per_user},
          {"saleStartDate", to_iso8601(now().plus_ms(-hour_ms))},
          {"saleEndDate", to_iso8601(now().plus_ms(20 * day_ms))},
          {"eventDate", to_iso8601(now().plus_ms(30 * day_ms))}};
}

std::int64_t total_seats(const json::value& layout) { return layout.at("total_seats").to_number<std::int64_t>(); }

/// The layout of --layout, or the smallest that has enough seats, or else the largest.
json::value choose_layout(const Stage& stage, std::size_t seats) {
  const json::value answer = stage.api.read("/api/seats/layouts");
  const json::value* best = nullptr;
  const auto fits = [&](const json::value& each) { return total_seats(each) >= static_cast<std::int64_t>(seats); };
  for (const json::value& each : answer.at("layouts").as_array()) {
    if (!stage.options.layout.empty()) {
      if (each.at("name").as_string() == stage.options.layout) return each;
      continue;
    }
    if (best == nullptr || (fits(each) ? !fits(*best) || total_seats(each) < total_seats(*best)
                                       : !fits(*best) && total_seats(each) > total_seats(*best)))
      best = &each;
  }
  if (best == nullptr) throw Broken("the server has no seat layout " + stage.options.layout);
  return *best;
}

void read_free_seats(const Api& api, EventOnSale& event) {
  const Api::Answer answer = api.get("/api/seats/events/" + event.id);
  if (!answer.ok()) return;
  const json::value map = json::parse(answer.body);
  for (const json::value& seat : map.at("seats").as_array())
    if (seat.at("status").as_string() == "available") event.seats.push_back(id_text(seat.at("id").as_string()));
}

Places places_of_seats(const Api& api, const EventOnSale& event) {
  const json::value map = api.read("/api/seats/events/" + event.id);
  Places out;
  for (const json::value& seat : map.at("seats").as_array()) {
    const std::string_view status = seat.at("status").as_string();
    ++(status == "available" ? out.available : status == "locked" ? out.held : out.sold);
  }
  return out;
}

}  // namespace

IdText id_text(std::string_view text) {
  IdText out;
  if (text.size() != out.size()) throw Broken("not an id: " + std::string(text));
  std::copy(text.begin(), text.end(), out.begin());
  return out;
}

EventOnSale make_seated_event(Stage& stage, std::size_t seats) {
  json::object body = on_sale_now(stage, "Load run with seats");
  body["seatLayoutId"] = choose_layout(stage, seats).at("id");
  EventOnSale out;
  out.id = text_in(stage.api.make("/api/admin/events", body, stage.admin_token()), "/event/id");
  read_free_seats(stage.api, out);
  if (out.seats.empty()) {
    stage.api.make("/api/admin/events/" + out.id + "/generate-seats", json::object{}, stage.admin_token());
    read_free_seats(stage.api, out);
  }
  if (out.seats.empty()) throw Broken("the event that was made has no free seats: " + out.id);
  return out;
}

EventOnSale make_stock_event(Stage& stage, std::int64_t stock) {
  json::object body = on_sale_now(stage, "Load run with one ticket type");
  body["ticketTypes"] = {{{"name", "Standing"}, {"price", 99'000}, {"totalQuantity", stock}, {"description", ""}}};
  EventOnSale out;
  out.id = text_in(stage.api.make("/api/admin/events", body, stage.admin_token()), "/event/id");
  out.ticket_type = text_in(stage.api.read("/api/events/" + out.id), "/ticketTypes/0/id");
  out.stock = stock;
  return out;
}

EventOnSale find_event(Stage& stage, const std::string& id) {
  EventOnSale out;
  out.fresh = false;
  const json::value detail = stage.api.read("/api/events/" + id);
  out.id = text_in(detail, "/event/id");
  read_free_seats(stage.api, out);
  const json::array& types = detail.at("ticketTypes").as_array();
  if (!types.empty()) {
    out.ticket_type = types.front().at("id").as_string();
    out.stock = types.front().at("available_quantity").to_number<std::int64_t>();
  }
  return out;
}

Errands::Errands(Stage& stage, Of of, std::int64_t count, std::size_t most_of_each)
    : users_(&stage.users()), places_per_user_(static_cast<std::size_t>(stage.options.places_per_user)) {
  const std::size_t wanted = static_cast<std::size_t>(count);
  const std::size_t of_users = places_per_user_ > 0 ? users_->size() * places_per_user_ : wanted;
  const auto free = [of](const EventOnSale& event) {
    return of == Of::seats ? event.seats.size() : static_cast<std::size_t>(event.stock);
  };
  usable_ = std::min({wanted, of_users, most_of_each});
  if (!stage.options.event.empty()) {
    events_.push_back(find_event(stage, stage.options.event));
    usable_ = std::min(usable_, free(events_.back()));
    if (usable_ == 0) throw Broken("the event of --event has no places left to ask for");
    return;
  }
  const bool is_watched = stage.options.watchers > 0;
  while (events_.empty() || (events_.size() * usable_ < wanted && !is_watched)) {
    events_.push_back(of == Of::seats ? make_seated_event(stage, usable_)
                                      : make_stock_event(stage, static_cast<std::int64_t>(usable_)));
    usable_ = std::min(usable_, free(events_.back()));
  }
}

bool Errands::next(Errand& errand) {
  const std::size_t number = next_++;
  if (number >= size()) return false;
  const EventOnSale& event = events_[number / usable_];
  const std::size_t place = number % usable_;
  errand = {number, &event, {}, &(*users_)[place / std::max<std::size_t>(places_per_user_, 1) % users_->size()]};
  if (event.ticket_type.empty()) errand.seat = view(event.seats[place]);
  return true;
}

std::size_t Errands::current_event() const { return std::min(next_.load() / usable_, events_.size() - 1); }

Places read_places(const Api& api, const EventOnSale& event) {
  if (event.ticket_type.empty()) return places_of_seats(api, event);
  const json::value left = api.read("/api/tickets/availability/" + event.ticket_type);
  const auto available = left.at("available_quantity").to_number<std::int64_t>();
  return {available, left.at("total_quantity").to_number<std::int64_t>() - available, 0};
}

}  // namespace tiketi::load
