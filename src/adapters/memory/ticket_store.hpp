#pragma once

#include <tiketi/ticket/store.hpp>

#include <memory>

namespace tiketi::memory {

std::unique_ptr<TicketStore> make_ticket_store();

}  // namespace tiketi::memory
