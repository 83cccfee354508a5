#pragma once
// Pure decisions about notices. No I/O, clock or thread.

#include <tiketi/base/result.hpp>
#include <tiketi/notice/notice.hpp>

#include <optional>

namespace tiketi::notice {

/// The invariants of a notice, first failure first: invalid_argument, limit_exceeded (details: field, limit).
Result<void> check(const Notice& notice);

/// The notice, as it is stored first. The errors of `check`.
Result<Notice> create(const NewNotice& command, NoticeId id, Timestamp now);

/// The notice as it will be; nothing to do if that is what it is already. version_conflict; the errors of `check`.
Result<std::optional<Notice>> edit(const Notice& current, const EditNotice& command, Timestamp now);

}  // namespace tiketi::notice
