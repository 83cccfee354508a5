// TI2: what a gate's scanner may read, and what a person may type in. Also with the claims of any bytes signed rightly,
// so that what is behind the signature sees them; and keys in PEM.

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/base/base64.hpp>
#include <tiketi/ticket/code.hpp>
#include <tiketi/ticket/rules.hpp>
#include <tiketi/ticket/signer.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace tiketi;

/// The private key is the example of RFC 8410, section 10.3; nothing else was ever signed with it here.
constexpr std::string_view public_key =
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC "
    "KEY-----\n";

void check(bool holds) {
  if (!holds) std::abort();
}

void read_code(std::string_view text, TicketVerifier& gate, TicketSigner& signer) {
  const auto code = ticket::parse_code(text);
  if (code.has_error()) {
    check(code.error().code == Errc::ticket_forged && verify_offline(text, gate).has_error());
    return;
  }
  check(ticket::write_code(*code) == text);
  // Every code of the corpus that this key signed names this ticket and event; nobody can write another one.
  if (const auto claims = verify_offline(text, gate); claims.has_value())
    check(*claims == code->claims && claims->ticket_id == TicketId{{1, 2}} && claims->event_id == EventId{{3, 4}});
  check(verify_offline(text, signer).has_error());

  TicketClaims said = code->claims;
  said.key_id = signer.key_id();
  const std::string ours = ticket::write_code({said, signer.sign(ticket::signing_bytes(said))});
  check(verify_offline(ours, signer).value() == said);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TicketPublicKey key = crypto::parse_ticket_key_pem(public_key).value();
  static const auto gate = crypto::make_ticket_verifier({&key, 1});
  static const auto signer = crypto::make_ephemeral_ticket_signer();
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  read_code(text, *gate, *signer);
  // The same bytes as those of a code, whatever their text was.
  std::vector<std::uint8_t> bytes(data, data + size);
  bytes.resize(ticket_claims_bytes + sizeof(TicketSignature));
  read_code(to_base64url(bytes), *gate, *signer);

  if (const auto number = ticket::parse_number(text)) {
    check(ticket::parse_number(number->text()) == number);
    check(number->text().starts_with("TI") && size == number->text().size());
  }
  if (const auto read = crypto::parse_ticket_key_pem(text); read.has_value())
    check(crypto::parse_ticket_key_pem(crypto::to_pem(*read)).value() == *read);
  if (const auto decoded = from_base64url(text)) check(to_base64url(*decoded) == text);
  return 0;
}
