#pragma once

#include <tiketi/ports/audit.hpp>

#include <memory>

namespace tiketi::memory {

std::unique_ptr<AuditLog> make_audit_log();

}  // namespace tiketi::memory
