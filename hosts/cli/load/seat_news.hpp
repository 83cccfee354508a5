#pragma once
// What sockets are told about seats that somebody holds, and when.

#include "load/histogram.hpp"
#include "load/sale.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tiketi::load {

using Instant = std::chrono::steady_clock::time_point;

/// The holds of a run, one after the other: hold i is of the i-th free seat of the event. Thread-safe once made.
class HoldTimes {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// `order`: the ids of all its seats, as the compact map has them.
  HoldTimes(const EventOnSale& event, const std::vector<std::string>& order, std::size_t holds);

  std::uint32_t hold_of_seat(std::string_view id) const;        ///< or none
  std::uint32_t hold_of_index(std::uint64_t seat_index) const;  ///< or none

  void ask(std::size_t hold, Instant at);  ///< it is about to be asked for
  struct Arrival {
    std::uint64_t after_request_ns = 0;
    std::uint64_t after_first_ns = 0;  ///< after it came to the first of all
  };
  /// It came to somebody. False if it was not asked for.
  bool arrive(std::size_t hold, Instant at, Arrival& arrival);

 private:
  struct Times {
    std::atomic<std::int64_t> asked{0}, first{0};
  };
  std::vector<IdText> seats_;
  std::unordered_map<std::string_view, std::uint32_t> by_seat_;
  std::vector<std::uint32_t> by_index_;
  std::unique_ptr<Times[]> times_;
};

/// The sockets of one thread.
class SeatNews {
 public:
  SeatNews(HoldTimes& holds, std::size_t sockets) : holds_(holds), sockets_(sockets) {}

  /// A packet of Socket.IO.
  void take(std::size_t socket, std::string_view packet, Instant at);

  /// How many times a hold was told by `seats-changed`: all sockets together. From any thread.
  std::int64_t told() const { return told_; }

  // When nothing more comes:
  struct Socket {
    /// Holds are told in order.
    struct Told {
      std::uint32_t next = 0;
      std::uint32_t count = 0;
    };
    Told singly;    ///< by `seat-locked`, of holds that came together perhaps only one
    Told together;  ///< by `seats-changed`, all
    /// Holds that were told together and none of them singly before, as one of each tick is.
    std::uint32_t never_singly = 0;
    bool has_room_info = false;
  };
  const Socket& of(std::size_t socket) const { return sockets_[socket]; }
  const Histogram& after_request_ns() const { return after_request_ns_; }
  const Histogram& after_first_ns() const { return after_first_ns_; }

 private:
  /// False if that hold was told before.
  bool tell(Socket::Told& told, const Socket::Told& other, std::uint32_t hold, Instant at);
  void tell_changes(Socket& socket, std::string_view packet, Instant at);

  HoldTimes& holds_;
  std::vector<Socket> sockets_;
  std::atomic<std::int64_t> told_{0};
  Histogram after_request_ns_, after_first_ns_;
};

}  // namespace tiketi::load
