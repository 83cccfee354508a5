#pragma once
// Port: turns passwords into what may be stored, and checks them.

#include <tiketi/base/result.hpp>

#include <string>
#include <string_view>

namespace tiketi {

struct PasswordCheck {
  bool matches = false;
  bool needs_rehash = false;  ///< it matches a hash of an older kind or of another cost: store a new one
};

/// Thread-safe. Slow and hungry for memory on purpose; waits while too many others are at it. Each function can return
/// unavailable (no memory).
class PasswordHasher {
 public:
  virtual ~PasswordHasher() = default;

  /// With a salt of its own. Costs as much as checking against a hash of its kind.
  virtual Result<std::string> hash(std::string_view password) = 0;

  /// A hash that is malformed or of an unknown kind matches nothing.
  virtual Result<PasswordCheck> verify(std::string_view password, const std::string& hash) = 0;
};

}  // namespace tiketi
