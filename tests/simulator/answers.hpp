#pragma once
// Which answers are right, by the model alone.

#include "scene.hpp"

#include <tiketi/box_office/reservation.hpp>

#include <set>

namespace tiketi::test {

/// Every reason to refuse the command as things are now; none means that it has to succeed. A request that
/// is malformed, or that was made before, has no further reasons.
std::set<Errc> reasons_against(const Scene& scene, const Reserve& command);
std::set<Errc> reasons_against(const Scene& scene, const ReserveBest& command);
std::set<Errc> reasons_against(const Scene& scene, const Confirm& command);
std::set<Errc> reasons_against(const Scene& scene, const Cancel& command);
std::set<Errc> reasons_against(const Scene& scene, const Extend& command);

/// Whether a refusal is the one that precedence demands. What only the commit can see (the customer's
/// places, a closed inventory) may come after what the decision before it saw.
bool is_first_reason(const std::set<Errc>& reasons, Errc told);

/// Details of a refusal that are not as things are now, or nothing.
std::optional<std::string> find_wrong_detail(const Scene& scene, const Reserve& command, const Error& error);

/// Whether there are so many free seats beside each other.
bool has_run(const Scene& scene, const ReserveBest& command);

/// An answer that leaves open whether something was changed.
bool is_ambiguous(const Error& error);

}  // namespace tiketi::test
