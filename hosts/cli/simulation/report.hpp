#pragma once
// The report of an on-sale day, for people and for programs.

#include "simulation/on_sale.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tiketi::cli {

/// The value that `share` (0 to 1) of them do not exceed; 0 if there are none. Reorders them.
std::uint32_t percentile(std::vector<std::uint32_t>& values, double share);

/// How often each was told, or "none".
std::string refusals_text(const std::map<Errc, std::int64_t>& refused);
boost::json::object refusals_json(const std::map<Errc, std::int64_t>& refused);

/// `store` is shown without a password.
std::string report_text(const OnSaleReport& report, const std::string& store);
boost::json::value report_json(const OnSaleReport& report, const std::string& store);

/// A store's address without its password.
std::string without_password(const std::string& store);

}  // namespace tiketi::cli
