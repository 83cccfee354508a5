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

}  // namespace
}  // namespace tiketi::test
