#include "live/sign_in.hpp"

#include <span>
#include <utility>
#include <vector>

namespace tiketi::http::live {
namespace {

Result<UserId> user_of(const Result<tiketi::Caller>& caller) {
  if (!caller) return caller.error();
  return caller->user_id;
}

std::vector<Result<UserId>> read(Accounts& accounts, std::span<const std::string> tokens) {
  std::vector<Result<UserId>> out;
  out.reserve(tokens.size());
  for (const std::string& each : tokens) out.push_back(user_of(accounts.authenticate(each)));
  return out;
}

}  // namespace

std::string_view refusal_of(const Error& error) noexcept {
  if (error.code == Errc::not_authenticated) return no_token;
  return retriable(error.code) ? too_busy : bad_token;
}

SignIn::SignIn(Accounts& accounts, std::size_t max_queue)
    : accounts_(accounts),
      questions_([this](std::span<const std::string> tokens) { return read(accounts_, tokens); },
                 {.max_batch = 32, .max_queue = max_queue}) {}

std::optional<Result<UserId>> SignIn::at_once(std::string_view token) {
  if (token.empty()) return Result<UserId>(Error{Errc::not_authenticated, "no token"});
  if (token.size() > max_token_bytes) return Result<UserId>(Error{Errc::token_invalid, "the token is too long"});
  const auto caller = accounts_.authenticate_from_memory(token);
  if (!caller) return std::nullopt;
  return user_of(*caller);
}

Result<void> SignIn::later(std::string token, Then then) {
  return questions_.submit(std::move(token), std::move(then));
}

}  // namespace tiketi::http::live
