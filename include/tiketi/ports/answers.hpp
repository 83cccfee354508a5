#pragma once
// Port: what was answered first to a request that may be repeated, so that a host gives the same answer again
// (`Idempotency-Key`), also after a crash.

#include <tiketi/base/id.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tiketi {

/// Whose request, and the key that the client gave it.
struct AnswerKey {
  UserId user_id;   ///< nil: nobody is logged in
  std::string key;  ///< not empty, clean UTF-8
  friend auto operator<=>(const AnswerKey&, const AnswerKey&) = default;
};

inline constexpr std::size_t max_answer_key_bytes = 200;
inline constexpr std::size_t max_content_type_bytes = 200;
inline constexpr std::size_t max_answer_body_bytes = 256 * 1024;

struct Answer {
  AnswerKey key;
  std::uint64_t fingerprint = 0;  ///< of method, path and body: another one means that the key was misused
  std::int32_t status = 200;      ///< 100 to 599
  std::string content_type;
  std::string body;  ///< any bytes
  Timestamp created_at;
  friend bool operator==(const Answer&, const Answer&) = default;
};

/// Thread-safe. Every function can return unavailable; those that write also storage_full and outcome_unknown (repeat
/// the call: it finds what the first one stored).
class Answers {
 public:
  virtual ~Answers() = default;

  /// For each key in turn; nothing where there is none.
  virtual Result<std::vector<std::optional<Answer>>> find(std::span<const AnswerKey> keys) = 0;

  /// Stores those whose key has no answer yet, and returns for each in turn what is stored then: itself, or the
  /// answer that was first. invalid_argument, limit_exceeded (details: field, limit): none was stored.
  virtual Result<std::vector<Answer>> put_if_absent(std::span<const Answer> answers) = 0;

  /// Removes at most `limit` answers made before `before`, the oldest first; returns how many.
  virtual Result<std::size_t> prune(Timestamp before, std::size_t limit) = 0;
};

/// The bounds, which every store checks.
Result<void> check(const Answer& answer);

}  // namespace tiketi
