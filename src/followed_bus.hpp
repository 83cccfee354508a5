#pragma once
// What follows from a reservation's change: done on the way from the outbox to the listeners.

#include <tiketi/box_office/store.hpp>
#include <tiketi/ports/event_bus.hpp>
#include <tiketi/ticket/ticket_desk.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tiketi {

/// Does its part about messages that are to be published. The same ones may come again.
using Follower = std::function<Result<void>(std::span<const Message>)>;

/// Publishes on `bus` once all followers have done their parts, in order; if one can't, nothing is published, and the
/// outbox's relay comes again. The bus must outlive it.
class FollowedBus final : public EventBus {
 public:
  FollowedBus(EventBus& bus, std::vector<Follower> followers) : bus_(bus), followers_(std::move(followers)) {}

  Result<void> publish(std::span<const Message> messages) override {
    for (const Follower& each : followers_)
      if (auto done = each(messages); !done) return done;
    return bus_.publish(messages);
  }

  std::unique_ptr<Subscription> subscribe(std::string topic_prefix,
                                          std::function<void(const Message&)> handler) override {
    return bus_.subscribe(std::move(topic_prefix), std::move(handler));
  }

 private:
  EventBus& bus_;
  std::vector<Follower> followers_;
};

/// Tickets follow reservations: what was sold gets its tickets, and what was cancelled loses them.
Result<void> settle_tickets(TicketDesk& desk, std::span<const Message> messages);

/// Who has bought makes room for the next: the admission to the event's waiting room ends, if it began before that.
Result<void> end_admissions(BoxOfficeStore& reservations, WaitingRoom& rooms, std::span<const Message> messages);

}  // namespace tiketi
