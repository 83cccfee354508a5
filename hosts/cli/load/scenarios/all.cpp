// The scenarios by their names.

#include "load/scenario.hpp"
#include "load/scenarios/contended.hpp"
#include "load/scenarios/logins.hpp"
#include "load/scenarios/mixed.hpp"
#include "load/scenarios/pages.hpp"
#include "load/scenarios/payments.hpp"
#include "load/scenarios/queues.hpp"

namespace tiketi::load {

const std::vector<ScenarioInfo>& scenario_infos() {
  static const std::vector<ScenarioInfo> all{
      {"events-list", "GET /api/events, ten events", 64},
      {"event-detail", "GET /api/events/ID", 64},
      {"seat-map", "GET /api/seats/events/ID with gzip; 4,900 seats if the server has such a layout", 64},
      {"seat-map-304", "the same by a client that has it: If-None-Match", 64},
      {"hold", "POST /api/seats/reserve, each another seat", 128, true},
      {"hold-contended", "500 buyers for 50 seats, event after event; the winners pay, and exactly 50 are sold", 500},
      {"stock-contended", "POST /api/reservations, all for one ticket type", 128, true},
      {"pay", "POST /api/payments/process by card, of holds that were made ready", 128},
      {"mixed", "40 % lists, 25 % details, 15 % seat maps, 15 % hold and pay, 5 % hold and cancel", 128},
      {"queue-enter", "POST /api/queue/enter, every user into every waiting room; one is admitted, all others wait",
       128},
      {"queue-status", "GET /api/queue/status/ID by those who wait", 128},
      {"login", "POST /api/auth/login", 8},
      {"login+hold", "log-ins on --login-connections, holds on all others", 132, true},
      {"idle", "connections that stay open and do nothing; --server-pid tells their memory", 10'000},
      {"sockets", "Socket.IO sockets that watch an event; how soon each is told of a hold, one every --hold-every ms",
       10'000},
      {"get", "GET --target, always answered the same, whatever it is", 64},
  };
  return all;
}

std::unique_ptr<Scenario> make_scenario(std::string_view name) {
  if (auto reads = make_read_scenario(name)) return reads;
  if (name == "hold") return std::make_unique<Holds>(Errands::Of::seats);
  if (name == "hold-contended") return std::make_unique<Contended>();
  if (name == "stock-contended") return std::make_unique<Holds>(Errands::Of::stock);
  if (name == "pay") return std::make_unique<HeldThenPaid>();
  if (name == "mixed") return std::make_unique<Mixed>();
  if (name == "queue-enter") return std::make_unique<QueueEntries>();
  if (name == "queue-status") return std::make_unique<QueueLooks>();
  if (name == "login") return std::make_unique<Logins>();
  if (name == "login+hold") return std::make_unique<LoginsBesideHolds>();
  return nullptr;
}

}  // namespace tiketi::load
