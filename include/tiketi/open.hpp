#pragma once
// Where most embedders start: names a store by its address and gets the services, wired together.

#include <tiketi/adapters/stores.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/box_office/box_office.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/event_bus.hpp>
#include <tiketi/ports/ids.hpp>
#include <tiketi/ports/lock.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace tiketi {

/// Whether a store's tables are brought up to date when it is opened.
enum class Migrate {
  automatic,  ///< yes for sqlite: and memory; for a database server only `check`
  yes,
  check,  ///< refuse (storage_mismatch) if migrations are missing
};

struct OpenOptions {
  Migrate migrate = Migrate::automatic;
  BoxOfficePolicy policy;
  Clock* clock = nullptr;  ///< the system's if none is given; must outlive the services
  Ids* ids = nullptr;      ///< random UUIDv7 if none is given; must outlive the services
};

/// The services of one store. All of them are thread-safe and live as long as this object.
class Services {
 public:
  virtual ~Services() = default;
  virtual Catalog& catalog() = 0;
  virtual BoxOffice& box_office() = 0;
  virtual Stores& stores() = 0;
  virtual EventBus& bus() = 0;
  virtual Lock& lock() = 0;
  virtual Clock& clock() = 0;
  virtual Ids& ids() = 0;

  /// Checks every invariant on all that is stored; nothing is found unless something is broken.
  virtual Result<std::vector<Finding>> verify() = 0;

  /// Starts a thread that sweeps expired holds, publishes the outbox on the bus and forgets old
  /// idempotency keys, about every `interval_ms`, until the services are destroyed. `on_error` is told
  /// what went wrong; the work is tried again at the next turn.
  virtual void start_housekeeping(std::int64_t interval_ms = second_ms,
                                  std::function<void(const Error&)> on_error = {}) = 0;
};

/// `memory`, `sqlite:PATH`, or `postgres://user:password@host:port/name` (any libpq URI). invalid_argument
/// (unknown address), not_supported (built without that store), storage_newer, storage_mismatch, unavailable.
Result<std::unique_ptr<Services>> open(std::string_view address, const OpenOptions& options = {});

}  // namespace tiketi
