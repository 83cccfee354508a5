// TI1, TI2: what a ticket's code says, and that nobody else can write one.

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/base64.hpp>
#include <tiketi/ticket/code.hpp>
#include <tiketi/ticket/signer.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace tiketi::test {
namespace {

const TicketClaims claims{{0x01020304},
                          {{0x1112131415161718, 0x191a1b1c1d1e1f20}},
                          {{0x2122232425262728, 0x292a2b2c2d2e2f30}},
                          {0x313233343536}};

std::string signed_code(TicketSigner& signer, TicketClaims said = claims) {
  said.key_id = signer.key_id();
  return ticket::write_code({said, signer.sign(ticket::signing_bytes(said))});
}

Errc verdict(std::string_view code, TicketVerifier& verifier) {
  const auto said = verify_offline(code, verifier);
  return said.has_error() ? said.error().code : Errc::ticket_used;  // which it never tells
}

TEST(TicketCode, TI1_ItsBytesLieWhereTheHeaderSays) {
  TicketSignature signature{};
  signature.fill(0xab);
  const std::string code = ticket::write_code({claims, signature});
  EXPECT_EQ(code.size(), ticket_code_characters);
  const auto bytes = from_base64url(code).value();
  std::vector<std::uint8_t> expected{1, 1, 2, 3, 4};
  for (std::uint8_t byte = 0x11; byte <= 0x36; ++byte) expected.push_back(byte);
  expected.insert(expected.end(), 64, 0xab);
  EXPECT_EQ(bytes, expected);
  const auto to_sign = ticket::signing_bytes(claims);
  const std::string text(to_sign.begin(), to_sign.end());
  EXPECT_EQ(text, "tiketi-ticket" + std::string(bytes.begin(), bytes.begin() + 43));
}

TEST(TicketCode, TI1_WhatIsWrittenIsRead) {
  TicketSignature signature{};
  for (std::size_t i = 0; i < signature.size(); ++i) signature[i] = static_cast<std::uint8_t>(255 - i);
  for (const TicketClaims& each :
       {claims, TicketClaims{}, TicketClaims{{~0U}, {{~0ULL, ~0ULL}}, {{~0ULL, ~0ULL}}, {(1LL << 48) - 1}}})
    EXPECT_EQ(ticket::parse_code(ticket::write_code({each, signature})).value(), (TicketCode{each, signature}));
}

TEST(TicketCode, TI2_ThePublicKeyAloneTellsWhatIsOurs) {
  const auto signer = crypto::make_ephemeral_ticket_signer();
  const std::string shown = crypto::to_pem(signer->public_keys().front());
  const TicketPublicKey key = crypto::parse_ticket_key_pem(shown).value();
  const auto gate = crypto::make_ticket_verifier({&key, 1});
  TicketClaims said = claims;
  said.key_id = key.id;
  EXPECT_EQ(verify_offline(signed_code(*signer), *gate).value(), said);
}

TEST(TicketCode, TI2_WhateverOfACodeIsChangedItIsForged) {
  const auto signer = crypto::make_ephemeral_ticket_signer();
  const std::string code = signed_code(*signer);
  ASSERT_TRUE(verify_offline(code, *signer).has_value());
  for (std::size_t i = 0; i < code.size(); ++i)
    for (const char c : std::string_view("AZaz09-_ +/=.\n\0\xff", 16)) {
      std::string changed = code;
      changed[i] = c;
      if (changed == code) continue;
      EXPECT_EQ(verdict(changed, *signer), Errc::ticket_forged) << i << ' ' << c;
    }
  // The last character has two bits to spare: no other spelling stands for the same bytes.
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
    if (c != code.back()) {
      EXPECT_EQ(verdict(code.substr(0, code.size() - 1) + c, *signer), Errc::ticket_forged) << c;
    }
  const auto bytes = from_base64url(code).value();
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    auto changed = bytes;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1U << bit % 8);
    EXPECT_EQ(verdict(to_base64url(changed), *signer), Errc::ticket_forged) << bit;
  }
}

TEST(TicketCode, TI2_WhatIsCutOffOrAddedToIsForged) {
  const auto signer = crypto::make_ephemeral_ticket_signer();
  const std::string code = signed_code(*signer);
  for (std::size_t size = 0; size < code.size(); ++size)
    EXPECT_EQ(verdict(code.substr(0, size), *signer), Errc::ticket_forged) << size;
  for (const std::string& wrong : {code + "A", code + "=", code + code, " " + code, std::string(1'000'000, 'A')})
    EXPECT_EQ(verdict(wrong, *signer), Errc::ticket_forged);
}

TEST(TicketCode, TI2_AnotherKeyForgesNothing) {
  const auto ours = crypto::make_ephemeral_ticket_signer();
  const auto theirs = crypto::make_ephemeral_ticket_signer();
  EXPECT_EQ(verdict(signed_code(*theirs), *ours), Errc::ticket_forged);
  TicketClaims said = claims;
  said.key_id = ours->key_id();  // their signature under our key's name
  EXPECT_EQ(verdict(ticket::write_code({said, theirs->sign(ticket::signing_bytes(said))}), *ours), Errc::ticket_forged);
  const auto nobody = crypto::make_ticket_verifier({});
  EXPECT_EQ(verdict(signed_code(*ours), *nobody), Errc::ticket_forged);
}

// Whatever else the key may come to sign, it does not pass for a ticket.
TEST(TicketCode, TI2_ASignatureOfTheBytesAloneIsNone) {
  const auto signer = crypto::make_ephemeral_ticket_signer();
  TicketClaims said = claims;
  said.key_id = signer->key_id();
  const auto bytes = ticket::signing_bytes(said);
  const auto bare = std::span(bytes).subspan(ticket_signing_prefix.size());
  EXPECT_EQ(verdict(ticket::write_code({said, signer->sign(bare)}), *signer), Errc::ticket_forged);
}

// A key that claims another's id gets no further than its own bytes.
TEST(TicketCode, TI2_AVerifierTrustsBytesNotNames) {
  const auto ours = crypto::make_ephemeral_ticket_signer();
  const auto theirs = crypto::make_ephemeral_ticket_signer();
  TicketPublicKey renamed = theirs->public_keys().front();
  renamed.id = ours->key_id();
  const auto gate = crypto::make_ticket_verifier({&renamed, 1});
  EXPECT_EQ(verdict(signed_code(*ours), *gate), Errc::ticket_forged);
  EXPECT_TRUE(verify_offline(signed_code(*theirs), *gate).has_value());
}

}  // namespace
}  // namespace tiketi::test
