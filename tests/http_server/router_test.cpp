// Which handler answers which path (SV3: the same under every prefix).

#include "server/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace tiketi::http {
namespace {

const Router::Handler nothing = Direct{[](Request&) { return Response(); }};

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (path.remove_prefix(1); !path.empty();) {
    const std::size_t slash = path.find('/');
    out.push_back(path.substr(0, slash));
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
  }
  return out;
}

std::string found(const Router& router, Method method, std::string_view path) {
  const std::vector<std::string_view> segments = segments_of(path);
  const Match match = router.find(method, segments);
  if (!match.route) return match.allowed == 0 ? "none" : "other methods";
  std::string out = match.route->pattern;
  for (const std::string_view value : match.values) out.append(" ").append(value);
  return out;
}

TEST(Router, WordsBeatParametersWhateverTheOrder) {
  Router router;
  router.add(Method::get, "/reservations/:id", Access::user, nothing);
  router.add(Method::get, "/reservations/my", Access::user, nothing);
  router.add(Method::post, "/reservations/:id/cancel", Access::user, nothing);
  EXPECT_EQ(found(router, Method::get, "/reservations/my"), "/reservations/my");
  EXPECT_EQ(found(router, Method::get, "/reservations/mine"), "/reservations/:id mine");
  EXPECT_EQ(found(router, Method::post, "/reservations/my/cancel"), "/reservations/:id/cancel my");
}

TEST(Router, HasRoutesForWebSocketsBesideOthers) {
  const OpenWebSocket open{[](Request&) -> std::variant<Response, AcceptWebSocket> { return Response(); }};
  Router router;
  router.under({"", "/v1"}).add_web_socket("/rooms/:id", Access::anyone, open);
  router.add(Method::post, "/rooms/:id", Access::anyone, nothing);
  router.add_web_socket("/all/*rest", Access::anyone, open);
  EXPECT_THROW(router.add_web_socket("/rooms/:other", Access::anyone, open), std::logic_error);
  for (const char* path : {"/rooms/7", "/v1/rooms/7", "/all/of/it"}) {
    const std::vector<std::string_view> segments = segments_of(path);
    const Match match = router.find(Method::get, segments);
    EXPECT_EQ(match.route, nullptr) << path;
    ASSERT_NE(match.web_socket, nullptr) << path;
    EXPECT_EQ(match.values.size(), 1U);
  }
  EXPECT_EQ(found(router, Method::post, "/rooms/7"), "/rooms/:id 7");
  const std::vector<std::string_view> segments = segments_of("/rooms/7");
  EXPECT_EQ(router.find(Method::post, segments).web_socket, nullptr);
  EXPECT_EQ(found(router, Method::put, "/rooms/7"), "other methods");
}

TEST(Router, BacksOutOfAWordThatLeadsNowhere) {
  Router router;
  router.add(Method::get, "/payments/my/summary", Access::user, nothing);
  router.add(Method::get, "/payments/:id/status", Access::user, nothing);
  router.add(Method::put, "/payments/my", Access::user, nothing);
  router.add(Method::get, "/payments/:id", Access::user, nothing);
  EXPECT_EQ(found(router, Method::get, "/payments/my/status"), "/payments/:id/status my");
  EXPECT_EQ(found(router, Method::get, "/payments/my"), "/payments/:id my");
}

TEST(Router, TellsUnknownPathsFromOtherMethods) {
  Router router;
  router.add(Method::get, "/events/:id", Access::anyone, nothing);
  router.add(Method::get, "/", Access::anyone, nothing);
  EXPECT_EQ(found(router, Method::post, "/events/1"), "other methods");
  EXPECT_EQ(found(router, Method::get, "/events"), "none");
  EXPECT_EQ(found(router, Method::get, "/events/1/2"), "none");
  EXPECT_EQ(found(router, Method::get, "/events//"), "none");
  EXPECT_EQ(found(router, Method::get, "/"), "/");
}

TEST(Router, TheRestOfAPathIsTakenOnlyWhenNothingElseIsThere) {
  Router router;
  router.add(Method::get, "/*page", Access::anyone, nothing);
  router.add(Method::post, "/api/events", Access::admin, nothing);
  router.add(Method::get, "/assets/*file", Access::anyone, nothing);
  EXPECT_EQ(found(router, Method::get, "/assets/css/site.css"), "/assets/*file css/site.css");
  EXPECT_EQ(found(router, Method::get, "/events/1/seats"), "/*page events/1/seats");
  EXPECT_EQ(found(router, Method::get, "/"), "/*page ");
  EXPECT_EQ(found(router, Method::get, "/api/events"), "other methods");
  EXPECT_EQ(found(router, Method::post, "/unknown"), "none");
}

TEST(Router, HeadIsAnsweredByGet) {
  Router router;
  router.add(Method::get, "/events", Access::anyone, nothing);
  EXPECT_EQ(found(router, Method::head, "/events"), "/events");
}

TEST(Router, AGroupAddsUnderEachPrefix) {
  Router router;
  router.under({"/api", "/api/v1"}).add(Method::get, "/events", Access::anyone, nothing);
  EXPECT_EQ(found(router, Method::get, "/api/events"), "/api/events");
  EXPECT_EQ(found(router, Method::get, "/api/v1/events"), "/api/v1/events");
  ASSERT_EQ(router.routes().size(), 2U);
  EXPECT_EQ(router.routes()[1]->pattern, "/api/v1/events");
}

TEST(Router, RefusesWhatCanNotBeMeant) {
  Router router;
  router.add(Method::get, "/events/:id", Access::anyone, nothing);
  EXPECT_THROW(router.add(Method::get, "/events/:event", Access::anyone, nothing), std::logic_error);
  EXPECT_THROW(router.add(Method::get, "events", Access::anyone, nothing), std::logic_error);
  EXPECT_THROW(router.add(Method::get, "/a//b", Access::anyone, nothing), std::logic_error);
  EXPECT_THROW(router.add(Method::get, "/*rest/more", Access::anyone, nothing), std::logic_error);
  EXPECT_NO_THROW(router.add(Method::put, "/events/:id", Access::anyone, nothing));
}

}  // namespace
}  // namespace tiketi::http
