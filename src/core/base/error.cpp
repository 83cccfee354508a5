#include <tiketi/base/error.hpp>

#include <boost/assert/source_location.hpp>

#include <cstddef>
#include <iterator>
#include <stdexcept>

namespace tiketi {

namespace {

struct Name {
  Errc code;
  std::string_view text;
};

constexpr Name names[] = {
    {Errc::invalid_argument, "invalid_argument"},
    {Errc::limit_exceeded, "limit_exceeded"},
    {Errc::overflow, "overflow"},
    {Errc::duplicate_item, "duplicate_item"},
    {Errc::idempotency_misuse, "idempotency_misuse"},
    {Errc::not_authenticated, "not_authenticated"},
    {Errc::token_invalid, "token_invalid"},
    {Errc::account_gone, "account_gone"},
    {Errc::account_locked, "account_locked"},
    {Errc::credentials_refused, "credentials_refused"},
    {Errc::refresh_reused, "refresh_reused"},
    {Errc::not_permitted, "not_permitted"},
    {Errc::event_not_found, "event_not_found"},
    {Errc::layout_not_found, "layout_not_found"},
    {Errc::ticket_type_not_found, "ticket_type_not_found"},
    {Errc::ticket_type_other_event, "ticket_type_other_event"},
    {Errc::seat_not_found, "seat_not_found"},
    {Errc::seat_other_event, "seat_other_event"},
    {Errc::reservation_not_found, "reservation_not_found"},
    {Errc::user_not_found, "user_not_found"},
    {Errc::payment_not_found, "payment_not_found"},
    {Errc::ticket_not_found, "ticket_not_found"},
    {Errc::notice_not_found, "notice_not_found"},
    {Errc::event_cancelled, "event_cancelled"},
    {Errc::sale_not_open, "sale_not_open"},
    {Errc::sale_ended, "sale_ended"},
    {Errc::event_closed, "event_closed"},
    {Errc::queue_full, "queue_full"},
    {Errc::queue_required, "queue_required"},
    {Errc::entry_token_forged, "entry_token_forged"},
    {Errc::entry_token_other_event, "entry_token_other_event"},
    {Errc::entry_token_other_user, "entry_token_other_user"},
    {Errc::entry_token_expired, "entry_token_expired"},
    {Errc::admission_over, "admission_over"},
    {Errc::reservation_limit, "reservation_limit"},
    {Errc::buyer_limit, "buyer_limit"},
    {Errc::seat_blocked, "seat_blocked"},
    {Errc::seat_taken, "seat_taken"},
    {Errc::stock_short, "stock_short"},
    {Errc::no_best_seats, "no_best_seats"},
    {Errc::hold_expired, "hold_expired"},
    {Errc::reservation_confirmed, "reservation_confirmed"},
    {Errc::reservation_cancelled, "reservation_cancelled"},
    {Errc::extension_limit, "extension_limit"},
    {Errc::amount_mismatch, "amount_mismatch"},
    {Errc::payment_in_progress, "payment_in_progress"},
    {Errc::payment_completed, "payment_completed"},
    {Errc::payment_over, "payment_over"},
    {Errc::points_short, "points_short"},
    {Errc::payment_refused, "payment_refused"},
    {Errc::money_returned, "money_returned"},
    {Errc::refund_not_allowed, "refund_not_allowed"},
    {Errc::refund_exceeds, "refund_exceeds"},
    {Errc::refund_in_progress, "refund_in_progress"},
    {Errc::ticket_forged, "ticket_forged"},
    {Errc::ticket_used, "ticket_used"},
    {Errc::ticket_void, "ticket_void"},
    {Errc::already_exists, "already_exists"},
    {Errc::has_reservations, "has_reservations"},
    {Errc::version_conflict, "version_conflict"},
    {Errc::payment_mismatch, "payment_mismatch"},
    {Errc::overloaded, "overloaded"},
    {Errc::stopped, "stopped"},
    {Errc::provider_unavailable, "provider_unavailable"},
    {Errc::not_supported, "not_supported"},
    {Errc::storage_full, "storage_full"},
    {Errc::storage_newer, "storage_newer"},
    {Errc::storage_mismatch, "storage_mismatch"},
    {Errc::storage_constraint, "storage_constraint"},
    {Errc::outcome_unknown, "outcome_unknown"},
    {Errc::unavailable, "unavailable"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (names[i].code != static_cast<Errc>(i)) return false;
  return names[std::size(names) - 1].code == Errc::unavailable;
}
static_assert(in_order(), "every code has its name, in the order of the codes");

}  // namespace

std::string_view name(Errc code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(names) ? names[index].text : "unknown";
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  std::string text(name(error.code));
  text += ": " + error.message;
  for (const Detail& each : error.details) text += " (" + each.name + ": " + each.value + ")";
  throw std::runtime_error(text + " [at " + where.to_string() + "]");
}

}  // namespace tiketi
