#pragma once
// All fans, dealt out to as many crowds as there are threads.

#include "simulation/crowd.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace tiketi::cli {

class Audience {
 public:
  /// Of all fans there are, in this run. The sale must outlive it.
  Audience(Sale& sale, Uuid run);

  struct Place {
    Crowd* crowd = nullptr;
    std::uint32_t number = 0;  ///< in the crowd
  };
  /// Nothing for whoever is no fan of this run.
  std::optional<Place> find(UserId user) const;

  const std::vector<std::unique_ptr<Crowd>>& crowds() const { return crowds_; }

 private:
  const Uuid run_;
  const std::uint64_t fans_;
  std::vector<std::unique_ptr<Crowd>> crowds_;
};

}  // namespace tiketi::cli
