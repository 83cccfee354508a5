// points, payment, refund, ledger

#include "commands/money.hpp"

#include "format.hpp"
#include "json.hpp"
#include "resolve.hpp"

#include <tiketi/adapters/sandbox.hpp>

#include <algorithm>

namespace tiketi::cli {
namespace {

constexpr std::size_t recovered_at_once = 1'000;

void print_payment(const Payment& payment, std::span<const Refund> refunds, std::ostream& out) {
  const Currency currency = payment.amount.currency;
  Rows rows{{payment.order_id, std::string(name(payment.status))},
            {"  amount", format_money(payment.amount) + " by " + std::string(name(payment.method))}};
  if (payment.points_minor > 0) rows.push_back({"  of it points", format_money({payment.points_minor, currency})});
  if (!payment.failure_code.empty()) rows.push_back({"  failed by", payment.failure_code});
  rows.push_back({"  made", format_time(payment.created_at)});
  if (payment.paid_at != Timestamp{}) rows.push_back({"  paid", format_time(payment.paid_at)});
  rows.push_back({"  for", payment.reservation_id.is_nil() ? "points" : payment.reservation_id.text()});
  rows.push_back({"  customer", payment.user_id.text()});
  rows.push_back({"  id", payment.id.text()});
  out << format_table(rows);
  for (const Refund& each : refunds) out << "  " << refund_text(each) << '\n';
}

Result<std::vector<std::vector<Refund>>> refunds_of(Services& services, std::span<const Payment> payments) {
  std::vector<PaymentId> ids;
  for (const Payment& each : payments) ids.push_back(each.id);
  return services.cashier().refunds_of(ids);
}

std::string what_happened(const PointHistoryLine& line) {
  switch (type_of(line)) {
    case PointHistoryType::charge:
      return "charged";
    case PointHistoryType::use:
      return "used";
    case PointHistoryType::refund:
      return "refunded";
  }
  return {};
}

}  // namespace

std::string refund_text(const Refund& refund) {
  const Currency currency = refund.amount.currency;
  std::string out = "refund of " + format_money(refund.amount);
  if (refund.points_minor > 0) out += " (" + format_money({refund.points_minor, currency}) + " of it as points)";
  if (refund.fee_minor > 0) out += ", " + format_money({refund.fee_minor, currency}) + " kept as fee";
  if (refund.status == RefundStatus::completed) return out + ": done " + format_time(refund.completed_at);
  out += ": booked, not given back by the provider yet";
  if (!refund.failure_code.empty()) out += " (" + refund.failure_code + ")";
  return out + "; the server, or `tiketi payment recover`, goes on";
}

Result<void> check_provider(Services& services, const Payment& payment) {
  if (payment.provider.empty() || payment.provider == services.sandbox()->name()) return {};
  return Error{
      Errc::not_supported,
      "the money was taken by " + payment.provider + ": refund it by the server's API, which knows its secrets",
      {{"provider", payment.provider}}};
}

Ended run(const PointsBalanceCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto user = user_of(**services, command.user);
  if (user.has_error()) return user.error();
  const auto points = (*services)->cashier().points(*user);
  if (points.has_error()) return points.error();
  if (session.json()) print_json(session.terminal, {{"user", user->text()}, {"balance", *points}});
  else session.terminal.out << with_commas(*points) << " points\n";
  return ExitCode::ok;
}

Ended run(const PointsHistoryCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto user = user_of(**services, command.user);
  if (user.has_error()) return user.error();
  const auto page = (*services)->cashier().point_history(*user, command.page, command.limit);
  if (page.has_error()) return page.error();
  boost::json::array list;
  Rows rows{{"AT", "WHAT", "POINTS", "BALANCE", "PAYMENT"}};
  for (const PointHistoryLine& each : page->lines) {
    list.push_back({{"type", name(type_of(each))},
                    {"amount", each.amount_minor},
                    {"balance", each.balance_after_minor},
                    {"payment", each.payment_id.text()},
                    {"at", to_iso8601(each.at)}});
    rows.push_back({format_time(each.at), what_happened(each), with_commas(each.amount_minor),
                    with_commas(each.balance_after_minor), each.payment_id.text()});
  }
  if (session.json()) {
    print_json(session.terminal, {{"user", user->text()},
                                  {"history", std::move(list)},
                                  {"total", page->total},
                                  {"page", command.page},
                                  {"limit", command.limit}});
    return ExitCode::ok;
  }
  if (!page->lines.empty()) session.terminal.out << format_table(rows);
  session.terminal.out << page->lines.size() << " of " << with_commas(page->total) << " lines.\n";
  return ExitCode::ok;
}

Ended run(const PaymentListCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto user = user_of(**services, command.user);
  if (user.has_error()) return user.error();
  const auto payments = (*services)->cashier().payments_of(*user, {}, command.limit);
  if (payments.has_error()) return payments.error();
  const auto refunds = refunds_of(**services, *payments);
  if (refunds.has_error()) return refunds.error();
  boost::json::array list;
  for (std::size_t i = 0; i < payments->size(); ++i) {
    if (session.json()) list.push_back(to_json((*payments)[i], (*refunds)[i]));
    else print_payment((*payments)[i], (*refunds)[i], session.terminal.out);
  }
  if (session.json()) print_json(session.terminal, {{"payments", std::move(list)}});
  else if (payments->empty()) session.terminal.out << "This customer has paid nothing.\n";
  return ExitCode::ok;
}

Ended run(const PaymentShowCommand& command, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto payment = find_payment(**services, command.payment);
  if (payment.has_error()) return payment.error();
  const auto refunds = refunds_of(**services, {&*payment, 1});
  if (refunds.has_error()) return refunds.error();
  if (session.json()) print_json(session.terminal, to_json(*payment, refunds->front()));
  else print_payment(*payment, refunds->front(), session.terminal.out);
  return ExitCode::ok;
}

Ended run(const PaymentRecoverCommand& command, Session& session) {
  const auto services = open_store(session, Needs{.books = true});
  if (services.has_error()) return services.error();
  if (const auto noted = record(**services, "payment.recover", "payment", "all"); noted.has_error())
    return noted.error();
  std::size_t ended = 0;
  while (command.limit == 0 || ended < command.limit) {
    const std::size_t most =
        command.limit == 0 ? recovered_at_once : std::min(recovered_at_once, command.limit - ended);
    const auto some = (*services)->cashier().recover(most);
    if (some.has_error()) return some.error();
    ended += *some;
    if (*some == 0) break;
  }
  if (session.json()) print_json(session.terminal, {{"ended", ended}});
  else
    session.terminal.out << "Brought " << with_commas(static_cast<std::int64_t>(ended))
                         << " payments, refunds and cancellations to their end.\n";
  return ExitCode::ok;
}

Ended run(const RefundCommand& command, Session& session) {
  const auto services = open_store(session, Needs{.books = true});
  if (services.has_error()) return services.error();
  const auto payment = find_payment(**services, command.payment);
  if (payment.has_error()) return payment.error();
  if (const auto ours = check_provider(**services, *payment); ours.has_error()) return ours.error();
  RefundPayment wanted{payment->id, {}, command.amount, RefundReason::admin, command.reason};
  boost::json::object details{{"reason", command.reason}};
  if (command.amount) details["amount"] = *command.amount;
  if (const auto noted =
          record(**services, "payment.refund", "payment", payment->id.text(), boost::json::serialize(details));
      noted.has_error())
    return noted.error();
  const auto refund = (*services)->cashier().refund(wanted);
  if (refund.has_error()) return refund.error();
  if (session.json()) {
    print_json(session.terminal, to_json(*refund));
    return ExitCode::ok;
  }
  session.terminal.out << refund_text(*refund) << '\n'
                       << (refund->cancels_reservation ? "The places were given back.\n" : "");
  return ExitCode::ok;
}

Ended run(const LedgerCommand&, Session& session) {
  const auto services = open_store(session);
  if (services.has_error()) return services.error();
  const auto balances = (*services)->cashier().balances();
  if (balances.has_error()) return balances.error();
  const auto totals = (*services)->cashier().totals();
  if (totals.has_error()) return totals.error();
  boost::json::array accounts, payments;
  Rows account_rows{{"ACCOUNT", "BALANCE"}}, payment_rows{{"PAYMENTS", "BY", "COUNT", "AMOUNT", "REFUNDED"}};
  for (const AccountBalance& each : *balances) {
    const Currency currency = each.account.currency;
    accounts.push_back({{"account", name(each.account.kind)},
                        {"currency", currency.text()},
                        {"balance", each.balance_minor},
                        {"asset", is_asset(each.account.kind)}});
    account_rows.push_back({std::string(name(each.account.kind)), format_money({each.balance_minor, currency})});
  }
  for (const PaymentTotals& each : *totals) {
    payments.push_back({{"status", name(each.status)},
                        {"method", name(each.method)},
                        {"currency", each.currency.text()},
                        {"count", each.count},
                        {"amount", each.amount_minor},
                        {"refunded", each.refunded_minor}});
    payment_rows.push_back({std::string(name(each.status)), std::string(name(each.method)), with_commas(each.count),
                            format_money({each.amount_minor, each.currency}),
                            format_money({each.refunded_minor, each.currency})});
  }
  if (session.json()) {
    print_json(session.terminal, {{"balances", std::move(accounts)}, {"payments", std::move(payments)}});
    return ExitCode::ok;
  }
  if (balances->empty() && totals->empty()) session.terminal.out << "The books are empty.\n";
  else session.terminal.out << format_table(account_rows) << '\n' << format_table(payment_rows);
  return ExitCode::ok;
}

}  // namespace tiketi::cli
