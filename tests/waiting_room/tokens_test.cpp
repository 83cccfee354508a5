// WR4: the entry token can't be forged, used for another event, passed on, or used after the admission.

#include "support/temporary_directory.hpp"
#include "waiting_room/house.hpp"

#include <filesystem>
#include <fstream>
#include <set>

namespace tiketi::test {
namespace {

TEST(EntryToken, WR4_IsReadAsItWasSigned) {
  const auto signer = crypto::make_ephemeral_entry_token_signer();
  const EntryClaims claims{EventId{{1, 2}}, UserId{{3, ~0ULL}}, INT64_MAX, latest_timestamp};
  const std::string token = signer->sign(claims);
  EXPECT_EQ(token.size(), entry_token_characters);
  EXPECT_EQ(signer->verify(token).value(), claims);
}

TEST(EntryToken, WR4_EveryOtherTextIsForged) {
  const auto signer = crypto::make_ephemeral_entry_token_signer();
  const std::string token = signer->sign({EventId{{1, 2}}, UserId{{3, 4}}, 5, Timestamp{6}});
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code_of(signer->verify(changed)), Errc::entry_token_forged) << i;
  }
  for (const std::string& text : {std::string(), token.substr(1), token + 'A', std::string(106, 'A'),
                                  std::string(106, '\0'), std::string(1'000'000, 'A'), std::string(106, '=')})
    EXPECT_EQ(code_of(signer->verify(text)), Errc::entry_token_forged) << text.size();
  EXPECT_EQ(code_of(crypto::make_ephemeral_entry_token_signer()->verify(token)), Errc::entry_token_forged)
      << "another's secret";
}

TEST(EntryToken, WR4_TheSecretSurvivesInItsFile) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() / "keys" / "entry_tokens.key";
  const auto first = crypto::open_entry_token_signer(file);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  const std::string token = (*first)->sign({EventId{{1, 2}}, UserId{{3, 4}}, 5, Timestamp{6}});
  EXPECT_TRUE(crypto::open_entry_token_signer(file).value()->verify(token).has_value());
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(directory.path() / "keys")) ++files;
  EXPECT_EQ(files, 1U);
  std::filesystem::permissions(file, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  EXPECT_EQ(code_of(crypto::open_entry_token_signer(file)), Errc::invalid_argument);
  std::filesystem::remove(file);
  std::ofstream(file) << "short";
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  EXPECT_EQ(field_of(crypto::open_entry_token_signer(file)), "keys");
}

TEST(Admission, WR4_EachRefusalHasItsOwnCode) {
  House house;
  const UserId user = house.somebody(), other = house.somebody();
  const EventId elsewhere = house.another_event();
  ASSERT_TRUE(house.rooms->set(elsewhere, {.enabled = true}).has_value());
  const std::string token = house.enter(user).entry_token;
  const std::string others = house.enter(other).entry_token;
  const std::string from_elsewhere = house.rooms->enter(Enter{elsewhere, user})->entry_token;
  std::string forged = token;
  forged[50] = forged[50] == 'A' ? 'B' : 'A';

  EXPECT_TRUE(house.check(user, token).has_value());
  const Error none = error_of(house.check(user));
  EXPECT_EQ(none.code, Errc::queue_required);
  EXPECT_EQ(none.detail("event"), house.event.text());
  EXPECT_EQ(code_of(house.check(user, forged)), Errc::entry_token_forged);
  EXPECT_EQ(code_of(house.check(user, "x")), Errc::entry_token_forged);
  EXPECT_EQ(code_of(house.check(user, from_elsewhere)), Errc::entry_token_other_event);
  EXPECT_EQ(code_of(house.check(user, others)), Errc::entry_token_other_user) << "passed on";
  const auto answers = house.rooms->check(std::vector<AdmissionQuestion>{
      {house.event, user, token}, {house.event, other, token}, {elsewhere, user, from_elsewhere}});
  EXPECT_TRUE(answers.at(0).has_value());
  EXPECT_EQ(code_of(answers.at(1)), Errc::entry_token_other_user);
  EXPECT_TRUE(answers.at(2).has_value());
}

TEST(Admission, WR4_ATokenExpiresAndIsRenewedWhileActive) {
  House house({.active_ms = 3'600'000});
  const UserId user = house.somebody();
  const std::string token = house.enter(user).entry_token;
  house.clock.advance(house.policy.token_ms - 1);
  EXPECT_TRUE(house.check(user, token).has_value());
  const std::string renewed = house.rooms->touch(house.event, user)->entry_token;
  house.clock.advance(1);
  const Error expired = error_of(house.check(user, token));
  EXPECT_EQ(expired.code, Errc::entry_token_expired);
  EXPECT_EQ(expired.detail("expired_at"), to_iso8601(house.clock.now()));
  EXPECT_TRUE(house.check(user, renewed).has_value());
}

TEST(Admission, WR4_ATokenEndsWithItsAdmission) {
  House house;
  const UserId user = house.somebody();
  std::set<std::string> tokens;
  const auto expect_dead = [&] {
    for (const std::string& each : tokens) EXPECT_EQ(code_of(house.check(user, each)), Errc::admission_over);
  };
  tokens.insert(house.enter(user).entry_token);
  ASSERT_TRUE(house.rooms->leave({house.event, user}).has_value());
  expect_dead();
  const std::string again = house.enter(user).entry_token;
  expect_dead();
  EXPECT_TRUE(house.check(user, again).has_value()) << "admitted again";
  tokens.insert(again);
  ASSERT_TRUE(house.rooms->purchased(house.event, user).has_value());
  expect_dead();
  tokens.insert(house.enter(user).entry_token);
  house.turn_after(300'000);
  expect_dead();
}

TEST(Admission, WR4_InSessionModeAnAdmissionIsEnough) {
  House house({.mode = RoomMode::session});
  const auto inside = house.fill();
  const UserId waiting = house.somebody();
  house.enter(waiting);
  EXPECT_TRUE(house.check(inside[0]).has_value());
  EXPECT_TRUE(house.check(inside[0], "whatever").has_value());
  EXPECT_EQ(code_of(house.check(waiting)), Errc::queue_required);
  EXPECT_EQ(code_of(house.check(house.somebody())), Errc::queue_required);
  EXPECT_EQ(code_of(house.check(waiting, house.status(inside[0]).entry_token)), Errc::entry_token_other_user);
  const std::string token = house.status(inside[1]).entry_token;
  ASSERT_TRUE(house.rooms->leave({house.event, inside[1]}).has_value());
  EXPECT_EQ(code_of(house.check(inside[1], token)), Errc::admission_over);
}

}  // namespace
}  // namespace tiketi::test
