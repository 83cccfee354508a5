// How each error of the core is answered. The documented routes tell conflicts with 400, because their clients read it
// so; 409 and 410 are for what only newer routes meet.

#include "server/problem.hpp"

#include <cstddef>
#include <iterator>

namespace tiketi::http {
namespace {

struct Row {
  Errc code;
  int status;
  Text text;
};

constexpr Row rows[] = {
    {Errc::invalid_argument, 400, {"입력값이 올바르지 않습니다.", "The request is not valid."}},
    {Errc::limit_exceeded, 400, {"요청이 허용된 크기를 넘었습니다.", "The request goes beyond a limit."}},
    {Errc::overflow, 400, {"금액 또는 수량이 너무 큽니다.", "An amount or quantity is too large."}},
    {Errc::duplicate_item, 400, {"같은 항목이 두 번 들어 있습니다.", "The same item is in the request twice."}},
    {Errc::idempotency_misuse,
     422,
     {"같은 멱등 키가 다른 요청에 이미 사용되었습니다.", "The idempotency key was used before with another request."}},

    {Errc::not_authenticated, 401, {"인증이 필요합니다.", "Authentication is required."}},
    {Errc::token_invalid, 403, {"유효하지 않은 토큰입니다.", "The token is not valid."}},
    {Errc::account_gone, 401, {"사용자를 찾을 수 없습니다.", "The account does not exist any more."}},
    {Errc::account_locked,
     423,
     {"로그인 실패가 많아 계정이 잠겼습니다.", "The account is locked after too many failed log-ins."}},
    {Errc::credentials_refused,
     401,
     {"이메일 또는 비밀번호가 일치하지 않습니다.", "The e-mail address or the password is wrong."}},
    {Errc::refresh_reused, 401, {"다시 로그인해 주세요.", "Please log in again."}},
    {Errc::not_permitted, 403, {"권한이 없습니다.", "You are not allowed to do this."}},

    {Errc::event_not_found, 404, {"이벤트를 찾을 수 없습니다.", "Event not found"}},
    {Errc::layout_not_found, 404, {"좌석 배치를 찾을 수 없습니다.", "Seat layout not found"}},
    {Errc::ticket_type_not_found, 404, {"티켓 종류를 찾을 수 없습니다.", "Ticket type not found"}},
    {Errc::ticket_type_other_event, 400, {"다른 이벤트의 티켓입니다.", "The ticket type belongs to another event."}},
    {Errc::seat_not_found, 400, {"존재하지 않는 좌석입니다.", "There is no such seat."}},
    {Errc::seat_other_event, 400, {"다른 이벤트의 좌석입니다.", "The seat belongs to another event."}},
    {Errc::reservation_not_found, 404, {"예매 내역을 찾을 수 없습니다.", "Reservation not found"}},
    {Errc::user_not_found, 404, {"사용자를 찾을 수 없습니다.", "User not found"}},
    {Errc::payment_not_found, 404, {"결제 내역을 찾을 수 없습니다.", "Payment not found"}},
    {Errc::ticket_not_found, 404, {"티켓을 찾을 수 없습니다.", "Ticket not found"}},
    {Errc::notice_not_found, 404, {"공지사항을 찾을 수 없습니다.", "Notice not found"}},

    {Errc::event_cancelled, 400, {"취소된 이벤트입니다.", "The event was cancelled."}},
    {Errc::sale_not_open, 400, {"아직 판매가 시작되지 않았습니다.", "The sale has not opened yet."}},
    {Errc::sale_ended, 400, {"판매가 종료되었습니다.", "The sale has ended."}},
    {Errc::event_closed, 400, {"현재 예매할 수 없는 이벤트입니다.", "The event takes no reservations now."}},

    {Errc::queue_full,
     503,
     {"대기열이 가득 찼습니다. 잠시 후 다시 시도해 주세요.", "The waiting room is full; please try again later."}},
    {Errc::queue_required, 400, {"대기열을 거쳐 입장해 주세요.", "Please enter through the waiting room."}},
    {Errc::entry_token_forged, 400, {"유효하지 않은 입장 토큰입니다.", "The entry token is not genuine."}},
    {Errc::entry_token_other_event, 400, {"다른 이벤트의 입장 토큰입니다.", "The entry token is for another event."}},
    {Errc::entry_token_other_user,
     400,
     {"다른 사용자의 입장 토큰입니다.", "The entry token was given to somebody else."}},
    {Errc::entry_token_expired, 400, {"입장 토큰이 만료되었습니다.", "The entry token has expired."}},
    {Errc::admission_over,
     400,
     {"입장이 종료되었습니다. 다시 대기해 주세요.", "The admission is over; please enter the waiting room again."}},

    {Errc::reservation_limit,
     400,
     {"한 번에 예매할 수 있는 수량을 넘었습니다.", "That is more than one reservation may hold."}},
    {Errc::buyer_limit,
     400,
     {"1인당 예매 한도를 넘었습니다.", "That is more than one customer may hold for this event."}},

    {Errc::seat_blocked, 400, {"판매하지 않는 좌석입니다.", "The seat is not for sale."}},
    {Errc::seat_taken, 400, {"이미 선택된 좌석입니다.", "The seat is taken."}},
    {Errc::stock_short, 400, {"남은 티켓이 부족합니다.", "Not enough tickets are left."}},
    {Errc::no_best_seats, 400, {"연속된 빈 좌석이 없습니다.", "No adjacent seats are free."}},

    {Errc::hold_expired, 400, {"예매 시간이 만료되었습니다.", "The hold has expired."}},
    {Errc::reservation_confirmed, 400, {"이미 결제된 예매입니다.", "The reservation is paid for already."}},
    {Errc::reservation_cancelled, 400, {"취소된 예매입니다.", "The reservation was cancelled."}},
    {Errc::extension_limit, 409, {"더 이상 연장할 수 없습니다.", "The hold can't be extended any further."}},

    {Errc::amount_mismatch, 400, {"결제 금액이 일치하지 않습니다.", "The amount is not what is due."}},
    {Errc::payment_in_progress, 400, {"다른 결제가 진행 중입니다.", "Another payment is being made."}},
    {Errc::payment_completed, 400, {"이미 결제된 예매입니다.", "It is paid for already."}},
    {Errc::payment_over, 400, {"이미 끝난 결제입니다.", "The payment is over."}},
    {Errc::points_short, 400, {"포인트가 부족합니다.", "There are not enough points."}},
    {Errc::payment_refused, 400, {"결제가 거절되었습니다.", "The payment was refused."}},
    {Errc::money_returned,
     400,
     {"결제가 늦어 자동으로 환불됩니다.", "The payment came too late and is returned by itself."}},
    {Errc::refund_not_allowed, 400, {"환불할 수 없는 결제입니다.", "The payment can't be refunded."}},
    {Errc::refund_exceeds, 400, {"환불 가능한 금액을 넘었습니다.", "That is more than is left to refund."}},
    {Errc::refund_in_progress, 400, {"다른 환불이 진행 중입니다.", "Another refund is being made."}},

    {Errc::ticket_forged, 422, {"위조되었거나 잘못된 티켓입니다.", "The ticket is not genuine."}},
    {Errc::ticket_used, 409, {"이미 입장한 티켓입니다.", "The ticket was used before."}},
    {Errc::ticket_void, 410, {"취소된 티켓입니다.", "The ticket is void."}},

    {Errc::already_exists, 400, {"이미 존재합니다.", "It exists already."}},
    {Errc::has_reservations,
     400,
     {"예매된 좌석이나 티켓이 있어 변경할 수 없습니다.", "Seats or tickets of it are held or sold."}},
    {Errc::version_conflict,
     503,
     {"다른 변경과 겹쳤습니다. 다시 시도해 주세요.", "Somebody else changed it first; please try again."}},
    {Errc::payment_mismatch, 400, {"다른 결제로 이미 확정되었습니다.", "It was confirmed with another payment."}},

    {Errc::overloaded,
     503,
     {"요청이 많습니다. 잠시 후 다시 시도해 주세요.", "The service is busy; please try again in a moment."}},
    {Errc::stopped,
     503,
     {"서비스가 종료되는 중입니다. 잠시 후 다시 시도해 주세요.",
      "The service is shutting down; please try again in a moment."}},
    {Errc::provider_unavailable,
     503,
     {"결제 서비스에 연결할 수 없습니다. 잠시 후 다시 시도해 주세요.",
      "The payment provider can't be reached; please try again in a moment."}},
    {Errc::not_supported, 501, {"지원하지 않는 기능입니다.", "This is not supported here."}},
    {Errc::storage_full, 507, {"저장 공간이 부족합니다.", "There is no space left to store it."}},
    {Errc::storage_newer, 500, {"서버 오류가 발생했습니다.", "Something went wrong on the server."}},
    {Errc::storage_mismatch, 500, {"서버 오류가 발생했습니다.", "Something went wrong on the server."}},
    {Errc::storage_constraint, 500, {"서버 오류가 발생했습니다.", "Something went wrong on the server."}},
    {Errc::outcome_unknown,
     503,
     {"처리 결과를 확인하지 못했습니다. 다시 시도해 주세요.", "Whether it was done is not known; please try again."}},
    {Errc::unavailable,
     503,
     {"일시적으로 서비스를 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.",
      "The service is unavailable; please try again in a moment."}},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(rows); ++i)
    if (rows[i].code != static_cast<Errc>(i)) return false;
  return rows[std::size(rows) - 1].code == Errc::unavailable;
}
static_assert(in_order(), "every code has its answer, in the order of the codes");

}  // namespace

ErrorAnswer answer_to(Errc code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  if (index >= std::size(rows)) return {500, {"서버 오류가 발생했습니다.", "Something went wrong on the server."}};
  return {rows[index].status, rows[index].text};
}

}  // namespace tiketi::http
