#pragma once
// What the host makes of the events that the services publish.

#include "desks.hpp"

#include <tiketi/ports/event_bus.hpp>

#include <memory>

namespace tiketi::http {

/// Counts them, and lets the cache know what they made out of date: also what the sweeper or another process did.
class BusListener {
 public:
  BusListener(EventBus& bus, Desks& desks);

 private:
  void on_reservation(const Message& message);
  void on_payment(const Message& message);

  Desks& desks_;
  std::unique_ptr<Subscription> reservations_;
  std::unique_ptr<Subscription> payments_;
  std::unique_ptr<Subscription> points_;
};

}  // namespace tiketi::http
