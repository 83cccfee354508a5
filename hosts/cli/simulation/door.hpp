#pragma once
// The waiting room before a sale, as the crowds share it.

#include <tiketi/base/batcher.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <atomic>
#include <cstdint>
#include <span>

namespace tiketi::cli {

class Door {
 public:
  Door(WaitingRoom& rooms, EventId event_id)
      : event(event_id),
        enter([&rooms](std::span<const Enter> batch) { return rooms.enter(batch); }),
        leave([&rooms](std::span<const Leave> batch) { return rooms.leave(batch); }) {}

  void stop() {
    enter.stop();
    leave.stop();
  }

  const EventId event;
  Batcher<Enter, Result<RoomStatus>> enter;
  Batcher<Leave, Result<void>> leave;
  std::atomic<std::int64_t> busy{0};  ///< fans inside who are going to do something

  // As it was when the doorman looked last.
  std::atomic<std::int64_t> waiting{0};
  std::atomic<std::int64_t> active{0};
  std::atomic<bool> sold_out{false};
};

}  // namespace tiketi::cli
