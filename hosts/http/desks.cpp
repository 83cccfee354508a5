#include "desks.hpp"

#include "routes/payment_steps.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace tiketi::http {
namespace {

std::vector<Result<AskedPayment>> ask_all(Cashier& cashier, std::span<const ProviderQuestion> questions) {
  std::vector<BegunPayment> begun;
  begun.reserve(questions.size());
  for (const ProviderQuestion& each : questions) begun.push_back(each.begun);
  std::vector<AskedPayment> asked = cashier.ask(std::move(begun));
  return {std::make_move_iterator(asked.begin()), std::make_move_iterator(asked.end())};
}

/// Fills in what the receipts show, with one question of each kind for all of them.
Result<void> look_up(Services& services, std::vector<Receipt>& receipts) {
  std::vector<ReservationId> reservation_ids;
  std::vector<UserId> chargers;  // nil: not a charge
  for (const Receipt& each : receipts) {
    const bool charge = each.paid.payment.purpose == PaymentPurpose::points;
    reservation_ids.push_back(each.paid.payment.reservation_id);
    chargers.push_back(charge ? each.paid.payment.user_id : UserId{});
  }
  auto reservations = services.stores().box_office().reservations(reservation_ids);
  if (!reservations) return reservations.error();
  std::vector<EventId> event_ids;
  for (const auto& each : *reservations) event_ids.push_back(each ? each->event_id : EventId{});
  auto events = services.stores().catalog().events(event_ids);
  if (!events) return events.error();
  const bool charged = std::ranges::any_of(chargers, [](UserId each) { return !each.is_nil(); });
  std::vector<std::int64_t> balances(receipts.size());
  if (charged) {
    auto points = services.stores().payments().points(chargers);
    if (!points) return points.error();
    balances = std::move(*points);
  }
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    receipts[i].reservation = std::move((*reservations)[i]);
    if ((*events)[i]) receipts[i].event = std::move(*(*events)[i]);
    receipts[i].balance = balances[i];
  }
  return {};
}

std::vector<Result<Receipt>> finish_all(Services& services, std::span<const AskedPayment> asked) {
  std::vector<Result<PaidPayment>> paid = services.cashier().finish(asked);
  std::vector<Receipt> receipts;
  for (Result<PaidPayment>& each : paid)
    if (each) receipts.push_back({.paid = std::move(*each)});
  const Result<void> looked_up = receipts.empty() ? Result<void>() : look_up(services, receipts);
  std::vector<Result<Receipt>> out;
  out.reserve(paid.size());
  std::size_t next = 0;
  for (const Result<PaidPayment>& each : paid) {
    if (!each) out.emplace_back(each.error());
    else if (!looked_up) out.emplace_back(looked_up.error());
    else out.emplace_back(std::move(receipts[next++]));
  }
  return out;
}

std::vector<Result<RoomStatus>> touch_all(WaitingRoom& rooms, std::span<const Enter> questions) {
  std::vector<Result<RoomStatus>> out;
  out.reserve(questions.size());
  for (const Enter& each : questions) out.push_back(rooms.touch(each.event_id, each.user_id));
  return out;
}

/// Many ask for the same one at once, when a sale begins.
std::vector<Result<bool>> find_all(Catalog& catalog, std::span<const EventId> questions) {
  std::vector<EventId> events(questions.begin(), questions.end());
  std::ranges::sort(events);
  events.erase(std::ranges::unique(events).begin(), events.end());
  const auto found = catalog.details(events);
  std::vector<Result<bool>> out;
  out.reserve(questions.size());
  for (const EventId each : questions) {
    if (!found) out.emplace_back(found.error());
    else
      out.emplace_back(
          (*found)[static_cast<std::size_t>(std::ranges::lower_bound(events, each) - events.begin())].has_value());
  }
  return out;
}

constexpr std::size_t provider_desk_count = 4;

/// More than wait to begin: the provider may be slow.
constexpr std::size_t most_payments(std::size_t max_queue) { return 4 * max_queue; }

}  // namespace

Desks::Desks(Services& the_services, telemetry::Log& the_log, telemetry::Metrics& the_metrics, std::size_t max_queue)
    : services(the_services),
      log(the_log),
      metrics(the_metrics),
      pages(the_services.clock()),
      reserve([this](std::span<const Reserve> all) { return services.box_office().reserve(all); },
              {.max_queue = max_queue}),
      reserve_best([this](std::span<const ReserveBest> all) { return services.box_office().reserve_best(all); },
                   {.max_queue = max_queue}),
      payments_under_way(most_payments(max_queue)),
      begin_payment([this](std::span<const Pay> all) { return services.cashier().begin(all); },
                    {.max_queue = max_queue}),
      begin_order([this](std::span<const ConfirmOrder> all) { return services.cashier().begin_order(all); },
                  {.max_queue = max_queue}),
      finish_payment([this](std::span<const AskedPayment> all) { return finish_all(services, all); },
                     {.max_queue = most_payments(max_queue)}),
      enter_room([this](std::span<const Enter> all) { return services.waiting_room().enter(all); },
                 {.max_batch = 1'024, .max_queue = max_queue}),
      leave_room([this](std::span<const Leave> all) { return services.waiting_room().leave(all); },
                 {.max_batch = 1'024, .max_queue = max_queue}),
      read_room([this](std::span<const Enter> all) { return touch_all(services.waiting_room(), all); },
                {.max_queue = max_queue}),
      read_notice([this](std::span<const NoticeId> all) { return services.notice_board().get(all); },
                  {.max_queue = max_queue}),
      find_event([this](std::span<const EventId> all) { return find_all(services.catalog(), all); },
                 {.max_queue = max_queue}),
      webhooks([this](const std::string& order) { return look_again(*this, order); }) {
  const auto ask = [this](std::span<const ProviderQuestion> all) { return ask_all(services.cashier(), all); };
  for (std::size_t i = 0; i < provider_desk_count; ++i)
    provider_desks_.push_back(
        std::make_unique<ProviderDesk>(ask, BatcherLimits{.max_queue = most_payments(max_queue)}));
}

void Desks::stop() {
  webhooks.stop();
  reserve.stop();
  reserve_best.stop();
  begin_payment.stop();
  begin_order.stop();
  for (const auto& each : provider_desks_) each->stop();
  finish_payment.stop();
  enter_room.stop();
  leave_room.stop();
  read_room.stop();
  read_notice.stop();
  find_event.stop();
}

void Desks::changed(EventId event, const std::optional<std::vector<SeatId>>& seats) {
  pages.touch(subject_of(event));
  if (watch) watch(event, seats);
}

void Desks::changed(const Reservation& reservation) {
  std::vector<SeatId> seats;
  for (const ReservationLine& each : reservation.lines)
    if (each.is_seat()) seats.push_back(each.seat_id);
  changed(reservation.event_id, seats);
}

std::size_t Desks::provider_questions() const {
  std::size_t out = 0;
  for (const auto& each : provider_desks_) out += each->queued();
  return out;
}

std::string subject_of(EventId event) { return event.text(); }

Result<void> record(Desks& desks, const Request& request, std::string action, std::string subject_kind,
                    std::string subject_id, std::string details) {
  AuditEntry entry;
  entry.at = desks.services.clock().now();
  entry.actor_id = request.caller->user_id;
  entry.actor_email = request.caller->email;
  entry.action = std::move(action);
  entry.subject_kind = std::move(subject_kind);
  entry.subject_id = std::move(subject_id);
  entry.request_id = request.id;
  entry.details = std::move(details);
  return desks.services.audit().record({&entry, 1});
}

}  // namespace tiketi::http
