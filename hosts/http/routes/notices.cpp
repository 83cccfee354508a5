// Notices of the house: anyone reads, admins write.

#include "routes/handlers.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <string>
#include <utility>

namespace tiketi::http {
namespace {

constexpr TextBounds title_bounds{.max_bytes = 4 * max_notice_title_characters};
constexpr TextBounds content_bounds{.max_bytes = max_notice_content_bytes, .multi_line = true};

Response notice_answer(int status, const Notice& notice) {
  std::string body;
  JsonWriter(body).object(
      [&](JsonWriter& json) { json.object("news", [&](JsonWriter& news) { write_notice(news, notice); }); });
  return json(status, std::move(body));
}

Response list(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const Paging paging = read_paging(parameters, 20);
  if (parameters.failed()) return parameters.refusal();
  const auto page = desks.services.notice_board().list(static_cast<std::int32_t>(paging.page),
                                                       static_cast<std::int32_t>(paging.limit));
  if (!page) return problem(request, page.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("news", [&](JsonWriter& all) {
      for (const Notice& each : page->notices) all.object([&](JsonWriter& news) { write_notice(news, each); });
    });
    write_pagination(json, paging.page, paging.limit, page->total);
  });
  return json(200, std::move(body));
}

void read(Desks& desks, const Request& request, Respond respond) {
  Parameters parameters(request);
  const auto id = parameters.path_id<NoticeId>("id");
  if (parameters.failed()) return respond(parameters.refusal());
  const auto queued = desks.read_notice.submit(id, [&request, respond](const Result<Notice>& notice) {
    respond(notice ? notice_answer(200, *notice) : problem(request, notice.error()));
  });
  if (!queued) respond(problem(request, queued.error()));
}

Response create(Desks& desks, const Request& request) {
  JsonFields body = read_json(request);
  NewNotice command;
  command.title = body.required_text("title", title_bounds);
  command.content = body.required_text("content", content_bounds);
  command.is_pinned = body.optional_boolean("is_pinned").value_or(false);
  if (body.failed()) return body.refusal();
  const auto author = desks.services.accounts().profile(request.caller->user_id);
  if (!author) return problem(request, author.error());
  command.author = author->name;
  command.author_id = author->id;
  command.id = desks.services.ids().next<NoticeId>();
  std::string details;
  JsonWriter(details).object([&](JsonWriter& json) { json.member("title", command.title); });
  if (const auto noted = record(desks, request, "notice.create", "notice", command.id.text(), std::move(details));
      !noted)
    return problem(request, noted.error());
  const auto notice = desks.services.notice_board().create(command);
  if (!notice) return problem(request, notice.error());
  return notice_answer(201, *notice);
}

Response change(Desks& desks, const Request& request) {
  Parameters parameters(request);
  EditNotice command;
  command.id = parameters.path_id<NoticeId>("id");
  if (parameters.failed()) return parameters.refusal();
  JsonFields body = read_json(request);
  command.title = body.optional_text("title", title_bounds);
  command.content = body.optional_text("content", content_bounds);
  command.is_pinned = body.optional_boolean("is_pinned");
  if (body.failed()) return body.refusal();
  if (const auto there = desks.services.notice_board().find(command.id); !there) return problem(request, there.error());
  if (const auto noted = record(desks, request, "notice.update", "notice", command.id.text()); !noted)
    return problem(request, noted.error());
  const auto notice = desks.services.notice_board().update(command);
  if (!notice) return problem(request, notice.error());
  return notice_answer(200, *notice);
}

Response remove(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const auto id = parameters.path_id<NoticeId>("id");
  if (parameters.failed()) return parameters.refusal();
  if (const auto there = desks.services.notice_board().find(id); !there) return problem(request, there.error());
  if (const auto noted = record(desks, request, "notice.remove", "notice", id.text()); !noted)
    return problem(request, noted.error());
  if (const auto removed = desks.services.notice_board().remove(id); !removed) return problem(request, removed.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.member("message", Text{"공지사항이 삭제되었습니다.", "The notice was removed."}.in(request.language));
  });
  return json(200, std::move(body));
}

}  // namespace

void add_notice_routes(Router::Group& api, Desks& desks) {
  api.add(Method::get, "/news", Access::anyone, blocking(desks, list));
  api.add(Method::get, "/news/:id", Access::anyone, deferred(desks, read));
  api.add(Method::post, "/news", Access::admin, blocking(desks, create));
  api.add(Method::put, "/news/:id", Access::admin, blocking(desks, change));
  api.add(Method::del, "/news/:id", Access::admin, blocking(desks, remove));
}

}  // namespace tiketi::http
