#include <tiketi/notice/notice_board.hpp>

#include <optional>
#include <utility>

namespace tiketi {
namespace {

constexpr std::int32_t max_page_size = 1'000;
constexpr int max_attempts = 5;

Error notice_not_found() { return {Errc::notice_not_found, "there is no such notice"}; }

}  // namespace

struct NoticeBoard::Body {
  NoticeStore& store;
  Clock& clock;
  Ids& ids;

  Result<NoticeOutcome> commit(NoticeChange change) {
    const auto outcomes = store.commit({&change, 1});
    if (outcomes.has_error()) return outcomes.error();
    return outcomes->front();
  }

  Result<Notice> find(NoticeId id) {
    auto found = store.notices({&id, 1});
    if (found.has_error()) return found.error();
    if (!found->front()) return notice_not_found();
    return std::move(*found->front());
  }
};

NoticeBoard::NoticeBoard(NoticeStore& store, Clock& clock, Ids& ids)
    : body_(std::make_unique<Body>(Body{store, clock, ids})) {}

NoticeBoard::~NoticeBoard() = default;

Result<NoticePage> NoticeBoard::list(std::int32_t page, std::int32_t limit) {
  if (page < 1) return Error{Errc::invalid_argument, "pages count from 1", {{"field", "page"}}};
  if (limit < 1 || limit > max_page_size)
    return Error{Errc::invalid_argument, "a limit is 1 to 1000", {{"field", "limit"}}};
  return body_->store.list(std::int64_t{page - 1} * limit, limit);
}

std::vector<Result<Notice>> NoticeBoard::get(std::span<const NoticeId> ids) {
  std::vector<NoticeViews> views;
  for (const NoticeId id : ids) views.push_back({id, 1});
  if (auto counted = body_->store.add_views(views); counted.has_error())
    return std::vector<Result<Notice>>(ids.size(), counted.error());
  auto found = body_->store.notices(ids);
  if (found.has_error()) return std::vector<Result<Notice>>(ids.size(), found.error());
  std::vector<Result<Notice>> out;
  out.reserve(ids.size());
  for (std::optional<Notice>& each : *found) {
    if (each) out.emplace_back(std::move(*each));
    else out.emplace_back(notice_not_found());
  }
  return out;
}

Result<Notice> NoticeBoard::find(NoticeId id) { return body_->find(id); }

Result<Notice> NoticeBoard::get(NoticeId id) { return std::move(get({&id, 1}).front()); }

Result<Notice> NoticeBoard::create(const NewNotice& command) {
  auto made =
      notice::create(command, command.id.is_nil() ? body_->ids.next<NoticeId>() : command.id, body_->clock.now());
  if (made.has_error()) return made;
  const auto outcome = body_->commit(PutNotice{0, *made});
  if (outcome.has_error()) return outcome.error();
  if (*outcome != NoticeOutcome::applied)
    return Error{Errc::already_exists, "a notice of that id is there already", {{"field", "id"}}};
  return made;
}

Result<Notice> NoticeBoard::update(const EditNotice& command) {
  for (int attempt = 1; attempt <= max_attempts; ++attempt) {
    auto current = body_->find(command.id);
    if (current.has_error()) return current;
    auto edited = notice::edit(*current, command, body_->clock.now());
    if (edited.has_error()) return edited.error();
    if (!*edited) return current;
    const auto outcome = body_->commit(PutNotice{current->version, **edited});
    if (outcome.has_error()) return outcome.error();
    if (*outcome == NoticeOutcome::applied) return std::move(**edited);
  }
  return Error{Errc::version_conflict, "others were quicker several times in a row; try again"};
}

Result<void> NoticeBoard::remove(NoticeId id) {
  const auto outcome = body_->commit(RemoveNotice{id});
  if (outcome.has_error()) return outcome.error();
  if (*outcome == NoticeOutcome::not_found) return notice_not_found();
  return {};
}

}  // namespace tiketi
