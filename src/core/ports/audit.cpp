#include <tiketi/ports/audit.hpp>

#include <tiketi/base/text.hpp>

#include <string_view>
#include <tuple>
#include <utility>

namespace tiketi {
namespace {

constexpr std::size_t max_records = 1'000;

Error bad_field(std::string_view field, std::string message) {
  return {Errc::invalid_argument, std::move(message), {{"field", std::string(field)}}};
}

Result<void> check_text(std::string_view field, std::string_view text, std::size_t max_bytes, bool needed,
                        bool multi_line = false) {
  if (needed && text.empty()) return bad_field(field, "the " + std::string(field) + " is missing");
  if (text.size() > max_bytes)
    return Error{Errc::limit_exceeded,
                 "the " + std::string(field) + " has at most " + std::to_string(max_bytes) + " bytes",
                 {{"field", std::string(field)}, {"limit", std::to_string(max_bytes)}}};
  if (!is_clean_text(text, max_bytes, multi_line))
    return bad_field(field, "the " + std::string(field) + " is UTF-8 without control characters");
  return {};
}

}  // namespace

Result<void> check(const AuditEntry& entry) {
  if (entry.at < Timestamp{} || entry.at > latest_timestamp) return bad_field("at", "the time is out of range");
  for (const auto& [field, text, needed] :
       {std::tuple<std::string_view, std::string_view, bool>{"actor_email", entry.actor_email, false},
        {"action", entry.action, true},
        {"subject_kind", entry.subject_kind, true},
        {"subject_id", entry.subject_id, true},
        {"request_id", entry.request_id, false}})
    if (auto checked = check_text(field, text, max_audit_field_bytes, needed); checked.has_error()) return checked;
  return check_text("details", entry.details, max_audit_details_bytes, false, true);
}

Result<void> check(const AuditQuery& query) {
  if (query.limit < 1 || query.limit > max_records) return bad_field("limit", "a limit is 1 to 1000");
  if (query.before_sequence < 0) return bad_field("before", "a sequence is not negative");
  if (query.subject_kind.empty() && !query.subject_id.empty())
    return bad_field("subject_kind", "name the kind of the subject besides its id");
  for (const auto& [field, text] : {std::pair<std::string_view, std::string_view>{"subject_kind", query.subject_kind},
                                    {"subject_id", query.subject_id}})
    if (auto checked = check_text(field, text, max_audit_field_bytes, false); checked.has_error()) return checked;
  return {};
}

}  // namespace tiketi
