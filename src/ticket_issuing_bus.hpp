#pragma once
// Tickets follow reservations: on the way from the outbox to the listeners, what was sold gets its tickets, and what
// was cancelled loses them.

#include <tiketi/ports/event_bus.hpp>
#include <tiketi/ticket/ticket_desk.hpp>

#include <memory>

namespace tiketi {

/// Publishes on `bus` once the tickets are settled; if they can't be, nothing is published, and the outbox's relay
/// comes again. Settling twice changes nothing, so publishing at least once is enough. Both must outlive it.
class TicketIssuingBus final : public EventBus {
 public:
  TicketIssuingBus(EventBus& bus, TicketDesk& desk) : bus_(bus), desk_(desk) {}
  Result<void> publish(std::span<const Message> messages) override;
  std::unique_ptr<Subscription> subscribe(std::string topic_prefix,
                                          std::function<void(const Message&)> handler) override {
    return bus_.subscribe(std::move(topic_prefix), std::move(handler));
  }

 private:
  EventBus& bus_;
  TicketDesk& desk_;
};

}  // namespace tiketi
