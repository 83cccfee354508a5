#pragma once
// Port: new identifiers.

#include <tiketi/base/id.hpp>

#include <span>

namespace tiketi {

/// Thread-safe. Makes UUIDv7 values that nobody else makes. The ids of one call to `fill` ascend one
/// by one, so that what is made together is stored together.
class Ids {
 public:
  virtual ~Ids() = default;
  virtual void fill(std::span<Uuid> out) = 0;

  template <class StrongId>
  StrongId next() {
    Uuid one;
    fill({&one, 1});
    return StrongId{one};
  }
};

}  // namespace tiketi
