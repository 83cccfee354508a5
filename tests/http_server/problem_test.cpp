// Refusals as clients read them (contract 1: problem+json with `error` and `message`; conflicts 400 on documented
// routes).

#include "server/problem.hpp"
#include "server/json.hpp"

#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <string>

namespace tiketi::http {
namespace {

boost::json::object members(const Response& response) {
  std::string why;
  return parse_json(response.body, why)->as_object();
}

std::string text(const boost::json::object& object, std::string_view name) {
  return std::string(object.at({name.data(), name.size()}).as_string());
}

TEST(Problem, SaysTheSameToOldAndNewClients) {
  const Response response = problem(Request(), Error{Errc::event_not_found, "no such event"});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, problem_type);
  const boost::json::object problem = members(response);
  EXPECT_EQ(text(problem, "error"), "이벤트를 찾을 수 없습니다.");
  EXPECT_EQ(text(problem, "message"), text(problem, "error"));
  EXPECT_EQ(text(problem, "detail"), text(problem, "error"));
  EXPECT_EQ(text(problem, "code"), "event_not_found");
  EXPECT_EQ(text(problem, "type"), "urn:tiketi:problem:event_not_found");
  EXPECT_EQ(problem.at("status").as_int64(), 404);
}

TEST(Problem, IsEnglishForWhoAsksSo) {
  Request request;
  request.language = Language::english;
  EXPECT_EQ(text(members(problem(request, Error{Errc::credentials_refused, ""})), "error"),
            "The e-mail address or the password is wrong.");
}

TEST(Problem, TellsTheFactsOfAConflict) {
  const Response response =
      problem(Request(),
              Error{Errc::seat_taken, "taken", {{"seat", "a"}, {"label", "A-1-1"}, {"seat", "b"}, {"label", "A-1-2"}}});
  EXPECT_EQ(response.status, 400);
  const boost::json::object taken = members(response);
  EXPECT_EQ(taken.at("seats").as_array().size(), 2U);
  EXPECT_EQ(taken.at("labels").as_array()[1].as_string(), "A-1-2");
  EXPECT_NE(text(taken, "error").find("A-1-1, A-1-2"), std::string::npos);
  const boost::json::object shortage =
      members(problem(Request(), Error{Errc::stock_short, "short", {{"ticket_type", "t"}, {"left", "3"}}}));
  EXPECT_EQ(shortage.at("left").as_int64(), 3);
}

// SQL text reached clients once.
TEST(Problem, NeverShowsCausesOrInternalTexts) {
  const Response response = problem(
      Request(),
      Error{Errc::unavailable, "select * from users", {{"cause", "host=10.0.0.1 password=x"}, {"path", "/etc"}}});
  EXPECT_EQ(response.status, 503);
  EXPECT_TRUE(response.headers.find("Retry-After"));
  for (const std::string_view secret : {"select", "10.0.0.1", "/etc"})
    EXPECT_EQ(response.body.find(secret), std::string::npos);
  EXPECT_NE(response.log_note.find("10.0.0.1"), std::string::npos);  // the log may know
}

TEST(Problem, StatusesAreTheDocumentedOnes) {
  const std::pair<Errc, int> expected[] = {{Errc::invalid_argument, 400},  {Errc::not_authenticated, 401},
                                           {Errc::token_invalid, 403},     {Errc::account_gone, 401},
                                           {Errc::account_locked, 423},    {Errc::credentials_refused, 401},
                                           {Errc::not_permitted, 403},     {Errc::reservation_not_found, 404},
                                           {Errc::seat_taken, 400},        {Errc::stock_short, 400},
                                           {Errc::hold_expired, 400},      {Errc::sale_not_open, 400},
                                           {Errc::buyer_limit, 400},       {Errc::reservation_limit, 400},
                                           {Errc::payment_completed, 400}, {Errc::idempotency_misuse, 422},
                                           {Errc::overloaded, 503},        {Errc::stopped, 503},
                                           {Errc::unavailable, 503},       {Errc::provider_unavailable, 503},
                                           {Errc::version_conflict, 503},  {Errc::storage_full, 507},
                                           {Errc::ticket_used, 409},       {Errc::ticket_void, 410}};
  for (const auto& [code, status] : expected) {
    EXPECT_EQ(problem(Request(), Error{code, "x"}).status, status) << name(code);
    EXPECT_EQ(problem(Request(), Error{code, "x"}).headers.find("Retry-After").has_value(), status == 503)
        << name(code);
  }
  EXPECT_EQ(problem(Request(), Error{Errc::seat_taken, "x"}, 409).status, 409);
}

TEST(Problem, EveryCodeHasTextsInBothLanguages) {
  for (int code = 0; code <= static_cast<int>(Errc::unavailable); ++code) {
    const ErrorAnswer answer = answer_to(static_cast<Errc>(code));
    EXPECT_FALSE(answer.text.korean.empty());
    EXPECT_FALSE(answer.text.english.empty());
    EXPECT_GE(answer.status, 400);
  }
}

TEST(Problem, AGoneAccountHasTheCodeThatClientsKnow) {
  EXPECT_EQ(text(members(problem(Request(), Error{Errc::account_gone, ""})), "code"), "USER_NOT_FOUND");
}

TEST(Problem, NamesTheFieldOfAnInvalidArgument) {
  const boost::json::object problem =
      members(http::problem(Request(), Error{Errc::invalid_argument, "title is too long", {{"field", "title"}}}));
  EXPECT_EQ(text(problem, "field"), "title");
  EXPECT_EQ(text(problem.at("errors").as_array()[0].as_object(), "field"), "title");
}

}  // namespace
}  // namespace tiketi::http
