#pragma once
// Who a live client is, by the access token that it brings.

#include "server/handler.hpp"

#include <tiketi/base/batcher.hpp>
#include <tiketi/identity/accounts.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi::http::live {

inline constexpr std::size_t max_token_bytes = 8'192;

// What clients are told, word by word.
inline constexpr std::string_view no_token = "Authentication required";
inline constexpr std::string_view bad_token = "Invalid authentication token";
inline constexpr std::string_view too_busy = "Too many clients are connecting, try again";

/// A refusal for who could not be signed in.
std::string_view refusal_of(const Error& error) noexcept;

/// Thread-safe.
class SignIn {
 public:
  using Then = std::function<void(Result<UserId>)>;

  SignIn(Accounts& accounts, std::size_t max_queue);

  /// What memory can tell of the token, on threads that must not wait; nothing if only `later` can tell.
  std::optional<Result<UserId>> at_once(std::string_view token);
  /// Reads the store, and tells on another thread. overloaded, stopped: `then` is not called.
  Result<void> later(std::string token, Then then);
  void stop() { questions_.stop(); }

 private:
  Accounts& accounts_;
  Batcher<std::string, Result<UserId>> questions_;
};

}  // namespace tiketi::http::live
