// For admins: accounts, the audit log, the books.

#include "routes/handlers.hpp"
#include "routes/routes.hpp"
#include "routes/shapes.hpp"
#include "server/json.hpp"
#include "server/problem.hpp"

#include <array>
#include <string>
#include <utility>

namespace tiketi::http {
namespace {

void write_admin_user(JsonWriter& json, const User& user) {
  write_user(json, user);
  json.member("disabled", user.disabled);
  json.member("locked_until", user.locked_until.ms == 0 ? std::optional<Timestamp>() : user.locked_until);
  json.member("updated_at", user.updated_at);
}

Response list_users(Desks& desks, const Request& request) {
  Parameters parameters(request);
  const Paging paging = read_paging(parameters, 20);
  UserQuery query;
  query.search = parameters.query_text("q", max_user_search_bytes);
  query.page = static_cast<std::int32_t>(paging.page);
  query.limit = static_cast<std::int32_t>(paging.limit);
  if (parameters.failed()) return parameters.refusal();
  const auto page = desks.services.accounts().list(query);
  if (!page) return problem(request, page.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("users", [&](JsonWriter& list) {
      for (const User& each : page->users) list.object([&](JsonWriter& user) { write_admin_user(user, each); });
    });
    write_pagination(json, paging.page, paging.limit, page->total);
  });
  return json(200, std::move(body));
}

Response change_user(Desks& desks, const Request& request) {
  static constexpr std::array<std::string_view, 2> roles = {"user", "admin"};
  Parameters parameters(request);
  const auto id = parameters.path_id<UserId>("id");
  if (parameters.failed()) return parameters.refusal();
  JsonFields body = read_json(request);
  const auto role = body.optional_word("role", roles);
  const auto disabled = body.optional_boolean("disabled");
  if (body.failed()) return body.refusal();
  Accounts& accounts = desks.services.accounts();
  Result<User> user = accounts.profile(id);
  if (!user) return problem(request, user.error());
  if (id == request.caller->user_id)  // else the house could be left without an admin
    return problem(request, Error{Errc::not_permitted, "nobody changes their own role"}, 409);
  std::string details;
  JsonWriter(details).object([&](JsonWriter& json) {
    if (role) json.member("role", roles[*role]);
    if (disabled) json.member("disabled", *disabled);
  });
  if (const auto noted = record(desks, request, "user.change", "user", id.text(), std::move(details)); !noted)
    return problem(request, noted.error());
  if (role) user = accounts.set_role(id, *role == 1 ? Role::admin : Role::user);
  if (user && disabled) user = accounts.set_disabled(id, *disabled);
  if (!user) return problem(request, user.error());
  std::string out;
  JsonWriter(out).object([&](JsonWriter& json) {
    json.member("message", Text{"변경되었습니다.", "Changed."}.in(request.language));
    json.object("user", [&](JsonWriter& u) { write_admin_user(u, *user); });
  });
  return json(200, std::move(out));
}

Response audit(Desks& desks, const Request& request) {
  Parameters parameters(request);
  AuditQuery query;
  query.before_sequence = parameters.query_integer("before", 0, std::numeric_limits<std::int64_t>::max(), 0);
  query.limit = static_cast<std::size_t>(parameters.query_integer("limit", 1, 1000, 100));
  if (parameters.failed()) return parameters.refusal();
  const auto records = desks.services.audit().entries(query);
  if (!records) return problem(request, records.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("entries", [&](JsonWriter& list) {
      for (const AuditRecord& each : *records)
        list.object([&](JsonWriter& one) {
          const AuditEntry& entry = each.entry;
          one.member("sequence", each.sequence).member("at", entry.at);
          one.member("actor_id", entry.actor_id.is_nil() ? std::optional<UserId>() : entry.actor_id);
          one.member("actor_email", entry.actor_email).member("action", entry.action);
          one.member("subject_kind", entry.subject_kind).member("subject_id", entry.subject_id);
          one.member("request_id", entry.request_id);
          one.key("details").raw(entry.details.empty() ? "null" : std::string_view(entry.details));
        });
    });
    const bool more = records->size() == query.limit;
    json.member("next", more ? std::optional(records->back().sequence) : std::nullopt);
  });
  return json(200, std::move(body));
}

Response payment_totals(Desks& desks, const Request& request) {
  const auto totals = desks.services.cashier().totals();
  if (!totals) return problem(request, totals.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("totals", [&](JsonWriter& list) {
      for (const PaymentTotals& each : *totals)
        list.object([&](JsonWriter& row) {
          row.member("status", word(each.status)).member("method", name(each.method));
          row.member("currency", each.currency.text()).member("count", each.count);
          row.member("amount", each.amount_minor).member("refunded", each.refunded_minor);
        });
    });
  });
  return json(200, std::move(body));
}

Response ledger(Desks& desks, const Request& request) {
  const auto balances = desks.services.cashier().balances();
  if (!balances) return problem(request, balances.error());
  std::string body;
  JsonWriter(body).object([&](JsonWriter& json) {
    json.array("balances", [&](JsonWriter& list) {
      for (const AccountBalance& each : *balances)
        list.object([&](JsonWriter& row) {
          row.member("account", name(each.account.kind))
              .member("side", is_asset(each.account.kind) ? "debit" : "credit");
          row.member("currency", each.account.currency.text()).member("balance", each.balance_minor);
        });
    });
  });
  return json(200, std::move(body));
}

}  // namespace

void add_admin_account_routes(Router::Group& api, Desks& desks) {
  const auto add = [&](Method method, const char* path, auto handler) {
    api.add(method, path, Access::admin, blocking(desks, handler));
  };
  add(Method::get, "/admin/users", list_users);
  add(Method::patch, "/admin/users/:id", change_user);
  add(Method::get, "/admin/audit", audit);
  add(Method::get, "/admin/payments/stats", payment_totals);
  add(Method::get, "/admin/ledger", ledger);
}

}  // namespace tiketi::http
