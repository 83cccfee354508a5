#pragma once
// Port: where notices are kept.

#include <tiketi/base/result.hpp>
#include <tiketi/notice/notice.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace tiketi {

/// Stores the notice, if the stored version is `expected_version` (0: there is none yet). Views are not stored with
/// it: a new notice has none, a changed one keeps those it has.
struct PutNotice {
  std::int64_t expected_version = 0;
  Notice notice;
};

/// Removes the notice, if there is one.
struct RemoveNotice {
  NoticeId id;
};

using NoticeChange = std::variant<PutNotice, RemoveNotice>;

enum class NoticeOutcome : std::uint8_t {
  applied,
  version_conflict,  ///< the stored notice is not the expected one; or there is one already
  not_found,         ///< nothing to remove
};

/// So many times a notice was read.
struct NoticeViews {
  NoticeId id;
  std::int64_t count = 1;
};

/// Thread-safe. Reads see all that was committed before they began. Every function can return unavailable, and those
/// that change something storage_full and outcome_unknown.
class NoticeStore {
 public:
  virtual ~NoticeStore() = default;

  /// Stores the changes in one transaction and answers for each on its own, in order. An error of the whole means
  /// that nothing was stored.
  virtual Result<std::vector<NoticeOutcome>> commit(std::span<const NoticeChange> changes) = 0;

  /// Adds to what is stored, however many do so at the same time; a notice may come several times. One that does not
  /// exist is passed over.
  virtual Result<void> add_views(std::span<const NoticeViews> views) = 0;

  /// For each id in turn; nothing where there is none.
  virtual Result<std::vector<std::optional<Notice>>> notices(std::span<const NoticeId> ids) = 0;

  /// Pinned ones first, then the newest; after leaving out `offset`, at most `limit`.
  virtual Result<NoticePage> list(std::int64_t offset, std::int64_t limit) = 0;
};

}  // namespace tiketi
