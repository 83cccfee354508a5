#include "desks.hpp"

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
      begin_payment([this](std::span<const Pay> all) { return services.cashier().begin(all); },
                    {.max_queue = max_queue}),
      begin_order([this](std::span<const ConfirmOrder> all) { return services.cashier().begin_order(all); },
                  {.max_queue = max_queue}),
      // A payment that was begun is never refused for a full queue: there are no more of them than the others let in.
      ask_provider([this](std::span<const ProviderQuestion> all) { return ask_all(services.cashier(), all); },
                   {.max_queue = 4 * max_queue}),
      finish_payment([this](std::span<const AskedPayment> all) { return services.cashier().finish(all); },
                     {.max_queue = 4 * max_queue}),
      read_notice([this](std::span<const NoticeId> all) { return services.notice_board().get(all); },
                  {.max_queue = max_queue}) {}

void Desks::stop() {
  reserve.stop();
  reserve_best.stop();
  begin_payment.stop();
  begin_order.stop();
  ask_provider.stop();
  finish_payment.stop();
  read_notice.stop();
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
