// user and admin

#include "commands/commands.hpp"
#include "format.hpp"
#include "json.hpp"
#include "resolve.hpp"
#include "secret.hpp"

namespace tiketi::cli {
namespace {

constexpr auto user_password = "TIKETI_USER_PASSWORD";
constexpr auto admin_password = "TIKETI_ADMIN_PASSWORD";

std::string standing(const User& user, Timestamp now) {
  if (user.disabled) return "disabled";
  return now < user.locked_until ? "locked until " + format_time(user.locked_until) : "active";
}

ExitCode tell(const Session& session, Services& services, const User& user, std::string_view remark = {}) {
  if (session.json()) {
    print_json(session.terminal, to_json(user));
    return ExitCode::ok;
  }
  Rows rows{{user.email, std::string(name(user.role))},
            {"  name", user.name},
            {"  standing", standing(user, services.clock().now())},
            {"  since", format_time(user.created_at)},
            {"  id", user.id.text()}};
  if (!user.phone.empty()) rows.insert(rows.begin() + 2, {"  phone", user.phone});
  session.terminal.out << format_table(rows) << remark;
  return ExitCode::ok;
}

/// Finds the account, writes the action down, and does it.
template <class Act>
Ended with_user(Session& session, const std::string& text, const char* action, Act act) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto user = find_user(**services, text);
  if (user.has_error()) return user.error();
  if (const auto noted = record(**services, action, "user", user->id.text()); noted.has_error()) return noted.error();
  const Result<User> changed = act((*services)->accounts(), user->id);
  if (changed.has_error()) return changed.error();
  return tell(session, **services, *changed);
}

}  // namespace

Ended run(const UserListCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto page = (*services)->accounts().list({command.search, command.page, command.limit});
  if (page.has_error()) return page.error();
  boost::json::array list;
  Rows rows{{"E-MAIL", "NAME", "ROLE", "STANDING", "SINCE", "ID"}};
  for (const User& each : page->users) {
    list.push_back(to_json(each));
    rows.push_back({each.email, each.name, std::string(name(each.role)), standing(each, (*services)->clock().now()),
                    format_time(each.created_at), each.id.text()});
  }
  if (session.json()) {
    print_json(session.terminal,
               {{"users", std::move(list)}, {"total", page->total}, {"page", command.page}, {"limit", command.limit}});
    return ExitCode::ok;
  }
  if (!page->users.empty()) session.terminal.out << format_table(rows);
  session.terminal.out << page->users.size() << " of " << with_commas(page->total) << " accounts.\n";
  return ExitCode::ok;
}

Ended run(const UserShowCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto user = find_user(**services, command.user);
  if (user.has_error()) return user.error();
  return tell(session, **services, *user);
}

Ended run(const UserCreateCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  auto password = read_password(user_password, command.email);
  if (password.has_error()) return password.error();
  Accounts& accounts = (*services)->accounts();
  const auto made = accounts.register_user({command.email, std::move(*password), command.name, command.phone});
  if (made.has_error()) return made.error();
  // Registering logs in; nobody has the tokens of that.
  const User& user = made->user;
  if (const auto out = accounts.log_out({user.id, made->session_id, user.email, user.role}); out.has_error())
    return out.error();
  if (const auto noted = record(**services, "user.create", "user", user.id.text()); noted.has_error())
    return noted.error();
  return tell(session, **services, user);
}

Ended run(const UserStandingCommand& command, Session& session) {
  return with_user(session, command.user, command.disabled ? "user.disable" : "user.enable",
                   [&](Accounts& accounts, UserId id) { return accounts.set_disabled(id, command.disabled); });
}

Ended run(const UserPasswordCommand& command, Session& session) {
  const auto password = read_password(user_password, command.user);
  if (password.has_error()) return password.error();
  return with_user(session, command.user, "user.password",
                   [&](Accounts& accounts, UserId id) { return accounts.set_password(id, *password); });
}

Ended run(const AdminCreateCommand& command, Session& session) {
  const auto services = open_store(session, Store::may_be_new);
  if (services.has_error()) return services.error();
  auto password = read_password(admin_password, command.email);
  if (password.has_error()) return password.error();
  const auto before = find_user(**services, command.email);
  const auto made = (*services)->accounts().create_admin({command.email, std::move(*password), command.name, {}});
  if (made.has_error()) return made.error();
  if (before.has_value())
    return tell(session, **services, *made, "It was an admin before: nothing was changed, not even the password.\n");
  if (const auto noted = record(**services, "admin.create", "user", made->id.text()); noted.has_error())
    return noted.error();
  return tell(session, **services, *made);
}

Ended run(const AdminRoleCommand& command, Session& session) {
  const Role role = command.admin ? Role::admin : Role::user;
  return with_user(session, command.user, command.admin ? "admin.grant" : "admin.revoke",
                   [&](Accounts& accounts, UserId id) { return accounts.set_role(id, role); });
}

}  // namespace tiketi::cli
