#pragma once
// Nouns: a notice of the house to its customers.

#include <tiketi/base/id.hpp>
#include <tiketi/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tiketi {

inline constexpr std::size_t max_notice_title_characters = 200;
inline constexpr std::size_t max_notice_content_bytes = 64 * 1024;
inline constexpr std::size_t max_notice_author_bytes = 320;

/// Invariants (`notice::check`): title and content not empty and within the bounds above, the title a single line;
/// clean UTF-8.
struct Notice {
  NoticeId id;
  std::string title;
  std::string content;  ///< plain text of any number of lines
  std::string author;   ///< as it is shown
  UserId author_id;     ///< nil: the house
  std::int64_t views = 0;
  bool is_pinned = false;
  Timestamp created_at;
  Timestamp updated_at;
  std::int64_t version = 0;  ///< 1 when first stored; plus one at each change. Views don't count as changes
  friend bool operator==(const Notice&, const Notice&) = default;
};

struct NoticePage {
  std::vector<Notice> notices;
  std::int64_t total = 0;  ///< in all pages
};

/// A new notice. Who writes it is known from the log-in, never from the request.
struct NewNotice {
  std::string title;
  std::string content;
  bool is_pinned = false;
  std::string author;
  UserId author_id;
  NoticeId id = {};  ///< nil: one is made
};

/// What of a notice is to be changed; the rest stays.
struct EditNotice {
  NoticeId id;
  std::optional<std::string> title;
  std::optional<std::string> content;
  std::optional<bool> is_pinned;
  std::optional<std::int64_t> expected_version;  ///< when set, only if it is still the stored one
};

}  // namespace tiketi
