#include "exit_code.hpp"

namespace tiketi::cli {

ExitCode exit_code_of(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
    case Errc::limit_exceeded:
    case Errc::overflow:
    case Errc::duplicate_item:
    case Errc::idempotency_misuse:
    case Errc::not_supported:
      return ExitCode::usage;
    case Errc::event_not_found:
    case Errc::layout_not_found:
    case Errc::ticket_type_not_found:
    case Errc::ticket_type_other_event:
    case Errc::seat_not_found:
    case Errc::seat_other_event:
    case Errc::reservation_not_found:
    case Errc::user_not_found:
    case Errc::payment_not_found:
    case Errc::ticket_not_found:
    case Errc::notice_not_found:
      return ExitCode::not_found;
    case Errc::event_cancelled:
    case Errc::sale_not_open:
    case Errc::sale_ended:
    case Errc::event_closed:
    case Errc::queue_full:
    case Errc::queue_required:
    case Errc::entry_token_forged:
    case Errc::entry_token_other_event:
    case Errc::entry_token_other_user:
    case Errc::entry_token_expired:
    case Errc::admission_over:
    case Errc::reservation_limit:
    case Errc::buyer_limit:
    case Errc::seat_blocked:
    case Errc::seat_taken:
    case Errc::stock_short:
    case Errc::no_best_seats:
    case Errc::hold_expired:
    case Errc::reservation_confirmed:
    case Errc::reservation_cancelled:
    case Errc::extension_limit:
    case Errc::already_exists:
    case Errc::has_reservations:
    case Errc::payment_mismatch:
    case Errc::not_authenticated:
    case Errc::token_invalid:
    case Errc::account_gone:
    case Errc::account_locked:
    case Errc::credentials_refused:
    case Errc::refresh_reused:
    case Errc::not_permitted:
    case Errc::amount_mismatch:
    case Errc::payment_in_progress:
    case Errc::payment_completed:
    case Errc::payment_over:
    case Errc::points_short:
    case Errc::payment_refused:
    case Errc::money_returned:
    case Errc::refund_not_allowed:
    case Errc::refund_exceeds:
    case Errc::refund_in_progress:
    case Errc::ticket_forged:
    case Errc::ticket_used:
    case Errc::ticket_void:
      return ExitCode::refused;
    case Errc::version_conflict:
    case Errc::overloaded:
    case Errc::stopped:
    case Errc::provider_unavailable:
    case Errc::storage_full:
    case Errc::storage_newer:
    case Errc::storage_mismatch:
    case Errc::storage_constraint:
    case Errc::outcome_unknown:
    case Errc::unavailable:
      return ExitCode::unavailable;
  }
  return ExitCode::unavailable;
}

std::string_view exit_code_table() noexcept {
  return "Exit codes:\n"
         "  0    done\n"
         "  1    refused by a rule: a seat is taken, the sale is not open, the hold is over …\n"
         "  2    bad input: an unknown flag, a value out of range, a file that is not a layout …\n"
         "  3    no such event, layout, seat, ticket type, reservation, user, payment, ticket or notice\n"
         "  4    the storage can't be used: unreachable, full, not ours, from a newer version …\n"
         "  5    verify or queue audit found something broken, bench a wrong answer\n"
         "  130  interrupted; what was reported is what was done\n";
}

}  // namespace tiketi::cli
