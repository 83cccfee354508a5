#pragma once
// Who has bought makes room for the next: on the way from the outbox to the listeners, admissions to the waiting room
// end with the purchase.

#include <tiketi/box_office/store.hpp>
#include <tiketi/ports/event_bus.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace tiketi {

/// Publishes on `bus` once the admissions have ended; if that can't be stored, nothing is published, and the outbox's
/// relay comes again. Ending one twice changes nothing. All of them must outlive it.
class AdmissionEndingBus final : public EventBus {
 public:
  AdmissionEndingBus(EventBus& bus, BoxOfficeStore& reservations, WaitingRoom& rooms)
      : bus_(bus), reservations_(reservations), rooms_(rooms) {}
  Result<void> publish(std::span<const Message> messages) override;
  std::unique_ptr<Subscription> subscribe(std::string topic_prefix,
                                          std::function<void(const Message&)> handler) override {
    return bus_.subscribe(std::move(topic_prefix), std::move(handler));
  }

 private:
  EventBus& bus_;
  BoxOfficeStore& reservations_;
  WaitingRoom& rooms_;
};

}  // namespace tiketi
