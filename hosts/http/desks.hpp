#pragma once
// What the routes work with: the services, with a batcher before each command that many customers give at once.

#include "ready_cache.hpp"
#include "server/request.hpp"
#include "slots.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "webhook_queue.hpp"

#include <tiketi/base/batcher.hpp>
#include <tiketi/open.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi::http {

/// A payment that was begun, on its way to the provider. An answer that could not be given becomes part of it.
struct ProviderQuestion {
  BegunPayment begun;
};

/// A payment that was made, with what its receipt shows.
struct Receipt {
  PaidPayment paid;
  std::optional<Reservation> reservation;  ///< nothing for a charge of points
  Event event;                             ///< of the reservation
  std::int64_t balance = 0;                ///< of points, after a charge
};

/// Lives as long as the server; the services, log and metrics outlive it. `stop` before the services go.
struct Desks {
  Desks(Services& the_services, telemetry::Log& the_log, telemetry::Metrics& the_metrics, std::size_t max_queue);

  /// Answers what is queued and refuses what comes.
  void stop();

  /// Something of the event has changed: pages of it are out of date, and who watches it is told. Of its seats only
  /// these, if it is said which.
  void changed(EventId event, const std::optional<std::vector<SeatId>>& seats = std::nullopt);
  void changed(const Reservation& reservation);

  Services& services;
  telemetry::Log& log;
  telemetry::Metrics& metrics;
  ReadyCache pages;
  /// Is told what `changed`. Set before there are threads; must not wait.
  std::function<void(EventId, const std::optional<std::vector<SeatId>>&)> watch;

  Batcher<Reserve, Result<Reserved>> reserve;
  Batcher<ReserveBest, Result<Reserved>> reserve_best;
  /// A payment takes a slot before it begins, and has it until it is answered: the queues behind the first take as many
  /// as there are slots, so that nothing which has begun is refused.
  Slots payments_under_way;
  Batcher<Pay, Result<BegunPayment>> begin_payment;
  Batcher<ConfirmOrder, Result<BegunPayment>> begin_order;
  Batcher<AskedPayment, Result<Receipt>> finish_payment;
  Batcher<Enter, Result<RoomStatus>> enter_room;
  Batcher<Leave, Result<void>> leave_room;
  Batcher<Enter, Result<RoomStatus>> read_room;  ///< for rooms that are not in memory
  Batcher<NoticeId, Result<Notice>> read_notice;
  Batcher<EventId, Result<bool>> find_event;  ///< whether there is such an event
  WebhookQueue webhooks;

  using ProviderDesk = Batcher<ProviderQuestion, Result<AskedPayment>>;
  /// One of several, in turn: a provider that keeps one batch waiting does not keep the next.
  ProviderDesk& ask_provider() { return *provider_desks_[next_provider_desk_++ % provider_desks_.size()]; }

  /// How many questions wait at all of them.
  std::size_t provider_questions() const;

 private:
  std::vector<std::unique_ptr<ProviderDesk>> provider_desks_;
  std::atomic<std::size_t> next_provider_desk_ = 0;
};

/// What is made of an event, for `ReadyCache::touch`.
std::string subject_of(EventId event);
/// What is made of many events.
inline constexpr std::string_view all_events = "events";

/// Writes down what an admin did. An audit that can't be written refuses the action: call it before.
Result<void> record(Desks& desks, const Request& request, std::string action, std::string subject_kind,
                    std::string subject_id, std::string details = {});

}  // namespace tiketi::http
