// notice, keys, audit (NE1, AD1, AD2)

#include "cli/house.hpp"

namespace tiketi::test {
namespace {

using HouseCommands = House;

TEST_F(HouseCommands, NoticesArePublishedChangedAndRemoved) {  // NE1
  const Said made = run_json({"notice", "create", "--title", "New seats", "--content", "Row 12 is for sale."});
  ASSERT_EQ(made.code, 0) << made.out;
  const std::string id(made.json().at("id").as_string());
  EXPECT_EQ(made.json().at("pinned"), false);
  const Said pinned =
      run({"notice", "create", "--title", "Rules", "--content", "-", "--pinned", "--json"}, "No dogs.\nNo cats.\n");
  EXPECT_EQ(pinned.json().at("content"), "No dogs.\nNo cats.\n");
  const auto list = run_json({"notice", "list"}).json();
  EXPECT_EQ(list.at("total"), 2);
  EXPECT_EQ(list.at("notices").at(0).at("title"), "Rules") << "pinned ones first";
  EXPECT_NE(run({"notice", "list"}).out.find("* Rules"), std::string::npos);
  const auto changed = run_json({"notice", "update", id, "--title", "More seats", "--pin"}).json();
  EXPECT_EQ(changed.at("title"), "More seats");
  EXPECT_EQ(changed.at("content"), "Row 12 is for sale.");
  EXPECT_EQ(changed.at("pinned"), true);
  EXPECT_EQ(run_json({"notice", "update", id, "--unpin"}).json().at("pinned"), false);
  EXPECT_EQ(run_json({"notice", "remove", id}).json().at("removed"), id.c_str());
  expect(run_json({"notice", "remove", id}), "notice_not_found", 3);
  expect(run_json({"notice", "update", id, "--title", "x"}), "notice_not_found", 3);
  EXPECT_EQ(actions(), (Words{"notice.remove", "notice.update", "notice.update", "notice.create", "notice.create"}));
}

TEST_F(HouseCommands, BadNoticesAreRefused) {
  expect(run_json({"notice", "create", "--title", "", "--content", "x"}), "invalid_argument", 2);
  expect(run_json({"notice", "create", "--title", "x"}), "invalid_argument", 2);
  expect(run_json({"notice", "create", "--title", std::string(201, 'x'), "--content", "x"}), "limit_exceeded", 2);
  expect(run_json({"notice", "update", "nonsense", "--title", "x"}), "invalid_argument", 2);
  expect(run_json({"notice", "update", "00000000-0000-7000-8000-000000000001"}), "invalid_argument", 2);
  expect(run_json({"notice", "update", "00000000-0000-7000-8000-000000000001", "--pin", "--unpin"}), "invalid_argument",
         2);
  const Said large = run({"notice", "create", "--title", "x", "--content", "-", "--json"}, std::string(70'000, 'x'));
  expect(large, "limit_exceeded", 2);
  EXPECT_EQ(run_json({"notice", "list"}).json().at("total"), 0);
}

TEST_F(HouseCommands, KeysAreShownWithoutMakingAny) {
  expect(run_json({"keys", "show"}), "unavailable", 4);
  EXPECT_FALSE(std::filesystem::exists(path("box.db.keys")));
  expect(run_json({"keys", "show", "--store", "memory"}), "invalid_argument", 2);
}

TEST_F(HouseCommands, RotatedKeysSignFromNowOnAndOldOnesStillVerify) {
  const Said first = run_json({"keys", "rotate"});
  ASSERT_EQ(first.code, 0) << first.out;
  const std::string old_token =
      [&] {
        return open_services()->accounts().register_user({"mina@example.com", "secret-1", "Mina", {}}).value();
      }()
          .tokens.access_token;
  const auto shown = run_json({"keys", "show"}).json();
  EXPECT_EQ(shown.at("tokens").as_array().size(), 1U);
  EXPECT_EQ(shown.at("tokens").at(0).at("kid"), first.json().at("token_key"));
  EXPECT_EQ(shown.at("tickets").at(0).at("id"), first.json().at("ticket_key"));
  const Said second = run_json({"keys", "rotate", "--tickets"});
  EXPECT_FALSE(second.json().as_object().contains("token_key"));
  const auto now = run_json({"keys", "show"}).json();
  EXPECT_EQ(now.at("tokens"), shown.at("tokens"));
  ASSERT_EQ(now.at("tickets").as_array().size(), 2U);
  EXPECT_EQ(now.at("tickets").at(0).at("id"), second.json().at("ticket_key"));
  EXPECT_EQ(now.at("tickets").at(0).at("signing"), true);
  EXPECT_EQ(now.at("tickets").at(1).at("signing"), false);
  ASSERT_EQ(run({"keys", "rotate", "--tokens"}).code, 0);
  EXPECT_EQ(run_json({"keys", "show"}).json().at("tokens").as_array().size(), 2U);
  EXPECT_TRUE(open_services()->accounts().authenticate(old_token).has_value());
  const Said told = run({"keys", "show"});
  EXPECT_NE(told.out.find("BEGIN PUBLIC KEY"), std::string::npos);
  EXPECT_EQ(told.out.find("PRIVATE"), std::string::npos);
  EXPECT_EQ(actions({"--kind", "keys"}), (Words{"keys.rotate", "keys.rotate", "keys.rotate"}));
}

TEST_F(HouseCommands, TheAuditLogIsSearchedAndPaged) {  // AD1
  for (const char* title : {"a", "b", "c"})
    ASSERT_EQ(run({"notice", "create", "--title", title, "--content", "x"}).code, 0);
  ASSERT_EQ(run({"event", "cancel", winter}).code, 0);
  EXPECT_EQ(actions({"--limit", "2"}), (Words{"event.cancel", "notice.create"}));
  EXPECT_EQ(actions({"--kind", "event"}), Words{"event.cancel"});
  EXPECT_EQ(actions({"--until", "2026-01-01"}), Words{});
  EXPECT_EQ(actions({"--from", "2026-01-01T00:00:00Z"}).size(), 4U);
  const auto page = run_json({"audit", "--limit", "2"}).json().at("entries").as_array();
  const std::string before = std::to_string(page.back().at("sequence").as_int64());
  EXPECT_EQ(actions({"--before", before}).size(), 2U);
  const std::string id(page.front().at("id").as_string());
  EXPECT_EQ(actions({"--kind", "event", "--id", id}), Words{"event.cancel"});
  const Said told = run({"audit", "--limit", "1"});
  EXPECT_NE(told.out.find("the house"), std::string::npos);
  EXPECT_NE(told.out.find("--before"), std::string::npos) << "says how to see more";
  expect(run_json({"audit", "--from", "yesterday"}), "invalid_argument", 2);
  expect(run_json({"audit", "--id", "x"}), "invalid_argument", 2);
  expect(run_json({"audit", "--actor", "nobody@example.com"}), "user_not_found", 3);
}

TEST_F(HouseCommands, WhatChangesASaleByHandIsWrittenDown) {  // AD1
  const std::string number(
      run_json({"reserve", winter, "--user", "mina", "--ticket", "일반석=1"}).json().at("number").as_string());
  ASSERT_EQ(run({"confirm", number, "--payment", "counter-1"}).code, 0);
  ASSERT_EQ(run({"cancel", number}).code, 0);
  const auto entries = run_json({"audit", "--kind", "reservation"}).json().at("entries").as_array();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].at("details").at("status"), "cancelled");
  EXPECT_EQ(entries[1].at("details").at("status"), "confirmed");
}

}  // namespace
}  // namespace tiketi::test
