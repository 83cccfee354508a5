#include "load/seat_news.hpp"

#include <algorithm>
#include <charconv>

namespace tiketi::load {
namespace {

std::int64_t nanoseconds(Instant at) { return std::chrono::nanoseconds(at.time_since_epoch()).count(); }

constexpr std::string_view single_event = R"(42["seat-locked",)";
constexpr std::string_view changes_event = R"(42["seats-changed",)";
constexpr std::string_view room_event = R"(42["room-info",)";

/// What follows it in the text; empty if it isn't there.
std::string_view behind(std::string_view text, std::string_view what) {
  const std::size_t at = text.find(what);
  return at == text.npos ? std::string_view() : text.substr(at + what.size());
}

/// A number and the character behind it, removed from the text. False if that is not what is there.
bool take_number(std::string_view& text, char end, std::uint64_t& out) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || stop == text.data() + text.size() || *stop != end) return false;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return true;
}

}  // namespace

HoldTimes::HoldTimes(const EventOnSale& event, const std::vector<std::string>& order, std::size_t holds)
    : seats_(event.seats.begin(),
             event.seats.begin() + static_cast<std::ptrdiff_t>(std::min(holds, event.seats.size()))),
      by_index_(order.size(), none),
      times_(std::make_unique<Times[]>(seats_.size())) {
  for (std::size_t i = 0; i < seats_.size(); ++i) by_seat_.emplace(view(seats_[i]), static_cast<std::uint32_t>(i));
  for (std::size_t i = 0; i < order.size(); ++i) by_index_[i] = hold_of_seat(order[i]);
}

std::uint32_t HoldTimes::hold_of_seat(std::string_view id) const {
  const auto found = by_seat_.find(id);
  return found == by_seat_.end() ? none : found->second;
}

std::uint32_t HoldTimes::hold_of_index(std::uint64_t seat_index) const {
  return seat_index < by_index_.size() ? by_index_[seat_index] : none;
}

void HoldTimes::ask(std::size_t hold, Instant at) { times_[hold].asked = nanoseconds(at); }

bool HoldTimes::arrive(std::size_t hold, Instant at, Arrival& arrival) {
  Times& times = times_[hold];
  const std::int64_t now = nanoseconds(at), asked = times.asked;
  if (asked == 0) return false;
  std::int64_t first = 0;
  if (times.first.compare_exchange_strong(first, now)) first = now;
  arrival.after_request_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, now - asked));
  arrival.after_first_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, now - first));
  return true;
}

void SeatNews::take(std::size_t socket, std::string_view packet, Instant at) {
  Socket& told = sockets_[socket];
  if (packet.starts_with(single_event)) {
    const std::string_view seat = behind(packet, R"("seatId":")").substr(0, std::tuple_size_v<IdText>);
    tell(told.singly, told.together, holds_.hold_of_seat(seat), at);
  } else if (packet.starts_with(changes_event)) {
    tell_changes(told, packet, at);
  } else if (packet.starts_with(room_event)) {
    told.has_room_info = true;
  }
}

/// `"changes":[[17,1],[18,1]]`
void SeatNews::tell_changes(Socket& socket, std::string_view packet, Instant at) {
  constexpr std::uint64_t held = 1;
  std::string_view rest = behind(packet, R"("changes":[)");
  std::uint32_t news = 0;
  bool singly = false;
  while (rest.starts_with('[')) {
    std::uint64_t seat = 0, status = 0;
    rest.remove_prefix(1);
    if (!take_number(rest, ',', seat) || !take_number(rest, ']', status)) return;
    const std::uint32_t hold = status == held ? holds_.hold_of_index(seat) : HoldTimes::none;
    if (tell(socket.together, socket.singly, hold, at)) {
      ++news;
      singly = singly || hold < socket.singly.next;
    }
    if (rest.starts_with(',')) rest.remove_prefix(1);
  }
  told_ += news;
  if (!singly) socket.never_singly += news;
}

bool SeatNews::tell(Socket::Told& told, const Socket::Told& other, std::uint32_t hold, Instant at) {
  HoldTimes::Arrival arrival;
  if (hold == HoldTimes::none || hold < told.next || !holds_.arrive(hold, at, arrival)) return false;
  told.next = hold + 1;
  ++told.count;
  if (hold < other.next) return true;  // the other event was first
  after_request_ns_.add(arrival.after_request_ns);
  after_first_ns_.add(arrival.after_first_ns);
  return true;
}

}  // namespace tiketi::load
