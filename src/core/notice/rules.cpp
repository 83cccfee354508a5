#include <tiketi/notice/rules.hpp>

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace tiketi::notice {
namespace {

Error bad_field(std::string_view field, std::string message) {
  return {Errc::invalid_argument, std::move(message), {{"field", std::string(field)}}};
}

Error too_long(std::string_view field, std::size_t limit, std::string_view unit) {
  return {Errc::limit_exceeded,
          "the " + std::string(field) + " has at most " + std::to_string(limit) + ' ' + std::string(unit),
          {{"field", std::string(field)}, {"limit", std::to_string(limit)}}};
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\n") == text.npos; }

/// Of a text that is UTF-8: every byte but those that continue a character begins one.
std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Result<void> check_title(std::string_view title) {
  constexpr std::size_t longest_character = 4;
  if (is_blank(title)) return bad_field("title", "a notice needs a title");
  if (title.size() > longest_character * max_notice_title_characters)
    return too_long("title", max_notice_title_characters, "characters");
  if (!is_clean_text(title, title.size()))
    return bad_field("title", "a title is one line of UTF-8 without control characters");
  if (count_characters(title) > max_notice_title_characters)
    return too_long("title", max_notice_title_characters, "characters");
  return {};
}

Result<void> check_content(std::string_view content) {
  if (is_blank(content)) return bad_field("content", "a notice needs a content");
  if (content.size() > max_notice_content_bytes) return too_long("content", max_notice_content_bytes, "bytes");
  if (!is_clean_text(content, max_notice_content_bytes, true))
    return bad_field("content", "the content is UTF-8 without control characters other than line feed and tab");
  return {};
}

}  // namespace

Result<void> check(const Notice& notice) {
  if (auto title = check_title(notice.title); title.has_error()) return title;
  if (auto content = check_content(notice.content); content.has_error()) return content;
  if (notice.author.size() > max_notice_author_bytes) return too_long("author", max_notice_author_bytes, "bytes");
  if (is_blank(notice.author) || !is_clean_text(notice.author, max_notice_author_bytes))
    return bad_field("author", "an author is one line of UTF-8 without control characters");
  return {};
}

Result<Notice> create(const NewNotice& command, NoticeId id, Timestamp now) {
  Notice out{.id = id,
             .title = command.title,
             .content = command.content,
             .author = command.author,
             .author_id = command.author_id,
             .is_pinned = command.is_pinned,
             .created_at = now,
             .updated_at = now,
             .version = 1};
  if (auto sound = check(out); sound.has_error()) return sound.error();
  return out;
}

Result<std::optional<Notice>> edit(const Notice& current, const EditNotice& command, Timestamp now) {
  if (command.expected_version && *command.expected_version != current.version)
    return Error{Errc::version_conflict, "somebody else changed the notice; read it again"};
  Notice out = current;
  if (command.title) out.title = *command.title;
  if (command.content) out.content = *command.content;
  if (command.is_pinned) out.is_pinned = *command.is_pinned;
  if (out == current) return std::optional<Notice>();
  if (auto sound = check(out); sound.has_error()) return sound.error();
  out.updated_at = now;
  ++out.version;
  return std::optional(std::move(out));
}

}  // namespace tiketi::notice
