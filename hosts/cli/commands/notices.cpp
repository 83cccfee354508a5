// notice

#include "commands/commands.hpp"
#include "files.hpp"
#include "format.hpp"
#include "json.hpp"

namespace tiketi::cli {
namespace {

ExitCode tell(const Session& session, const Notice& notice, const char* done) {
  if (session.json()) print_json(session.terminal, to_json(notice));
  else session.terminal.out << done << ' ' << notice.id.text() << ": " << notice.title << '\n';
  return ExitCode::ok;
}

Result<std::string> content_of(const std::string& text) {
  if (text != "-") return text;
  return read_text("-", max_notice_content_bytes);
}

Result<NoticeId> notice_named(const std::string& text) {
  if (const auto id = NoticeId::parse(text)) return *id;
  return Error{
      Errc::invalid_argument, "a notice is named by its id; `tiketi notice list` shows it", {{"field", "notice"}}};
}

}  // namespace

Ended run(const NoticeListCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto page = (*services)->notice_board().list(command.page, command.limit);
  if (page.has_error()) return page.error();
  boost::json::array list;
  Rows rows{{"TITLE", "FROM", "AT", "READ", "ID"}};
  for (const Notice& each : page->notices) {
    list.push_back(to_json(each));
    rows.push_back({(each.is_pinned ? "* " : "") + each.title, each.author, format_time(each.created_at),
                    with_commas(each.views), each.id.text()});
  }
  if (session.json()) {
    print_json(
        session.terminal,
        {{"notices", std::move(list)}, {"total", page->total}, {"page", command.page}, {"limit", command.limit}});
    return ExitCode::ok;
  }
  if (!page->notices.empty()) session.terminal.out << format_table(rows);
  session.terminal.out << page->notices.size() << " of " << with_commas(page->total) << " notices; * is pinned.\n";
  return ExitCode::ok;
}

Ended run(const NoticeCreateCommand& command, Session& session) {
  auto content = content_of(command.content);
  if (content.has_error()) return content.error();
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto id = (*services)->ids().next<NoticeId>();
  const std::string details = boost::json::serialize(boost::json::object{{"title", command.title}});
  if (const auto noted = record(**services, "notice.create", "notice", id.text(), details); noted.has_error())
    return noted.error();
  const auto notice =
      (*services)->notice_board().create({command.title, std::move(*content), command.pinned, command.author, {}, id});
  if (notice.has_error()) return notice.error();
  return tell(session, *notice, "Published");
}

Ended run(const NoticeUpdateCommand& command, Session& session) {
  const auto id = notice_named(command.notice);
  if (id.has_error()) return id.error();
  EditNotice edit{.id = *id, .title = command.title};
  if (command.pin || command.unpin) edit.is_pinned = command.pin;
  if (command.content) {
    auto content = content_of(*command.content);
    if (content.has_error()) return content.error();
    edit.content = std::move(*content);
  }
  if (!edit.title && !edit.content && !edit.is_pinned)
    return Error{Errc::invalid_argument, "say what to change: --title, --content, --pin or --unpin"};
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  if (const auto there = (*services)->notice_board().find(*id); there.has_error()) return there.error();
  if (const auto noted = record(**services, "notice.update", "notice", id->text()); noted.has_error())
    return noted.error();
  const auto notice = (*services)->notice_board().update(edit);
  if (notice.has_error()) return notice.error();
  return tell(session, *notice, "Changed");
}

Ended run(const NoticeRemoveCommand& command, Session& session) {
  const auto id = notice_named(command.notice);
  if (id.has_error()) return id.error();
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  if (const auto there = (*services)->notice_board().find(*id); there.has_error()) return there.error();
  if (const auto noted = record(**services, "notice.remove", "notice", id->text()); noted.has_error())
    return noted.error();
  const auto removed = (*services)->notice_board().remove(*id);
  if (removed.has_error()) return removed.error();
  if (session.json()) print_json(session.terminal, {{"removed", id->text()}});
  else session.terminal.out << "Removed " << id->text() << '\n';
  return ExitCode::ok;
}

}  // namespace tiketi::cli
