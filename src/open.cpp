#include <tiketi/adapters/local.hpp>
#include <tiketi/adapters/memory.hpp>
#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/adapters/system.hpp>
#include <tiketi/open.hpp>
#ifdef TIKETI_WITH_POSTGRES
#include <tiketi/adapters/postgres.hpp>
#endif

#include "housekeeping.hpp"
#include "verify.hpp"

#include <string>
#include <utility>

namespace tiketi {
namespace {

struct Opened {
  std::unique_ptr<Stores> stores;
  bool embedded = true;  ///< nobody else is in charge of its tables
};

Error unknown_address(std::string message) {
  return {Errc::invalid_argument, std::move(message), {{"field", "store"}}};
}

Result<Opened> open_sqlite(std::string_view path) {
  if (path.empty()) return unknown_address("sqlite: needs a file, for example sqlite:box.db");
  if (path == ":memory:") return unknown_address("sqlite: needs a file; for a store in memory the address is: memory");
  auto stores = sqlite::open(std::string(path));
  if (!stores) return stores.error();
  return Opened{std::move(*stores), true};
}

Result<Opened> open_postgres([[maybe_unused]] std::string_view address) {
#ifdef TIKETI_WITH_POSTGRES
  auto stores = postgres::open(std::string(address));
  if (!stores) return stores.error();
  return Opened{std::move(*stores), false};
#else
  return Error{Errc::not_supported, "built without PostgreSQL; build with -DTIKETI_POSTGRES=ON"};
#endif
}

Result<Opened> open_stores(std::string_view address) {
  constexpr std::string_view sqlite_scheme = "sqlite:";
  if (address == "memory") return Opened{memory::make_stores(), true};
  if (address.starts_with(sqlite_scheme)) return open_sqlite(address.substr(sqlite_scheme.size()));
  if (address.starts_with("postgres://") || address.starts_with("postgresql://")) return open_postgres(address);
  // The address is not repeated: it may hold a password.
  return unknown_address(address.empty() ? "no store is named; use memory, sqlite:PATH or postgres://…"
                                         : "unknown store; use memory, sqlite:PATH or postgres://…");
}

Result<void> prepare_tables(Stores& stores, bool may_migrate) {
  if (may_migrate) {
    const auto applied = stores.migrate();
    return applied ? Result<void>() : applied.error();
  }
  const auto all = stores.migrations();
  if (!all) return all.error();
  std::vector<Detail> missing;
  for (const MigrationStatus& each : *all)
    if (!each.applied) missing.push_back({"missing", std::to_string(each.number) + ' ' + each.name});
  if (missing.empty()) return {};
  return Error{Errc::storage_mismatch, "the database's tables are not up to date; run `tiketi migrate` first",
               std::move(missing)};
}

/// Declared in the order in which they lean on each other; the thread comes last, so it ends first.
class WiredServices final : public Services {
 public:
  WiredServices(std::unique_ptr<Stores> stores, const OpenOptions& options)
      : own_clock_(options.clock ? nullptr : make_system_clock()),
        clock_(options.clock ? *options.clock : *own_clock_),
        own_ids_(options.ids ? nullptr : make_random_ids(clock_)),
        ids_(options.ids ? *options.ids : *own_ids_),
        stores_(std::move(stores)),
        bus_(memory::make_event_bus()),
        lock_(memory::make_lock(clock_)),
        event_directory_(local::make_event_directory(stores_->catalog())),
        inventory_(local::make_inventory(stores_->box_office(), ids_)),
        catalog_(stores_->catalog(), *inventory_, clock_, ids_),
        box_office_(stores_->box_office(), *event_directory_, clock_, ids_, options.policy) {}

  Catalog& catalog() override { return catalog_; }
  BoxOffice& box_office() override { return box_office_; }
  Stores& stores() override { return *stores_; }
  EventBus& bus() override { return *bus_; }
  Lock& lock() override { return *lock_; }
  Clock& clock() override { return clock_; }
  Ids& ids() override { return ids_; }

  Result<std::vector<Finding>> verify() override { return verify_all(*stores_, *inventory_); }

  void start_housekeeping(std::int64_t interval_ms, std::function<void(const Error&)> on_error) override {
    housekeeping_ = nullptr;
    housekeeping_ = std::make_unique<Housekeeping>(box_office_, *bus_, *lock_, interval_ms, std::move(on_error));
  }

 private:
  std::unique_ptr<Clock> own_clock_;
  Clock& clock_;
  std::unique_ptr<Ids> own_ids_;
  Ids& ids_;
  std::unique_ptr<Stores> stores_;
  std::unique_ptr<EventBus> bus_;
  std::unique_ptr<Lock> lock_;
  std::unique_ptr<EventDirectory> event_directory_;
  std::unique_ptr<Inventory> inventory_;
  Catalog catalog_;
  BoxOffice box_office_;
  std::unique_ptr<Housekeeping> housekeeping_;
};

}  // namespace

Result<std::unique_ptr<Services>> open(std::string_view address, const OpenOptions& options) {
  auto opened = open_stores(address);
  if (!opened) return opened.error();
  const bool automatic = options.migrate == Migrate::automatic;
  const bool may_migrate = options.migrate == Migrate::yes || (automatic && opened->embedded);
  if (auto ready = prepare_tables(*opened->stores, may_migrate); !ready) return ready.error();
  return std::unique_ptr<Services>(std::make_unique<WiredServices>(std::move(opened->stores), options));
}

}  // namespace tiketi
