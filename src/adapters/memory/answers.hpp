#pragma once

#include <tiketi/ports/answers.hpp>

#include <memory>

namespace tiketi::memory {

std::unique_ptr<Answers> make_answers();

}  // namespace tiketi::memory
