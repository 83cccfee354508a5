#pragma once

#include <tiketi/identity/store.hpp>

#include <memory>

namespace tiketi::memory {

std::unique_ptr<IdentityStore> make_identity_store();

}  // namespace tiketi::memory
