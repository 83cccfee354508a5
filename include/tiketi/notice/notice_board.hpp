#pragma once
// Service: the notices of the house. Who may write them is the caller's business.

#include <tiketi/base/result.hpp>
#include <tiketi/notice/notice.hpp>
#include <tiketi/notice/rules.hpp>
#include <tiketi/notice/store.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/ids.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tiketi {

/// Synchronous and thread-safe. Besides what each function tells, each can return unavailable, and those that change
/// something storage_full and outcome_unknown.
class NoticeBoard {
 public:
  /// All of them must outlive the board.
  NoticeBoard(NoticeStore& store, Clock& clock, Ids& ids);
  ~NoticeBoard();
  NoticeBoard(const NoticeBoard&) = delete;
  NoticeBoard& operator=(const NoticeBoard&) = delete;

  /// Pinned ones first, then the newest. Pages count from 1; a limit is 1 to 1000. invalid_argument.
  Result<NoticePage> list(std::int32_t page = 1, std::int32_t limit = 20);

  /// The notices as their readers see them: each reading counts as a view, stored before it is answered. A batch
  /// costs one transaction, so callers with many readers put a Batcher in front. notice_not_found.
  std::vector<Result<Notice>> get(std::span<const NoticeId> ids);
  Result<Notice> get(NoticeId id);

  /// As its writers see it: no view. notice_not_found.
  Result<Notice> find(NoticeId id);

  /// The errors of `notice::check`; already_exists (the id).
  Result<Notice> create(const NewNotice& command);

  /// notice_not_found, version_conflict; the errors of `notice::check`.
  Result<Notice> update(const EditNotice& command);

  /// notice_not_found.
  Result<void> remove(NoticeId id);

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace tiketi
