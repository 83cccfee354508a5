#include <tiketi/ticket/code.hpp>

#include <tiketi/base/base64.hpp>
#include <tiketi/ticket/signer.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace tiketi {

std::string TicketKeyId::text() const {
  std::string out;
  for (int shift = 28; shift >= 0; shift -= 4) out += "0123456789abcdef"[number >> shift & 15];
  return out;
}

namespace ticket {
namespace {

constexpr std::uint8_t code_version = 1;
constexpr std::size_t key_id_bytes = 4;
constexpr std::size_t uuid_bytes = 16;
constexpr std::size_t time_bytes = 6;
constexpr std::size_t code_bytes = ticket_claims_bytes + sizeof(TicketSignature);
static_assert(1 + key_id_bytes + 2 * uuid_bytes + time_bytes == ticket_claims_bytes);
static_assert((code_bytes * 4 + 2) / 3 == ticket_code_characters);

class Writer {
 public:
  explicit Writer(std::uint8_t* out) : out_(out) {}
  void number(std::uint64_t value, std::size_t bytes) noexcept {
    for (std::size_t i = bytes; i-- > 0;) *out_++ = static_cast<std::uint8_t>(value >> 8 * i);
  }
  void uuid(Uuid id) noexcept {
    number(id.high, 8);
    number(id.low, 8);
  }

 private:
  std::uint8_t* out_;
};

class Reader {
 public:
  explicit Reader(const std::uint8_t* in) : in_(in) {}
  std::uint64_t number(std::size_t bytes) noexcept {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < bytes; ++i) out = out << 8 | *in_++;
    return out;
  }
  Uuid uuid() noexcept {
    const std::uint64_t high = number(8);
    return {high, number(8)};
  }

 private:
  const std::uint8_t* in_;
};

void write_claims(const TicketClaims& claims, std::uint8_t* out) noexcept {
  Writer writer(out);
  writer.number(code_version, 1);
  writer.number(claims.key_id.number, key_id_bytes);
  writer.uuid(claims.ticket_id.uuid);
  writer.uuid(claims.event_id.uuid);
  writer.number(static_cast<std::uint64_t>(claims.issued_at.ms), time_bytes);
}

Error forged(std::string message) { return {Errc::ticket_forged, std::move(message)}; }

}  // namespace

TicketSigningBytes signing_bytes(const TicketClaims& claims) noexcept {
  TicketSigningBytes out{};
  std::copy(ticket_signing_prefix.begin(), ticket_signing_prefix.end(), out.begin());
  write_claims(claims, out.data() + ticket_signing_prefix.size());
  return out;
}

std::string write_code(const TicketCode& code) {
  std::array<std::uint8_t, code_bytes> bytes{};
  write_claims(code.claims, bytes.data());
  std::copy(code.signature.begin(), code.signature.end(), bytes.begin() + ticket_claims_bytes);
  return to_base64url(bytes);
}

Result<TicketCode> parse_code(std::string_view text) {
  if (text.size() != ticket_code_characters) return forged("this is no ticket code");
  const auto bytes = from_base64url(text);
  if (!bytes) return forged("this is no ticket code");
  Reader reader(bytes->data());
  if (reader.number(1) != code_version) return forged("the ticket code is of another kind");
  TicketCode out;
  out.claims.key_id.number = static_cast<std::uint32_t>(reader.number(key_id_bytes));
  out.claims.ticket_id.uuid = reader.uuid();
  out.claims.event_id.uuid = reader.uuid();
  out.claims.issued_at.ms = static_cast<std::int64_t>(reader.number(time_bytes));
  std::copy(bytes->begin() + ticket_claims_bytes, bytes->end(), out.signature.begin());
  return out;
}

}  // namespace ticket

Result<TicketClaims> verify_offline(std::string_view code, TicketVerifier& verifier) {
  const auto parsed = ticket::parse_code(code);
  if (parsed.has_error()) return parsed.error();
  const TicketSigningBytes bytes = ticket::signing_bytes(parsed->claims);
  if (!verifier.verify(parsed->claims.key_id, bytes, parsed->signature))
    return Error{Errc::ticket_forged, "the ticket code was not signed by us"};
  return parsed->claims;
}

}  // namespace tiketi
