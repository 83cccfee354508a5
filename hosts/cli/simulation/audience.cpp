#include "simulation/audience.hpp"

#include <utility>

namespace tiketi::cli {

Audience::Audience(Sale& sale, Uuid run) : run_(run), fans_(static_cast<std::uint64_t>(sale.options().fans)) {
  std::vector<std::vector<Fan>> shares(static_cast<std::size_t>(sale.options().threads));
  for (std::uint64_t number = 0; number < fans_; ++number)
    shares[number % shares.size()].push_back(make_fan(sale.options(), run, number));
  for (auto& share : shares) crowds_.push_back(std::make_unique<Crowd>(sale, std::move(share)));
}

std::optional<Audience::Place> Audience::find(UserId user) const {
  const std::uint64_t number = user.uuid.low ^ run_.low;  // see make_fan
  if (user.uuid.high != run_.high || number >= fans_) return std::nullopt;
  return Place{crowds_[number % crowds_.size()].get(), static_cast<std::uint32_t>(number / crowds_.size())};
}

}  // namespace tiketi::cli
