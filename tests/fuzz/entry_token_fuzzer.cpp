// Entry tokens that nobody signed, and settings that nobody wrote.

#include <tiketi/adapters/crypto.hpp>
#include <tiketi/waiting_room/rules.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace tiketi;

void check(bool holds) {
  if (!holds) std::abort();
}

/// Claims made of any bytes.
EntryClaims claims_of(std::string_view text) {
  std::string bytes(text.substr(0, 46));
  bytes.resize(46);
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  EntryClaims out{EventId{Uuid::from_bytes(data)}, UserId{Uuid::from_bytes(data + 16)}, 0, {}};
  for (int i = 32; i < 40; ++i)
    out.admission = static_cast<std::int64_t>(static_cast<std::uint64_t>(out.admission) << 8 | data[i]);
  for (int i = 40; i < 46; ++i) out.expires_at.ms = out.expires_at.ms << 8 | data[i];
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto signer = crypto::make_ephemeral_entry_token_signer();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(signer->verify(text).has_error());

  const EntryClaims claims = claims_of(text);
  std::string token = signer->sign(claims);
  check(token.size() == entry_token_characters);
  const auto read = signer->verify(token);
  check(read.has_value() && *read == claims);
  if (size > 0) {
    char& changed = token[data[0] % token.size()];
    const char before = changed;
    changed = static_cast<char>(data[size - 1]);
    check(changed == before || signer->verify(token).has_error());
  }

  if (const auto settings = waiting_room::parse_settings(text)) {
    check(waiting_room::check(*settings).has_value());
    check(waiting_room::parse_settings(waiting_room::settings_text(*settings)) == settings);
  }
  return 0;
}
