#pragma once
// The waiting room's part of the report.

#include "format.hpp"
#include "simulation/on_sale.hpp"

#include <boost/json.hpp>

namespace tiketi::cli {

Rows rows_before_sale(const OnSaleReport& report);  ///< lobby, queue and bots
Rows rows_after_sale(const OnSaleReport& report);
boost::json::object room_json(const OnSaleReport& report);

}  // namespace tiketi::cli
