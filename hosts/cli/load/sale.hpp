#pragma once
// Events to sell, made over the API, and their places handed out one by one.

#include "load/stage.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::load {

/// A UUID's text, without an allocation.
using IdText = std::array<char, 36>;
IdText id_text(std::string_view text);
inline std::string_view view(const IdText& id) { return {id.data(), id.size()}; }

struct EventOnSale {
  std::string id;
  std::vector<IdText> seats;  ///< that were free
  std::string ticket_type;    ///< of an event without seats
  std::int64_t stock = 0;     ///< of the ticket type
  bool fresh = true;          ///< ours alone: nobody else sells it
};

/// An event with all seats of the layout that has the fewest of those with at least `seats`, or of --layout.
EventOnSale make_seated_event(Stage& stage, std::size_t seats);
/// An event with one ticket type.
EventOnSale make_stock_event(Stage& stage, std::int64_t stock);
/// The event of --event, with the seats that are free.
EventOnSale find_event(Stage& stage, const std::string& id);

/// A place that is one connection's to ask for: `user` may have it, nobody else asks for it.
struct Errand {
  std::size_t number = 0;
  const EventOnSale* event = nullptr;
  std::string_view seat;  ///< empty: one of the ticket type
  const User* user = nullptr;
};

/// Places of one event after the other, shared among the users as evenly as --places-per-user allows.
class Errands {
 public:
  static constexpr std::size_t max_places = 100'000'000;
  enum class Of : std::uint8_t { seats, stock };

  /// Makes events with `count` places in all, at most that many of each; or takes those of --event. With --watchers one
  /// event is made, with as many of these places as it has.
  Errands(Stage& stage, Of of, std::int64_t count, std::size_t most_of_each = max_places);

  /// Thread-safe. False when there are no more.
  bool next(Errand& errand);

  std::size_t size() const { return events_.size() * usable_; }
  std::size_t usable_of_each() const { return usable_; }
  std::size_t current_event() const;  ///< whose places are being handed out
  const std::vector<EventOnSale>& events() const { return events_; }

 private:
  std::vector<EventOnSale> events_;
  const std::vector<User>* users_;
  std::size_t usable_ = 0;
  std::size_t places_per_user_;
  std::atomic<std::size_t> next_{0};
};

/// How many of an event's places are free, held and sold now, as the API tells.
struct Places {
  std::int64_t available = 0;
  std::int64_t held = 0;
  std::int64_t sold = 0;
};
Places read_places(const Api& api, const EventOnSale& event);

}  // namespace tiketi::load
