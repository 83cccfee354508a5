#include "load/little_site.hpp"

#include "load/little_sockets.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace tiketi::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t seats_of_an_event = 60;

struct Answer {
  unsigned status = 200;
  json::value body = {};
  bool hangs_up = false;
};

/// Events with sixty seats and a waiting room for one each; everybody may do everything. A token is its user's id.
class Books {
 public:
  explicit Books(Lie lie) : lie_(lie), sockets_(lie) { make_event({{"title", "Opening"}, {"seatLayoutId", "hall"}}); }

  Answer answer(const std::string& method, const std::string& target, const std::string& body,
                const std::string& caller) {
    const std::scoped_lock lock(mutex_);
    const json::value asked = body.empty() ? json::value(json::object()) : json::parse(body);
    const auto after = [&](const std::string& prefix) {
      return target.starts_with(prefix) ? target.substr(prefix.size()) : std::string();
    };
    if (target == "/api/auth/register" || target == "/api/auth/login") return sign_in(asked);
    if (target == "/api/seats/layouts")
      return {200, {{"layouts", {{{"id", "hall"}, {"name", "hall"}, {"total_seats", seats_of_an_event}}}}}};
    if (target == "/api/admin/events") return make_event(asked);
    if (target.starts_with("/api/events?")) return list();
    if (const std::string id = after("/api/events/"); !id.empty()) return detail(id);
    if (const std::string id = after("/api/seats/events/"); !id.empty())
      return id.ends_with("?format=compact") ? compact_map(id.substr(0, 36)) : seat_map(id);
    if (const std::string id = after("/api/tickets/availability/"); !id.empty()) return left(id);
    if (target == "/api/seats/reserve" || target == "/api/reservations") return reserve(asked);
    if (target == "/api/payments/process") return pay(asked);
    if (target == "/api/queue/enter") return enter(std::string(asked.at("eventId").as_string()), caller);
    if (const std::string id = after("/api/queue/status/"); !id.empty()) return look(id, caller);
    if (const std::string id = after("/api/queue/admin/clear/"); !id.empty()) return clear(id);
    if (const std::string id = after("/api/queue/admin/"); !id.empty()) return room(id);
    if (const std::string id = after("/api/reservations/"); !id.empty())
      return method == "POST" ? cancel(id.substr(0, 36)) : reservation(id);
    return {404, {{"error", "no such page"}}};
  }

  LittleSockets& sockets() { return sockets_; }

 private:
  struct Event {
    std::string title;
    std::map<std::string, std::string> seats;  // id → status
    std::string ticket_type;
    std::int64_t total = 0, left = 0;
    std::vector<std::string> room;  // users; the first is admitted, the others wait
  };
  struct Reservation {
    std::string event, seat, status = "pending";
  };

  std::string new_id() {
    std::string digits = std::to_string(++last_id_);
    return "00000000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
  }
  static Answer refusal(const char* code) { return {400, {{"error", "no"}, {"code", code}}}; }

  Answer sign_in(const json::value& asked) {
    const std::string id = new_id();
    return {asked.as_object().contains("name") ? 201U : 200U,
            {{"token", id}, {"user", {{"userId", id}, {"email", asked.at("email")}}}}};
  }

  Answer make_event(const json::value& asked) {
    const std::string id = new_id();
    Event& event = events_[id];
    event.title = asked.at("title").as_string();
    if (asked.as_object().contains("seatLayoutId")) {
      for (std::size_t i = 0; i < seats_of_an_event; ++i) event.seats[new_id()] = "available";
    } else {
      event.ticket_type = new_id();
      event.total = event.left = asked.at("ticketTypes").at(0).at("totalQuantity").to_number<std::int64_t>();
    }
    return {201, {{"event", {{"id", id}}}}};
  }

  Answer list() {
    json::array out;
    for (const auto& [id, event] : events_)
      if (out.size() < 10)
        out.push_back({{"id", id},
                       {"title", event.title},
                       {"event_date", "2030"},
                       {"status", "on_sale"},
                       {"ticket_type_count", "0"}});
    return {200, {{"events", std::move(out)}, {"pagination", {{"total", events_.size()}}}}};
  }

  Answer detail(const std::string& id) {
    const Event& event = events_.at(id);
    json::array types;
    if (!event.ticket_type.empty())
      types.push_back({{"id", event.ticket_type}, {"total_quantity", event.total}, {"available_quantity", event.left}});
    return {200, {{"event", {{"id", id}}}, {"ticketTypes", std::move(types)}}};
  }

  Answer seat_map(const std::string& id) {
    json::array seats;
    for (const auto& [seat, status] : events_.at(id).seats)
      seats.push_back({{"id", seat},
                       {"seat_label", seat},
                       {"status", lie_ == Lie::broken_map ? json::string("?") : json::string(status)}});
    return {200, {{"event", {{"id", id}}}, {"seats", std::move(seats)}}};
  }

  Answer compact_map(const std::string& id) {
    json::array ids;
    for (const auto& [seat, status] : events_.at(id).seats) ids.emplace_back(seat);
    return {200, {{"seats", {{"id", std::move(ids)}}}}};
  }

  Answer left(const std::string& type) {
    for (const auto& [id, event] : events_)
      if (event.ticket_type == type)
        return {200, {{"available_quantity", event.left}, {"total_quantity", event.total}}};
    return {404, {{"error", "no such ticket type"}}};
  }

  Answer reserve(const json::value& asked) {
    if (lie_ == Lie::internal_error) return {500, {{"error", "oh"}, {"code", "internal"}}};
    if (lie_ == Lie::hang_up) return {0, {}, true};
    Reservation made{std::string(asked.at("eventId").as_string()), {}};
    Event& event = events_.at(made.event);
    std::string shown;
    if (const json::value* seats = asked.as_object().if_contains("seatIds")) {
      made.seat = shown = seats->at(0).as_string();
      std::string& status = event.seats.at(made.seat);
      if (status != "available" && lie_ != Lie::seat_twice) return refusal("seat_taken");
      if (lie_ != Lie::forgotten_hold) status = "locked";
      sockets_.tell_hold(made.event, made.seat, std::distance(event.seats.begin(), event.seats.find(made.seat)));
      if (lie_ == Lie::another_seat) shown = event.seats.begin()->first;
    } else {
      if (event.left == 0) return refusal("stock_short");
      if (lie_ != Lie::forgotten_hold) --event.left;
    }
    const std::string id = new_id();
    reservations_[id] = made;
    return {201,
            {{"reservation",
              {{"id", id}, {"reservationNumber", "TK1"}, {"expiresAt", "2030"}, {"seats", {{{"id", shown}}}}}}}};
  }

  Answer pay(const json::value& asked) {
    const std::string id(asked.at("reservationId").as_string());
    Reservation& paid = reservations_.at(id);
    paid.status = "confirmed";
    if (lie_ != Lie::forgotten_sale) events_.at(paid.event).seats.at(paid.seat) = "reserved";
    return {200, {{"success", true}, {"payment", {{"reservationId", id}}}}};
  }

  Answer cancel(const std::string& id) {
    Reservation& cancelled = reservations_.at(id);
    cancelled.status = "cancelled";
    events_.at(cancelled.event).seats.at(cancelled.seat) = "available";
    return {200, {{"message", "cancelled"}}};
  }

  Answer reservation(const std::string& id) {
    const Reservation& found = reservations_.at(id);
    return {200,
            {{"reservation",
              {{"status", found.status}, {"payment_status", found.status == "confirmed" ? "completed" : "pending"}}}}};
  }

  Answer enter(const std::string& id, const std::string& user) {
    std::vector<std::string>& room = events_.at(id).room;
    if (lie_ != Lie::forgotten_entry || room.size() < 2) room.push_back(user);
    if (lie_ == Lie::all_admitted) return place(room, 0);
    return place(room, lie_ == Lie::place_twice ? 1 : room.size() - 1);
  }

  Answer look(const std::string& id, const std::string& user) {
    const std::vector<std::string>& room = events_.at(id).room;
    const auto at = static_cast<std::size_t>(std::ranges::find(room, user) - room.begin());
    return place(room, lie_ == Lie::lost_place ? 1 + at % (room.size() - 1) : at);
  }

  static Answer place(const std::vector<std::string>& room, std::size_t position) {
    json::object told{{"queued", position > 0}, {"position", position}, {"queueSize", room.size() - 1}};
    told["currentUsers"] = 1;
    if (position == 0) told["entryToken"] = "token";
    return {200, std::move(told)};
  }

  Answer room(const std::string& id) {
    const std::size_t there = events_.at(id).room.size();
    const std::size_t active = lie_ == Lie::all_admitted ? there : std::min<std::size_t>(there, 1);
    return {200, {{"queueSize", there - active}, {"currentUsers", active}}};
  }

  Answer clear(const std::string& id) {
    events_.at(id).room.clear();
    return {200, {{"message", "cleared"}}};
  }

  const Lie lie_;
  LittleSockets sockets_;
  std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::map<std::string, Event> events_;
  std::map<std::string, Reservation> reservations_;
};

}  // namespace

struct LittleSite::Impl {
  explicit Impl(Lie lie) : books(lie) {}

  Books books;
  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  std::mutex mutex;
  std::list<tcp::socket> sockets;
  std::list<std::jthread> threads;
  std::atomic<bool> stopping{false};

  void serve(tcp::socket& socket) {
    boost::beast::flat_buffer buffer;
    error_code error;
    while (true) {
      http::request<http::string_body> request;
      http::read(socket, buffer, request, error);
      if (error) return;
      if (request[http::field::upgrade] == "websocket") return books.sockets().serve(socket);
      const std::string authorization(request[http::field::authorization]);
      const Answer answer = books.answer(request.method_string(), request.target(), request.body(),
                                         authorization.substr(authorization.find(' ') + 1));
      if (answer.hangs_up) {
        socket.shutdown(tcp::socket::shutdown_both, error);
        return;
      }
      http::response<http::string_body> response{http::int_to_status(answer.status), 11};
      response.body() = json::serialize(answer.body);
      response.prepare_payload();
      http::write(socket, response, error);
      if (error) return;
    }
  }

  void accept() {
    while (true) {
      error_code error;
      tcp::socket socket = acceptor.accept(error);
      const std::scoped_lock lock(mutex);
      if (error || stopping) return;
      sockets.push_back(std::move(socket));
      threads.emplace_back([this, &mine = sockets.back()] { serve(mine); });
    }
  }
};

LittleSite::LittleSite(Lie lie) : impl_(std::make_unique<Impl>(lie)) {
  impl_->threads.emplace_back([impl = impl_.get()] { impl->accept(); });
}

LittleSite::~LittleSite() {
  impl_->stopping = true;
  error_code ignored;
  tcp::socket(impl_->io).connect(impl_->acceptor.local_endpoint(), ignored);  // wakes the accepting thread
  impl_->threads.front().join();
  const std::scoped_lock lock(impl_->mutex);
  for (tcp::socket& each : impl_->sockets) each.shutdown(tcp::socket::shutdown_both, ignored);
  impl_->threads.clear();
}

std::string LittleSite::url() const {
  return "http://127.0.0.1:" + std::to_string(impl_->acceptor.local_endpoint().port());
}

}  // namespace tiketi::test
