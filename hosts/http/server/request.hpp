#pragma once
// What a client asks, after all of it was read and checked.

#include "server/name_values.hpp"

#include <tiketi/base/id.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tiketi::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options };
inline constexpr std::size_t method_count = 7;

/// `GET`, `DELETE` …
std::string_view name(Method method) noexcept;

enum class Language : std::uint8_t { korean, english };

/// A text for people, in both languages.
struct Text {
  std::string_view korean;
  std::string_view english;
  std::string_view in(Language language) const noexcept { return language == Language::english ? english : korean; }
};

/// Who asks, as the server's `Authenticate` found out.
struct Caller {
  UserId user_id;
  std::string email;
  bool admin = false;
  std::string role;
  SessionId session_id;
};

/// Plain data. Texts from the target (path, parameters) are decoded UTF-8 without NUL.
struct Request {
  Method method = Method::get;
  std::string target;  ///< as it was sent: `/api/events/%EA%B0%80?page=2`
  std::string path;    ///< decoded, without the query: `/api/events/가`
  std::string_view
      route;  ///< the pattern of the route that answers, such as `/api/events/:id`; lives as long as the router
  NameValues path_parameters;
  NameValues query_parameters;  ///< decoded, `+` is a space; of a name that repeats the first counts
  NameValues headers;
  std::string body;
  std::string client;           ///< the client's address, without port
  std::string id;               ///< the request's id: as the client or proxy sent it, or made here
  std::string trace_id;         ///< of a `traceparent` header, or empty
  std::string idempotency_key;  ///< of a POST; checked: 1 to 200 visible ASCII characters, or empty
  Language language = Language::korean;
  std::shared_ptr<void> begun;   ///< what Deferred::begin returned
  std::optional<Caller> caller;  ///< set if the token is good; always set on routes for `user` and `admin`

  /// The header's value (names in any case), or empty.
  std::string_view header(std::string_view name) const noexcept {
    return headers.find_ignoring_case(name).value_or(std::string_view());
  }
  std::optional<std::string_view> query(std::string_view name) const noexcept { return query_parameters.find(name); }
  /// The value of `:name` in the route's pattern, or of `*name`, which takes the rest of the path.
  std::string_view parameter(std::string_view name) const noexcept {
    return path_parameters.find(name).value_or(std::string_view());
  }
};

/// The language that an Accept-Language header prefers: Korean unless English comes first.
Language preferred_language(std::string_view accept_language) noexcept;

}  // namespace tiketi::http
