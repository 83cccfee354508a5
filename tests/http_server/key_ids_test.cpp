// Ids that an idempotency key stands for (BO6).

#include "key_ids.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tiketi::test {
namespace {

using namespace http;

Request request_of(std::string key, std::uint64_t user = 1) {
  Request out;
  out.idempotency_key = std::move(key);
  out.caller = Caller{.user_id = UserId{make_uuid_v7(1'795'136'400'000, {user, user})}};
  return out;
}

TEST(KeyIds, BO6_TheSameKeyOfTheSameCallerIsTheSameId) {
  EXPECT_EQ(id_of_key<EventId>(request_of("k")), id_of_key<EventId>(request_of("k")));
  EXPECT_FALSE(id_of_key<EventId>(request_of("")));
}

TEST(KeyIds, BO6_OtherKeysAndCallersHaveOtherIds) {
  std::set<EventId> ids;
  for (std::uint64_t user = 1; user <= 20; ++user)
    for (int key = 0; key < 500; ++key)
      ids.insert(id_of_key<EventId>(request_of("k" + std::to_string(key), user)).value());
  EXPECT_EQ(ids.size(), 10'000U);
  for (const EventId each : ids) EXPECT_EQ(each.uuid.high >> 12 & 0xf, 7U) << "UUIDs of version 7, as all ids are";
}

}  // namespace
}  // namespace tiketi::test
