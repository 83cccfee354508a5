#pragma once

#include "adapters/memory/outbox.hpp"

#include <tiketi/box_office/store.hpp>

#include <memory>

namespace tiketi::memory {

/// Hands out what waits in `outbox` together with its own messages.
std::unique_ptr<BoxOfficeStore> make_box_office_store(std::shared_ptr<Outbox> outbox);

}  // namespace tiketi::memory
