#pragma once
// Nouns and port: the entry token that an admitted customer shows to the box office, its exact form, and who makes it.
//
// A token is base64url (RFC 4648, without padding) of these 79 bytes, 106 characters. Numbers are big-endian.
//
//   offset  bytes
//        0      1   version: 1
//        1     16   event id
//       17     16   user id
//       33      8   number of the admission in the event's room
//       41      6   expires at, milliseconds since 1970
//       47     32   keyed BLAKE2b-256 (RFC 7693) of `tiketi-entry` and the bytes 0…46
//
// Every admission has a number of its own, so a token ends with the admission for which it was made, even if the same
// customer is admitted again.

#include <tiketi/base/id.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tiketi {

struct EntryClaims {
  EventId event_id;
  UserId user_id;
  std::int64_t admission = 0;
  Timestamp expires_at;
  friend bool operator==(const EntryClaims&, const EntryClaims&) = default;
};

inline constexpr std::size_t entry_token_characters = 106;

/// Thread-safe.
class EntryTokenSigner {
 public:
  virtual ~EntryTokenSigner() = default;

  virtual std::string sign(const EntryClaims& claims) = 0;

  /// What the token says, if we signed it; entry_token_forged for every other text. That it has expired is not looked
  /// at. Takes the same time whichever byte is wrong.
  virtual Result<EntryClaims> verify(std::string_view token) = 0;
};

}  // namespace tiketi
