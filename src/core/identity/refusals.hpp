#pragma once
// Refusals that several functions of this column answer with.

#include <tiketi/base/error.hpp>

#include <string>
#include <string_view>

namespace tiketi::identity {

inline Error refuse(std::string field, std::string_view what) {
  std::string message = field + ' ' + std::string(what);
  return {Errc::invalid_argument, std::move(message), {{"field", std::move(field)}}};
}

inline Error credentials_refused() {
  return {Errc::credentials_refused, "there is no account with that e-mail and password"};
}
inline Error account_gone() { return {Errc::account_gone, "the account does not exist any more, or is disabled"}; }
inline Error token_invalid() { return {Errc::token_invalid, "the token is not valid, or not any more"}; }
inline Error no_user() { return {Errc::user_not_found, "there is no such user"}; }
inline Error too_many_races() {
  return {Errc::version_conflict, "others were quicker several times in a row; try again"};
}

}  // namespace tiketi::identity
