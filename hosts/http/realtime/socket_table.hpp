#pragma once
// Finds what a SocketId stands for, in constant time and without hashing.

#include "realtime/socket_client.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tiketi::realtime {

/// Which of the process's engines made the id.
constexpr std::uint8_t engine_of(SocketId socket) noexcept {
  return static_cast<std::uint8_t>(static_cast<std::uint64_t>(socket) >> 56);
}

/// An id is the engine's index (8 bits), the use that a slot is in (32) and the slot (24). A slot that becomes free is
/// used again with another number of use, so that ids of sockets that are gone find nothing.
template <class Value>
class SocketTable {
 public:
  static constexpr std::size_t max_size = (std::size_t{1} << 24) - 1;

  explicit SocketTable(std::uint8_t engine) : engine_(engine) {}

  /// Not if it is full.
  SocketId add(Value* value) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.push_back({});
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    slots_[index].value = value;
    return static_cast<SocketId>(std::uint64_t{engine_} << 56 | std::uint64_t{slots_[index].use} << 24 | index);
  }

  /// Null if the socket is gone.
  Value* find(SocketId socket) const noexcept {
    const Slot* slot = slot_of(socket);
    return slot == nullptr ? nullptr : slot->value;
  }

  void remove(SocketId socket) {
    if (slot_of(socket) == nullptr) return;
    const std::uint32_t index = index_of(socket);
    slots_[index].value = nullptr;
    if (++slots_[index].use == 0) slots_[index].use = 1;
    free_.push_back(index);
  }

  bool is_full() const noexcept { return size() >= max_size; }
  std::size_t size() const noexcept { return slots_.size() - free_.size(); }

 private:
  struct Slot {
    Value* value = nullptr;
    std::uint32_t use = 1;  // never 0: so no id is 0
  };

  static constexpr std::uint32_t index_of(SocketId socket) noexcept {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(socket) & max_size);
  }
  const Slot* slot_of(SocketId socket) const noexcept {
    const std::uint32_t index = index_of(socket);
    const auto use = static_cast<std::uint32_t>(static_cast<std::uint64_t>(socket) >> 24);
    if (engine_of(socket) != engine_ || index >= slots_.size() || slots_[index].use != use) return nullptr;
    return &slots_[index];
  }

  std::uint8_t engine_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace tiketi::realtime
