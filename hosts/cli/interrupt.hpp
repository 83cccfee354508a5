#pragma once

#include <atomic>

namespace tiketi::cli {

/// From now on the first Ctrl-C sets the flag, so that what is done can still be reported; a second one ends the
/// program as usual.
const std::atomic<bool>& stop_on_interrupt();

}  // namespace tiketi::cli
