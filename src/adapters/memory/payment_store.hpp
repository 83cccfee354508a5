#pragma once

#include "adapters/memory/outbox.hpp"

#include <tiketi/payment/store.hpp>

#include <memory>

namespace tiketi::memory {

/// Its news goes to `outbox`.
std::unique_ptr<PaymentStore> make_payment_store(std::shared_ptr<Outbox> outbox);

}  // namespace tiketi::memory
