#pragma once
// Pieces of configuration that are texts with a form of their own.

#include <tiketi/base/result.hpp>
#include <tiketi/payment/refund.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tiketi::http {

/// `9:10,6:20,0:100`: from 9 days before the event on 10 % are kept … Days descend, percents ascend. invalid_argument.
Result<std::vector<FeeStep>> parse_cancellation_fees(std::string_view text);

/// `https://tickets.example,http://localhost:3000`: scheme, host and perhaps port of each; a slash behind is dropped.
/// Empty: none. invalid_argument.
Result<std::vector<std::string>> parse_origins(std::string_view text);

/// `postgres://user:***@host/name?password=***`, and `password=***` where keys and values stand in a row.
std::string mask_password(std::string_view address);

}  // namespace tiketi::http
