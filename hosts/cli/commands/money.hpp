#pragma once
// How refunds are told.

#include "commands/commands.hpp"

namespace tiketi::cli {

/// What went back, and what is still on its way.
std::string refund_text(const Refund& refund);

/// not_supported unless the sandbox took the money: another provider is asked by the server, which has its secrets.
Result<void> check_provider(Services& services, const Payment& payment);

}  // namespace tiketi::cli
