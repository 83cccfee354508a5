// Accounts: register, log in and out, refresh, profile, password.

#include "routes/field_names.hpp"
#include "routes/handlers.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <string>
#include <utility>

namespace tiketi::http {
namespace {

// The account's own rules tell more; these bounds only keep out what can't be meant.
constexpr TextBounds credential{.max_bytes = 1'000};

tiketi::Caller as_caller(const Request& request) {
  return {request.caller->user_id, request.caller->session_id, request.caller->email,
          request.caller->admin ? Role::admin : Role::user};
}

Response logged_in(int status, std::string_view message, const LoggedIn& in) {
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("message", message).member("token", in.tokens.access_token);
    json.member("refreshToken", in.tokens.refresh_token);
    json.object("user", [&](JsonWriter& user) { write_user(user, in.user); });
  });
  return json(status, std::move(body)).with_header("Cache-Control", "no-store");
}

void count(Desks& desks, std::string_view kind, bool success) {
  desks.metrics
      .counter("tiketi_auth_attempts_total", "Registrations, log-ins and refreshes",
               {{"kind", std::string(kind)}, {"result", success ? "success" : "refused"}})
      .add();
}

Response register_user(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  NewAccount account;
  account.email = body.required_text("email", credential);
  account.password = body.required_text("password", credential);
  account.name = body.required_text("name", credential);
  account.phone = body.optional_text("phone", {.max_bytes = 1'000, .min_bytes = 0}).value_or("");
  if (body.failed()) return body.refusal();
  const auto in = desks.services.accounts().register_user(account);
  count(desks, "register", in.has_value());
  if (in) return logged_in(201, Text{"회원가입이 완료되었습니다.", "Registered."}.in(request.language), *in);
  if (in.error().code == Errc::already_exists)
    return problem(request.language, 400, "already_exists",
                   {"이미 존재하는 이메일입니다.", "An account with this e-mail address exists already."});
  return problem(request, in.error());
}

Response log_in(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  const std::string email = body.required_text("email", credential);
  const std::string password = body.required_text("password", credential);
  if (body.failed()) return body.refusal();
  const auto in = desks.services.accounts().log_in(email, password);
  count(desks, "login", in.has_value());
  if (!in) return problem(request, in.error());
  return logged_in(200, Text{"로그인되었습니다.", "Logged in."}.in(request.language), *in);
}

Response refresh(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  const std::string token = body.required_text("refreshToken", credential);
  if (body.failed()) return body.refusal();
  const auto in = desks.services.accounts().refresh(token);
  count(desks, "refresh", in.has_value());
  if (!in && in.error().code == Errc::token_invalid) return problem(request, in.error(), 401);
  if (!in) return problem(request, in.error());
  return logged_in(200, Text{"토큰이 갱신되었습니다.", "Refreshed."}.in(request.language), *in);
}

Response done(const Request& request, Text text) {
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) { json.member("message", text.in(request.language)); });
  return json(200, std::move(body));
}

Response log_out(Desks& desks, const Request& request) {
  if (const auto out = desks.services.accounts().log_out(as_caller(request)); !out)
    return problem(request, out.error());
  return done(request, {"로그아웃되었습니다.", "Logged out."});
}

Response user_answer(const Request& request, const Result<User>& user) {
  if (!user) return problem(request, user.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    write_user(json, *user);  // the documented front end reads the members here …
    json.object("user", [&](JsonWriter& inner) { write_user(inner, *user); });  // … or here
  });
  return json(200, std::move(body)).with_header("Cache-Control", "no-store");
}

Response change_profile(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  ProfileChange change;
  change.name = body.optional_text("name", credential);
  change.phone = body.optional_text("phone", {.max_bytes = 1'000, .min_bytes = 0});
  change.profile_image = body.optional_text("profileImage", {.max_bytes = 4'000, .min_bytes = 0});
  if (body.failed()) return body.refusal();
  return user_answer(request, desks.services.accounts().update_profile(request.caller->user_id, change));
}

Response change_password(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  const std::string current = body.required_text("currentPassword", credential);
  const std::string wanted = body.required_text("newPassword", credential);
  if (body.failed()) return body.refusal();
  const auto changed = desks.services.accounts().change_password(as_caller(request), current, wanted);
  // Not 401: the caller is logged in, and clients that read 401 would log out.
  if (!changed && changed.error().code == Errc::credentials_refused) return problem(request, changed.error(), 400);
  if (!changed) return problem(request, in_wire_names(changed.error(), {{"password", "newPassword"}}));
  return done(request, {"비밀번호가 변경되었습니다.", "The password was changed."});
}

}  // namespace

void add_identity_routes(Router::Group& api, Desks& desks) {
  // Tokens are not for keeping: these answers are never replayed from the store.
  api.add(Method::post, "/auth/register", Access::anyone, blocking(desks, register_user, "password"), no_replay);
  api.add(Method::post, "/auth/login", Access::anyone, blocking(desks, log_in, "password"), no_replay);
  api.add(Method::post, "/auth/refresh-token", Access::anyone, blocking(desks, refresh, "store"), no_replay);
  api.add(Method::post, "/auth/logout", Access::user, blocking(desks, log_out, "store"), no_replay);
  api.add(Method::post, "/auth/password", Access::user, blocking(desks, change_password, "password"), no_replay);
  api.add(Method::get, "/auth/me", Access::user,
          blocking(
              desks,
              [](Desks& all, const Request& request) {
                return user_answer(request, all.services.accounts().profile(request.caller->user_id));
              },
              "store"));
  api.add(Method::patch, "/auth/me", Access::user, blocking(desks, change_profile, "store"));
}

}  // namespace tiketi::http
