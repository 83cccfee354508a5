#include <tiketi/identity/rules.hpp>

#include "core/base/names.hpp"
#include "core/identity/refusals.hpp"

#include <tiketi/base/text.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace tiketi {

std::string_view name(Role role) noexcept {
  static constexpr std::array<std::string_view, 2> words{"user", "admin"};
  return base::name_in(words, role);
}

namespace identity {
namespace {

constexpr bool is_letter_or_digit(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_blank(std::string_view text) { return text.find_first_not_of(' ') == text.npos; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Calls `accepts` for each part between dots; true if it accepts all of them.
template <class Accepts>
bool all_between_dots(std::string_view text, Accepts accepts) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!accepts(text.substr(0, dot))) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_atom(std::string_view part) {
  constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
  return !part.empty() &&
         std::ranges::all_of(part, [&](char c) { return is_letter_or_digit(c) || others.find(c) != others.npos; });
}

bool is_label(std::string_view part) {
  return !part.empty() && part.size() <= 63 && part.front() != '-' && part.back() != '-' &&
         std::ranges::all_of(part, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

Result<void> check_name(std::string_view name) {
  if (is_blank(name) || !is_clean_text(name, max_name_bytes))
    return refuse("name", "must be UTF-8 of 1 to 200 bytes, not blank, without control characters");
  return {};
}

Result<void> check_phone(std::string_view phone) {
  constexpr std::string_view allowed = "0123456789+-(). ";
  if (phone.size() > max_phone_bytes || phone.find_first_not_of(allowed) != phone.npos)
    return refuse("phone", "must be at most 32 digits, spaces and +-().");
  return {};
}

// Pages show it as an image's source, which must not become a script.
Result<void> check_profile_image(std::string_view url) {
  const bool has_scheme =
      url.starts_with("https://") || url.starts_with("http://") || (url.starts_with('/') && !url.starts_with("//"));
  if (!url.empty() && (!has_scheme || url.find(' ') != url.npos || !is_clean_text(url, max_profile_image_bytes)))
    return refuse("profileImage", "must be an http or https address, or a path, of at most 2000 bytes");
  return {};
}

struct Bound {
  const char* field;
  std::int64_t value;
  std::int64_t least;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

}  // namespace

Result<void> check(const AccountsPolicy& policy) {
  // The most keeps times within what a timestamp can hold.
  constexpr std::int64_t most = max_accounts_policy_ms;
  const Bound bounds[] = {{"access_token_ms", policy.access_token_ms, second_ms, most},
                          {"refresh_token_ms", policy.refresh_token_ms, policy.access_token_ms, most},
                          {"failed_logins", policy.failed_logins, 1},
                          {"lockout_ms", policy.lockout_ms, 0, most},
                          {"reuse_grace_ms", policy.reuse_grace_ms, 0, most},
                          {"standing_ms", policy.standing_ms, 0, most},
                          {"remembered_sessions", static_cast<std::int64_t>(policy.remembered_sessions), 1},
                          {"sessions_per_user", static_cast<std::int64_t>(policy.sessions_per_user), 1},
                          {"rotations", policy.rotations, 1}};
  for (const Bound& each : bounds) {
    if (each.value < each.least) return refuse(each.field, "must be at least " + std::to_string(each.least));
    if (each.value > each.most) return refuse(each.field, "must be at most " + std::to_string(each.most));
  }
  return {};
}

std::string in_small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

Result<std::string> normalised_email(std::string_view text) {
  std::string email = in_small_letters(trimmed(text));
  const std::size_t at = email.find('@');
  const std::string_view local = std::string_view(email).substr(0, at);
  const std::string_view domain = at == email.npos ? std::string_view() : std::string_view(email).substr(at + 1);
  if (email.size() > max_email_bytes || local.size() > max_local_part_bytes || domain.find('.') == domain.npos ||
      !all_between_dots(local, is_atom) || !all_between_dots(domain, is_label))
    return refuse("email", "must be an e-mail address such as name@example.com");
  return email;
}

Result<void> check_password(std::string_view password) {
  if (password.size() > max_password_bytes || !is_clean_text(password, max_password_bytes))
    return refuse("password", "must be UTF-8 of at most 128 bytes, without control characters");
  const auto characters = std::ranges::count_if(password, [](char c) { return (c & 0xc0) != 0x80; });
  if (static_cast<std::size_t>(characters) < min_password_characters)
    return refuse("password", "must have at least 6 characters");
  return {};
}

Result<User> new_user(const NewAccount& account, UserId id, Role role, Timestamp now) {
  auto email = normalised_email(account.email);
  if (!email) return email.error();
  if (auto ok = check_name(account.name); !ok) return ok.error();
  if (auto ok = check_phone(account.phone); !ok) return ok.error();
  User user;
  user.id = id;
  user.email = std::move(*email);
  user.name = account.name;
  user.phone = account.phone;
  user.role = role;
  user.created_at = user.updated_at = now;
  return user;
}

Result<User> with_profile(User user, const ProfileChange& change, Timestamp now) {
  if (change.name)
    if (auto ok = check_name(*change.name); !ok) return ok.error();
  if (change.phone)
    if (auto ok = check_phone(*change.phone); !ok) return ok.error();
  if (change.profile_image)
    if (auto ok = check_profile_image(*change.profile_image); !ok) return ok.error();
  user.name = change.name.value_or(user.name);
  user.phone = change.phone.value_or(user.phone);
  user.profile_image = change.profile_image.value_or(user.profile_image);
  user.updated_at = now;
  ++user.version;
  return user;
}

Result<void> check_unlocked(const User& user, Timestamp now) {
  if (now >= user.locked_until) return {};
  return Error{Errc::account_locked,
               "too many log-ins have failed; try again later",
               {{"until", to_iso8601(user.locked_until)}}};
}

User after_failed_login(User user, Timestamp now, const AccountsPolicy& policy) {
  if (user.locked_until != Timestamp{}) user.failed_logins = 0;  // a lock that is over, or it would not be tried
  ++user.failed_logins;
  user.locked_until = user.failed_logins >= policy.failed_logins ? now.plus_ms(policy.lockout_ms) : Timestamp{};
  user.updated_at = now;
  ++user.version;
  return user;
}

User after_right_password(User user, std::string new_hash, Timestamp now) {
  if (user.failed_logins == 0 && user.locked_until == Timestamp{} && new_hash.empty()) return user;
  user.failed_logins = 0;
  user.locked_until = {};
  if (!new_hash.empty()) user.password_hash = std::move(new_hash);
  user.updated_at = now;
  ++user.version;
  return user;
}

Session new_session(SessionId id, UserId user, std::string token_hash, Timestamp now, const AccountsPolicy& policy) {
  Session session;
  session.id = id;
  session.user_id = user;
  session.token_hash = std::move(token_hash);
  session.created_at = session.rotated_at = now;
  session.expires_at = now.plus_ms(policy.refresh_token_ms);
  return session;
}

Session revoked(Session session, Timestamp now) {
  if (session.revoked_at != Timestamp{}) return session;
  session.revoked_at = now;
  ++session.version;
  return session;
}

Refresh decide_refresh(const Session& session, std::string_view token_hash, Timestamp now,
                       const AccountsPolicy& policy) noexcept {
  if (!session.is_live(now)) return Refresh::refuse;
  const auto if_any_left = [&](Refresh what) { return session.version > policy.rotations ? Refresh::refuse : what; };
  if (token_hash == session.token_hash) return if_any_left(Refresh::rotate);
  const bool replaced_last = !session.previous_hash.empty() && token_hash == session.previous_hash;
  const bool just_now = now < session.rotated_at.plus_ms(policy.reuse_grace_ms);
  return replaced_last && just_now ? if_any_left(Refresh::reissue) : Refresh::reused;
}

Session rotated(Session session, std::string token_hash, Timestamp now, const AccountsPolicy& policy) {
  session.previous_hash = std::exchange(session.token_hash, std::move(token_hash));
  session.rotated_at = now;
  session.expires_at = now.plus_ms(policy.refresh_token_ms);
  ++session.version;
  return session;
}

Session reissued(Session session, std::string token_hash, Timestamp now, const AccountsPolicy& policy) {
  session.token_hash = std::move(token_hash);
  session.expires_at = now.plus_ms(policy.refresh_token_ms);
  ++session.version;
  return session;
}

}  // namespace identity
}  // namespace tiketi
