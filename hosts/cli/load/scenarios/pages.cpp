#include "load/scenarios/pages.hpp"

#include "load/answer.hpp"
#include "load/sale.hpp"

#include <algorithm>
#include <array>

namespace tiketi::load {
namespace {

namespace json = boost::json;

constexpr std::string_view list_target = "/api/events?page=1&limit=10";
constexpr std::size_t arena_seats = 4'900;

bool is_text(const json::value& object, std::string_view member) {
  const json::object* fields = object.if_object();
  const json::value* found = fields == nullptr ? nullptr : fields->if_contains(member);
  return found != nullptr && found->is_string() && !found->get_string().empty();
}

std::string check_list(std::string_view text) {
  const JsonText body(text);
  const json::array* events = body.list("/events");
  if (events == nullptr || events->empty()) return "there are no events";
  for (const json::value& event : *events)
    for (const char* member : {"id", "title", "event_date", "status", "ticket_type_count"})
      if (!is_text(event, member)) return std::string("an event has no text ") + member;
  if (body.number("/pagination/total").value_or(0) < static_cast<std::int64_t>(events->size()))
    return "the total is less than what is listed";
  return {};
}

std::string check_event(std::string_view text, const std::string& id) {
  const JsonText body(text);
  if (body.text("/event/id") != id) return "not the event that was asked for";
  const json::array* types = body.list("/ticketTypes");
  if (types == nullptr) return "no ticket types";
  for (std::size_t i = 0; i < types->size(); ++i) {
    const std::string at = "/ticketTypes/" + std::to_string(i);
    const auto total = body.number(at + "/total_quantity"), left = body.number(at + "/available_quantity");
    if (!total || !left || *left < 0 || *left > *total)
      return "a ticket type has more left than there are, or less than none";
  }
  return {};
}

std::string check_seat_map(std::string_view text, const std::string& id) {
  const JsonText body(text);
  if (body.text("/event/id") != id) return "not the event that was asked for";
  const json::array* seats = body.list("/seats");
  if (seats == nullptr || seats->empty()) return "there are no seats";
  constexpr std::array<std::string_view, 4> words{"available", "locked", "reserved", "blocked"};
  for (const json::value& seat : *seats) {
    for (const char* member : {"id", "seat_label", "status"})
      if (!is_text(seat, member)) return std::string("a seat has no text ") + member;
    if (std::ranges::find(words, std::string_view(seat.at("status").as_string())) == words.end())
      return "a seat has an unknown status";
  }
  return {};
}

std::string seat_map_target(const std::string& event) { return "/api/seats/events/" + event; }

Page::Check seat_map_check(const std::string& event) {
  return [event](std::string_view body) { return check_seat_map(body, event); };
}

/// --event, or the first of the list.
std::string event_to_read(Stage& stage) {
  if (!stage.options.event.empty()) return stage.options.event;
  return text_in(stage.api.read(list_target), "/events/0/id");
}

/// --event, or a new one of 4,900 seats, or one of the list that has the most like it.
std::string event_with_seats(Stage& stage) {
  if (!stage.options.event.empty()) return stage.options.event;
  if (stage.has_admin()) return make_seated_event(stage, arena_seats).id;
  std::string best;
  std::size_t best_distance = 0;
  const json::value list = stage.api.read("/api/events?limit=30");
  for (const json::value& event : list.at("events").as_array()) {
    const std::string id = text_in(event, "/id");
    const Api::Answer map = stage.api.get(seat_map_target(id));
    if (!map.ok()) continue;
    const std::size_t seats = json::parse(map.body).at("seats").as_array().size();
    const std::size_t distance = seats > arena_seats ? seats - arena_seats : arena_seats - seats;
    if (best.empty() || distance < best_distance) best = id, best_distance = distance;
  }
  if (best.empty()) throw Broken("the server lists no event with seats: --event, or --admin-email to make one");
  return best;
}

}  // namespace

Page::Page(const Api& api, std::string_view target, const Extras& extras, Check check) : check_(std::move(check)) {
  append_get(request_, api.server(), target, extras);
  Api::Answer answer = api.ask(request_);
  status_ = answer.status;
  compressed_ = !answer.content_encoding.empty();
  const Response response{answer.status, answer.body, answer.etag, answer.content_encoding};
  if (!answer.ok()) throw Broken(wrong(response, "GET " + std::string(target) + " is not answered").why);
  if (const Verdict verdict = judge(response); verdict.judgement != Judgement::done) throw Broken(verdict.why);
  if (!extras.accept_encoding.empty() && !compressed_)
    throw Broken("GET " + std::string(target) + " is not answered with gzip");
  reference_ = std::move(answer.body);
}

std::unique_ptr<Page> Page::unchanged(const Api& api, std::string_view target, const Extras& extras, Check check) {
  auto page = std::make_unique<Page>(api, target, extras, std::move(check));
  const std::string etag = api.ask(page->request_).etag;
  if (etag.empty()) throw Broken("GET " + std::string(target) + " is answered without an ETag");
  Extras known = extras;
  known.if_none_match = etag;
  page->request_.clear();
  append_get(page->request_, api.server(), target, known);
  page->status_ = 304;
  page->reference_.clear();
  return page;
}

Verdict Page::judge(const Response& response) const {
  if (response.status != status_) return refused(response);
  if (response.body == reference_) return {};
  if (status_ == 304) return wrong(response, "304 has a body");
  if (others_++ % 64 != 0) return {};
  if (response.content_encoding.empty()) {
    std::string why = check_(response.body);
    return why.empty() ? Verdict{} : wrong(response, why);
  }
  const auto plain = unzip(response.body);
  std::string why = plain ? check_(*plain) : "not gzip";
  return why.empty() ? Verdict{} : Verdict{Judgement::wrong, std::move(why)};
}

std::unique_ptr<Page> event_list_page(const Api& api) {
  return std::make_unique<Page>(api, list_target, Extras{}, check_list);
}

std::unique_ptr<Page> event_page(const Api& api, const std::string& event) {
  return std::make_unique<Page>(api, "/api/events/" + event, Extras{},
                                [event](std::string_view body) { return check_event(body, event); });
}

std::unique_ptr<Page> seat_map_page(const Api& api, const std::string& event) {
  return std::make_unique<Page>(api, seat_map_target(event), Extras{.accept_encoding = "gzip"}, seat_map_check(event));
}

std::unique_ptr<Page> unchanged_seat_map_page(const Api& api, const std::string& event) {
  return Page::unchanged(api, seat_map_target(event), {.accept_encoding = "gzip"}, seat_map_check(event));
}

void Reads::prepare(Stage& stage) {
  page_ = make_(stage);
  stage.facts["bytes of an answer"] = static_cast<std::int64_t>(page_->body_bytes());
}

bool Reads::next(std::size_t, std::string& request, std::size_t& kind) {
  request = page_->request();
  kind = 0;
  return true;
}

Verdict Reads::judge(std::size_t, const Response& response) { return page_->judge(response); }

std::unique_ptr<Scenario> make_read_scenario(std::string_view name) {
  Reads::Make make;
  if (name == "events-list") make = [](Stage& stage) { return event_list_page(stage.api); };
  else if (name == "event-detail") make = [](Stage& stage) { return event_page(stage.api, event_to_read(stage)); };
  else if (name == "seat-map") make = [](Stage& stage) { return seat_map_page(stage.api, event_with_seats(stage)); };
  else if (name == "seat-map-304")
    make = [](Stage& stage) { return unchanged_seat_map_page(stage.api, event_with_seats(stage)); };
  else if (name == "get")
    make = [](Stage& stage) {
      return std::make_unique<Page>(stage.api, stage.options.target, Extras{},
                                    [first = std::make_shared<std::string>()](std::string_view body) {
                                      if (first->empty()) *first = body;
                                      return std::string(*first == body ? "" : "not the same as the first time");
                                    });
    };
  else return nullptr;
  return std::make_unique<Reads>(std::string(name), std::move(make));
}

}  // namespace tiketi::load
