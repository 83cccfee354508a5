// Configuration that is shown to people shows no secrets (SE2).

#include "config_values.hpp"

#include <gtest/gtest.h>

namespace tiketi::test {
namespace {

using http::mask_password;

TEST(ConfigValues, PasswordsOfStoresAreMaskedWhereverTheyStand) {
  const std::pair<std::string, std::string> cases[] = {
      {"sqlite:tiketi.db", "sqlite:tiketi.db"},
      {"postgres://host:5432/tiketi", "postgres://host:5432/tiketi"},
      {"postgres://user@host/tiketi?sslmode=require", "postgres://user@host/tiketi?sslmode=require"},
      {"postgres://user:s3cret@host/tiketi", "postgres://user:***@host/tiketi"},
      {"postgres://user:s3c@ret@host/tiketi", "postgres://user:***@host/tiketi"},
      {"postgres://host/tiketi?user=u&password=s3cret&sslmode=require",
       "postgres://host/tiketi?user=u&password=***&sslmode=require"},
      {"postgres://host:5432/tiketi?password=s3@cret", "postgres://host:5432/tiketi?password=***"},
      {"postgres://user:one@host/tiketi?PassWord=two&sslpassword=three",
       "postgres://user:***@host/tiketi?PassWord=***&sslpassword=***"},
      {"postgres://host/tiketi?p%61ssword=s3cret", "postgres://host/tiketi?p%61ssword=***"},
      {"postgres:host=db password=s3cret dbname=tiketi", "postgres:host=db password=*** dbname=tiketi"},
      {"postgres:host = db password = 's3 \\' cret' dbname=tiketi", "postgres:host = db password = *** dbname=tiketi"},
      {"password=", "password=***"}};
  for (const auto& [address, masked] : cases) EXPECT_EQ(mask_password(address), masked);
}

TEST(ConfigValues, OriginsAreSchemeHostAndPort) {
  using http::parse_origins;
  EXPECT_TRUE(parse_origins("").value().empty());
  EXPECT_EQ(parse_origins("https://tickets.example/, http://localhost:3000").value(),
            (std::vector<std::string>{"https://tickets.example", "http://localhost:3000"}));
  std::string too_many = "http://a";
  for (int i = 0; i < 20; ++i) too_many += ",http://a";
  for (const std::string& wrong :
       {std::string("*"), std::string("tickets.example"), std::string("https://"), std::string("https://a/page"),
        std::string("https://a b"), std::string(","), std::string("https://user@host"), too_many}) {
    const auto origins = parse_origins(wrong);
    ASSERT_TRUE(origins.has_error()) << wrong;
    EXPECT_EQ(origins.error().detail("field"), "allowed-origins");
  }
}

}  // namespace
}  // namespace tiketi::test
