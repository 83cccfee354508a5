#include "adapters/crypto/sodium.hpp"

#include <cstdlib>

namespace tiketi::crypto {

void start_sodium() {
  if (sodium_init() < 0) std::abort();
}

}  // namespace tiketi::crypto
