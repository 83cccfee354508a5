#pragma once
// Everything in this process's memory: for tests, simulations and what may be lost.

#include <tiketi/adapters/stores.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/event_bus.hpp>
#include <tiketi/ports/lock.hpp>

#include <memory>

namespace tiketi::memory {

std::unique_ptr<Stores> make_stores();
std::unique_ptr<EventBus> make_event_bus();
/// Time to live is counted on `clock`, which must outlive the lock.
std::unique_ptr<Lock> make_lock(Clock& clock);

}  // namespace tiketi::memory
