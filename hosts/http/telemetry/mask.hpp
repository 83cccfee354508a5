#pragma once
// Keeps secrets out of logs.

#include <string>
#include <string_view>

namespace tiketi::telemetry {

/// The value as it may be logged under that name: `***` for what is named like a secret (authorization, password,
/// token, secret, cookie, api key, card number …); elsewhere bearer tokens and JWTs become `***`, and e-mail addresses
/// keep their first letter and domain: `h***@example.com`.
std::string mask(std::string_view name, std::string_view value);

}  // namespace tiketi::telemetry
