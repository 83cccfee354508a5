#include <tiketi/identity/guards.hpp>

#include <algorithm>

namespace tiketi::identity {
namespace {

Error in_use(std::string field) {
  std::string message = "another account has that " + field;
  return {Errc::already_exists, std::move(message), {{"field", std::move(field)}}};
}

Error conflict(std::string what) {
  std::string message = "somebody else changed the " + what + " first; read it again";
  return {Errc::version_conflict, std::move(message), {{"field", std::move(what)}}};
}

bool writes_user(const IdentityChange& change) { return change.user.version != change.expected_version; }

Error last_admin() {
  return {Errc::not_permitted, "this is the last active admin; make another account an admin first"};
}

bool is_stored(const Stored& stored, const IdentityChange& change) {
  if (!writes_user(change) && change.sessions.empty()) return false;
  if (writes_user(change)) {
    const User* user = stored.user(change.user.id);
    if (user == nullptr || *user != change.user) return false;
  }
  return std::ranges::all_of(change.sessions, [&](const PutSession& each) {
    const Session* session = stored.session(each.session.id);
    return session != nullptr && *session == each.session;
  });
}

Result<void> check_user(const Stored& stored, const IdentityChange& change) {
  const User& user = change.user;
  const User* old = stored.user(user.id);
  if (change.expected_version == 0 && old != nullptr) return in_use("id");
  if (change.expected_version != (old == nullptr ? 0 : old->version)) return conflict("user");
  if (const UserId owner = stored.user_with_email(user.email); !owner.is_nil() && owner != user.id)
    return in_use("email");
  if (user.subject.empty()) return {};
  if (const UserId owner = stored.user_with_subject(user.subject); !owner.is_nil() && owner != user.id)
    return in_use("subject");
  return {};
}

Result<void> check_session(const Stored& stored, const IdentityChange& change, const PutSession& put) {
  const Session& session = put.session;
  const Session* old = stored.session(session.id);
  if (put.expected_version == 0 && old != nullptr) return in_use("session");
  if (put.expected_version != (old == nullptr ? 0 : old->version)) return conflict("session");
  if (session.user_id != change.user.id || (old != nullptr && old->user_id != session.user_id))
    return conflict("session");
  if (old != nullptr && old->token_hash == session.token_hash) return {};
  return stored.session_with_token(session.token_hash).is_nil() ? Result<void>() : in_use("token");
}

Result<void> check_names_all(const Stored& stored, const IdentityChange& change) {
  for (const SessionId live : stored.live_sessions(change.user.id, *change.names_all_live_at))
    if (std::ranges::none_of(change.sessions, [live](const PutSession& each) { return each.session.id == live; }))
      return conflict("session");
  return {};
}

}  // namespace

Result<Verdict> check_guard(const Stored& stored, const IdentityChange& change) {
  if (is_stored(stored, change)) return Verdict::applied_before;
  if (auto ok = check_user(stored, change); !ok) return ok.error();
  for (const PutSession& each : change.sessions)
    if (auto ok = check_session(stored, change, each); !ok) return ok.error();
  if (change.names_all_live_at)
    if (auto ok = check_names_all(stored, change); !ok) return ok.error();
  if (change.keeps_an_admin && !change.user.is_active_admin() && !stored.has_admin_besides(change.user.id))
    return last_admin();
  return Verdict::apply;
}

Error guesses_conflict() { return conflict("guesses"); }

}  // namespace tiketi::identity
