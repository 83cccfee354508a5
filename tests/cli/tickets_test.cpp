// ticket (TI1, TI2, AD2)

#include "cli/house.hpp"

#include <fstream>
#include <sstream>

namespace tiketi::test {
namespace {

class TicketCommands : public House {
 protected:
  /// The numbers of a sold reservation's tickets.
  Words tickets_of(const std::string& reservation) const {
    Words out;
    const auto list = run_json({"ticket", "list", reservation}).json();
    for (const auto& each : list.at("tickets").as_array()) out.emplace_back(each.at("number").as_string().c_str());
    return out;
  }
  std::string code_of(const std::string& ticket) const {
    return run_json({"ticket", "code", ticket}).json().at("code").as_string().c_str();
  }
  /// The only public key of the house, by its file.
  std::string public_key() const {
    for (const auto& each : std::filesystem::directory_iterator(path("box.db.keys/tickets")))
      if (each.path().string().ends_with(".pub.pem")) return each.path().string();
    return {};
  }
};

TEST_F(TicketCommands, TheTicketsOfAPaidReservationAreListed) {  // TI1
  const std::string number = sold("mina", {"--seat", "VIP-1-5", "--ticket", "일반석=2"});
  const auto list = run_json({"ticket", "list", number}).json();
  EXPECT_EQ(list.at("total"), 3);
  EXPECT_EQ(list.at("tickets").at(0).at("label"), "VIP-1-5");
  EXPECT_EQ(run_json({"ticket", "list", "--user", "mina"}).json().at("total"), 3);
  const std::string first(list.at("tickets").at(0).at("number").as_string());
  EXPECT_EQ(run_json({"ticket", "show", first}).json(), list.at("tickets").at(0));
  EXPECT_EQ(run_json({"ticket", "show", list.at("tickets").at(0).at("id").as_string().c_str()}).json(),
            list.at("tickets").at(0));
  EXPECT_NE(run({"ticket", "list", number}).out.find("VIP-1-5"), std::string::npos);
  EXPECT_NE(run({"ticket", "show", first}).out.find("issued"), std::string::npos);
  const std::string held(
      run_json({"reserve", winter, "--user", "juno", "--ticket", "일반석=1"}).json().at("number").as_string());
  EXPECT_EQ(run_json({"ticket", "list", held}).json().at("total"), 0) << "not paid for yet";
}

TEST_F(TicketCommands, EachRefusalHasItsCodeAndExitCode) {
  expect(run_json({"ticket", "list"}), "invalid_argument", 2);
  expect(run_json({"ticket", "list", "TK0000000000000000"}), "reservation_not_found", 3);
  expect(run_json({"ticket", "show", "TI0000000000000000"}), "ticket_not_found", 3);
  expect(run_json({"ticket", "show", "nonsense"}), "invalid_argument", 2);
  expect(run_json({"ticket", "code", "TI0000000000000000"}), "ticket_not_found", 3);
  expect(run_json({"ticket", "qr", "TI0000000000000000", "--output", "x.gif"}), "invalid_argument", 2);
  expect(run_json({"ticket", "check-in", "nonsense", "--gate", "North"}), "ticket_forged", 1);
  expect(run_json({"ticket", "check-in", "TI0000000000000000", "--gate", "North"}), "ticket_not_found", 3);
  expect(run_json({"ticket", "check-in", "TI0000000000000000"}), "invalid_argument", 2);
}

TEST_F(TicketCommands, AQrIsDrawnAsSvgAndPng) {  // TI1
  const std::string ticket = tickets_of(sold("mina")).at(0);
  EXPECT_NE(run({"ticket", "qr", ticket}).out.find("<svg"), std::string::npos);
  EXPECT_EQ(run_json({"ticket", "qr", ticket, "--output", "t.png"}).json().at("file"), "t.png");
  std::ifstream png(path("t.png"), std::ios::binary);
  std::string signature(8, '\0');
  png.read(signature.data(), 8);
  EXPECT_EQ(signature, "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(run({"ticket", "qr", ticket, "--output", "t.svg"}).code, 0);
  EXPECT_GT(std::filesystem::file_size(path("t.svg")), 1'000U);
  EXPECT_EQ(run({"ticket", "qr", ticket, "--output", "no/such/folder/t.svg"}).code, 2);
}

TEST_F(TicketCommands, ATicketLetsInOnce) {  // TI2
  const Words tickets = tickets_of(sold("mina"));
  const std::string code = code_of(tickets.at(0));
  expect(run_json({"ticket", "check-in", code, "--gate", "North", "--event", "Checkmate"}), "ticket_not_found", 3);
  const Said used = run_json({"ticket", "check-in", code, "--gate", "North", "--event", winter});
  ASSERT_EQ(used.code, 0) << used.out;
  EXPECT_EQ(used.json().at("status"), "used");
  EXPECT_EQ(used.json().at("gate"), "North");
  const Said again = run_json({"ticket", "check-in", tickets.at(0), "--gate", "South"});
  expect(again, "ticket_used", 1);
  EXPECT_EQ(again.json().at("error").at("details").at("gate").at(0), "North");
  EXPECT_EQ(run({"ticket", "check-in", tickets.at(1), "--gate", "South"}).code, 0) << "looked up by hand";
  EXPECT_EQ(actions({"--kind", "ticket"}), (Words{"ticket.check_in", "ticket.check_in"}));
}

TEST_F(TicketCommands, ARefundedTicketLetsNobodyIn) {  // TI2
  const std::string number = sold("mina");
  const std::string code = code_of(tickets_of(number).at(0));
  ASSERT_EQ(run({"refund", number, "--reason", "fell ill"}).code, 0);
  expect(run_json({"ticket", "check-in", code, "--gate", "North"}), "ticket_void", 1);
}

TEST_F(TicketCommands, ACodeIsVerifiedWithThePublicKeyAlone) {  // TI2
  const std::string ticket = tickets_of(sold("mina")).at(0);
  const std::string code = code_of(ticket);
  const std::string key = path("gate.pem");
  std::filesystem::copy_file(public_key(), key);
  std::filesystem::remove_all(path("box.db.keys"));
  std::filesystem::remove(path("box.db"));
  const Said genuine = run_json({"ticket", "verify", code, "--key", key});
  ASSERT_EQ(genuine.code, 0) << genuine.out;
  EXPECT_EQ(genuine.json().at("genuine"), true);
  EXPECT_EQ(genuine.json().at("number"), ticket.c_str());
  EXPECT_NE(run({"ticket", "verify", code, "--key", key}).out.find(ticket), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path("box.db"))) << "no store is needed, none is made";
  EXPECT_FALSE(std::filesystem::exists(path("box.db.keys")));
}

TEST_F(TicketCommands, AForgedCodeIsRefusedOffline) {  // TI2
  const std::string code = code_of(tickets_of(sold("mina")).at(0));
  const std::string key = public_key();
  for (const std::size_t at : {std::size_t{8}, std::size_t{30}, std::size_t{60}, std::size_t{100}}) {
    std::string forged = code;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    expect(run_json({"ticket", "verify", forged, "--key", key}), "ticket_forged", 1);
    expect(run_json({"ticket", "check-in", forged, "--gate", "North"}), "ticket_forged", 1);
  }
  expect(run_json({"ticket", "verify", code + "A", "--key", key}), "ticket_forged", 1);
  expect(run_json({"ticket", "verify", "", "--key", key}), "ticket_forged", 1);
  ASSERT_EQ(run({"keys", "rotate", "--tickets", "--keys", path("other.keys")}).code, 0);
  std::string other;
  for (const auto& each : std::filesystem::directory_iterator(path("other.keys/tickets")))
    if (each.path().string().ends_with(".pub.pem")) other = each.path().string();
  expect(run_json({"ticket", "verify", code, "--key", other}), "ticket_forged", 1);
  EXPECT_EQ(run({"ticket", "verify", code, "--key", other, "--key", key}).code, 0) << "any of the keys";
}

TEST_F(TicketCommands, WhatIsNoPublicKeyIsTold) {
  expect(run_json({"ticket", "verify", "x"}), "invalid_argument", 2);
  expect(run_json({"ticket", "verify", "x", "--key", path("missing.pem")}), "invalid_argument", 2);
  expect(run_json({"ticket", "verify", "x", "--key", write("notes.txt", "no key")}), "invalid_argument", 2);
  expect(run_json({"ticket", "verify", "x", "--key", write("large.txt", std::string(70'000, 'x'))}), "limit_exceeded",
         2);
}

}  // namespace
}  // namespace tiketi::test
