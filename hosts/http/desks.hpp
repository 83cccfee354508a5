#pragma once
// What the routes work with: the services, with a batcher before each command that many customers give at once.

#include "ready_cache.hpp"
#include "server/request.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

#include <tiketi/base/batcher.hpp>
#include <tiketi/open.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace tiketi::http {

/// A payment that was begun, on its way to the provider. An answer that could not be given becomes part of it.
struct ProviderQuestion {
  BegunPayment begun;
};

/// Lives as long as the server; the services, log and metrics outlive it. `stop` before the services go.
struct Desks {
  Desks(Services& the_services, telemetry::Log& the_log, telemetry::Metrics& the_metrics, std::size_t max_queue);

  /// Answers what is queued and refuses what comes.
  void stop();

  Services& services;
  telemetry::Log& log;
  telemetry::Metrics& metrics;
  ReadyCache pages;

  Batcher<Reserve, Result<Reserved>> reserve;
  Batcher<ReserveBest, Result<Reserved>> reserve_best;
  Batcher<Pay, Result<BegunPayment>> begin_payment;
  Batcher<ConfirmOrder, Result<BegunPayment>> begin_order;
  Batcher<ProviderQuestion, Result<AskedPayment>> ask_provider;
  Batcher<AskedPayment, Result<PaidPayment>> finish_payment;
  Batcher<NoticeId, Result<Notice>> read_notice;
};

/// What is made of an event, for `ReadyCache::touch`.
std::string subject_of(EventId event);
/// What is made of many events.
inline constexpr std::string_view all_events = "events";

/// Writes down what an admin did. An audit that can't be written refuses the action: call it before.
Result<void> record(Desks& desks, const Request& request, std::string action, std::string subject_kind,
                    std::string subject_id, std::string details = {});

}  // namespace tiketi::http
