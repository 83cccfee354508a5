#pragma once

#include <tiketi/box_office/store.hpp>

#include <memory>

namespace tiketi::memory {

std::unique_ptr<BoxOfficeStore> make_box_office_store();

}  // namespace tiketi::memory
