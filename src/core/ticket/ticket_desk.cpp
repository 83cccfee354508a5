#include <tiketi/ticket/ticket_desk.hpp>

#include "core/ticket/admission.hpp"
#include "core/ticket/settling.hpp"

#include <string>
#include <utility>

namespace tiketi {

using namespace ticket;

namespace {

constexpr std::int32_t max_page_size = 1'000;
/// How many reservations are looked at before a customer's tickets are listed.
constexpr std::size_t newest_reservations = 20;

Result<Ticket> owned(std::optional<Ticket> found, const std::optional<UserId>& owner) {
  if (!found || (owner && found->user_id != *owner)) return ticket_not_found();
  return std::move(*found);
}

}  // namespace

struct TicketDesk::Body {
  Desk desk;
};

TicketDesk::TicketDesk(TicketStore& store, TicketReservations& reservations, TicketSigner& signer, Clock& clock)
    : body_(std::make_unique<Body>(Body{{store, reservations, signer, clock}})) {}

TicketDesk::~TicketDesk() = default;

std::vector<Result<std::vector<Ticket>>> TicketDesk::issue(std::span<const ReservationId> reservations) {
  return settle_all(body_->desk, settle, reservations);
}

Result<std::vector<Ticket>> TicketDesk::tickets_of(ReservationId reservation, std::optional<UserId> owner) {
  return std::move(settle_all(body_->desk, settle, {&reservation, 1}, owner).front());
}

Result<TicketPage> TicketDesk::tickets_of_user(UserId user, std::int32_t page, std::int32_t limit) {
  if (page < 1) return Error{Errc::invalid_argument, "pages count from 1", {{"field", "page"}}};
  if (limit < 1 || limit > max_page_size)
    return Error{Errc::invalid_argument, "a limit is 1 to 1000", {{"field", "limit"}}};
  if (page == 1) {
    const auto newest = body_->desk.reservations.newest_of(user, newest_reservations);
    if (newest.has_error()) return newest.error();
    std::vector<ReservationId> ids;
    for (const TicketReservation& each : *newest) ids.push_back(each.id);
    for (const auto& settled : issue(ids))
      if (settled.has_error() && settled.error().code != Errc::limit_exceeded) return settled.error();
  }
  return body_->desk.store.tickets_of_user(user, std::int64_t{page - 1} * limit, limit);
}

Result<Ticket> TicketDesk::ticket(TicketId id, std::optional<UserId> owner) {
  auto found = body_->desk.store.tickets({&id, 1});
  if (found.has_error()) return found.error();
  return owned(std::move(found->front()), owner);
}

Result<Ticket> TicketDesk::ticket(const TicketNumber& number, std::optional<UserId> owner) {
  auto found = body_->desk.store.ticket_numbered(number);
  if (found.has_error()) return found.error();
  return owned(std::move(*found), owner);
}

std::string TicketDesk::code(const Ticket& ticket) {
  TicketSigner& signer = body_->desk.signer;
  const TicketClaims claims{signer.key_id(), ticket.id, ticket.event_id, ticket.issued_at};
  return write_code({claims, signer.sign(signing_bytes(claims))});
}

std::vector<TicketPublicKey> TicketDesk::public_keys() { return body_->desk.signer.public_keys(); }

std::vector<Result<Ticket>> TicketDesk::check_in(std::span<const CheckIn> commands) {
  return check_in_all(body_->desk, commands);
}

Result<Ticket> TicketDesk::check_in(const CheckIn& command) { return std::move(check_in({&command, 1}).front()); }

Result<std::vector<Ticket>> TicketDesk::void_tickets(ReservationId reservation) {
  return std::move(settle_all(body_->desk, void_all, {&reservation, 1}).front());
}

Result<TicketCounts> TicketDesk::counts(EventId event) { return body_->desk.store.counts(event); }

}  // namespace tiketi
