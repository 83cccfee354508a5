#include <tiketi/adapters/crypto.hpp>
#include <tiketi/adapters/local.hpp>
#include <tiketi/adapters/memory.hpp>
#include <tiketi/adapters/sandbox.hpp>
#include <tiketi/adapters/sqlite.hpp>
#include <tiketi/adapters/system.hpp>
#include <tiketi/open.hpp>
#include <tiketi/payment/breaker.hpp>
#ifdef TIKETI_WITH_POSTGRES
#include <tiketi/adapters/postgres.hpp>
#endif

#include "cancelled_events.hpp"
#include "cashier_reservations.hpp"
#include "followed_bus.hpp"
#include "housekeeping.hpp"
#include "room_admissions.hpp"
#include "verify.hpp"

#include <string>
#include <utility>

namespace tiketi {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

// What a chore does at most in one go: few enough that housekeeping soon sees that it is to stop, and that customers'
// commits come in between.
constexpr std::size_t store_batch = 2'000;
constexpr std::size_t provider_batch = 100;  // each may be a request or two to the provider

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

/// What has to be read or made before the services can be put together. Nothing where the caller brought his own.
struct Parts {
  std::unique_ptr<Clock> clock;
  std::unique_ptr<Ids> ids;
  std::unique_ptr<Stores> stores;
  std::unique_ptr<PasswordHasher> passwords;
  std::unique_ptr<TokenSigner> tokens;
  std::unique_ptr<TicketSigner> tickets;
  std::unique_ptr<EntryTokenSigner> entry_tokens;
  std::unique_ptr<SandboxProvider> sandbox;
};

Result<std::unique_ptr<TokenSigner>> make_token_signer(const OpenOptions& options, Clock& clock) {
  if (!options.token_secret.empty()) return crypto::make_hs256_signer(options.token_secret, options.allow_short_secret);
  if (options.keys_directory.empty()) return crypto::make_ephemeral_signer();
  return crypto::open_rs256_signer(options.keys_directory + "/tokens", clock.now());
}

Result<std::unique_ptr<TicketSigner>> make_ticket_signer(const OpenOptions& options) {
  if (options.keys_directory.empty()) return crypto::make_ephemeral_ticket_signer();
  return crypto::open_ticket_signer(options.keys_directory + "/tickets");
}

Result<std::unique_ptr<EntryTokenSigner>> make_entry_token_signer(const OpenOptions& options) {
  if (options.keys_directory.empty()) return crypto::make_ephemeral_entry_token_signer();
  return crypto::open_entry_token_signer(options.keys_directory + "/entry-tokens");
}

Result<void> make_parts(Parts& parts, const OpenOptions& options) {
  if (options.clock == nullptr) parts.clock = make_system_clock();
  Clock& clock = options.clock != nullptr ? *options.clock : *parts.clock;
  if (options.ids == nullptr) parts.ids = make_random_ids(clock);
  Ids& ids = options.ids != nullptr ? *options.ids : *parts.ids;
  if (options.passwords == nullptr) parts.passwords = crypto::make_password_hasher();
  auto tokens = make_token_signer(options, clock);
  if (!tokens) return tokens.error();
  parts.tokens = crypto::make_remembering_signer(std::move(*tokens));
  auto tickets = make_ticket_signer(options);
  if (!tickets) return tickets.error();
  parts.tickets = std::move(*tickets);
  auto entry_tokens = make_entry_token_signer(options);
  if (!entry_tokens) return entry_tokens.error();
  parts.entry_tokens = std::move(*entry_tokens);
  if (options.provider != nullptr) return {};
  auto sandbox = make_sandbox({.path = options.sandbox_file}, clock, ids);
  if (!sandbox) return sandbox.error();
  parts.sandbox = std::move(*sandbox);
  return {};
}

/// Declared in the order in which they lean on each other; the threads come last, so they end first.
class WiredServices final : public Services {
 public:
  WiredServices(Parts parts, const OpenOptions& options)
      : parts_(std::move(parts)),
        clock_(options.clock ? *options.clock : *parts_.clock),
        ids_(options.ids ? *options.ids : *parts_.ids),
        bus_(memory::make_event_bus()),
        lock_(memory::make_lock(clock_)),
        refresh_tokens_(crypto::make_refresh_tokens()),
        event_directory_(local::make_event_directory(stores().catalog())),
        inventory_(local::make_inventory(stores().box_office(), ids_)),
        ticket_reservations_(local::make_ticket_reservations(stores().box_office())),
        breaker_(options.provider ? *options.provider : *parts_.sandbox, clock_),
        sale_directory_(local::make_sale_directory(stores().catalog(), stores().box_office(), stores().payments())),
        random_(crypto::make_random()),
        waiting_room_(stores().waiting_rooms(), *sale_directory_, *parts_.entry_tokens, *random_, clock_,
                      options.waiting_room),
        admissions_(waiting_room_),
        catalog_(stores().catalog(), *inventory_, clock_, ids_),
        box_office_(stores().box_office(), *event_directory_, clock_, ids_, options.policy, &admissions_),
        accounts_(stores().identity(), options.passwords ? *options.passwords : *parts_.passwords, *parts_.tokens,
                  *refresh_tokens_, clock_, ids_, options.accounts),
        cashier_reservations_(box_office_, stores().box_office(), *event_directory_, stores().catalog(), clock_),
        cashier_(stores().payments(), cashier_reservations_, breaker_, clock_, ids_, options.cashier),
        ticket_desk_(stores().tickets(), *ticket_reservations_, *parts_.tickets, clock_),
        notice_board_(stores().notices(), clock_, ids_),
        followed_bus_(
            *bus_, {[this](auto messages) { return settle_tickets(ticket_desk_, messages); },
                    [this](auto messages) { return end_admissions(stores().box_office(), waiting_room_, messages); }}),
        cancelled_events_(catalog_, stores().catalog(), stores().payments(), cashier_, clock_) {}

  Catalog& catalog() override { return catalog_; }
  BoxOffice& box_office() override { return box_office_; }
  WaitingRoom& waiting_room() override { return waiting_room_; }
  Accounts& accounts() override { return accounts_; }
  Cashier& cashier() override { return cashier_; }
  TicketDesk& ticket_desk() override { return ticket_desk_; }
  NoticeBoard& notice_board() override { return notice_board_; }
  AuditLog& audit() override { return stores().audit(); }
  Answers& answers() override { return stores().answers(); }
  SandboxProvider* sandbox() override { return parts_.sandbox.get(); }
  Stores& stores() override { return *parts_.stores; }
  EventBus& bus() override { return *bus_; }
  Lock& lock() override { return *lock_; }
  Clock& clock() override { return clock_; }
  Ids& ids() override { return ids_; }

  Result<std::vector<Finding>> verify() override {
    auto findings = verify_all(stores(), *inventory_);
    if (!findings) return findings;
    const auto more =
        verify_cancelled_events(stores().catalog(), stores().payments(), stores().box_office(), clock_.now());
    if (!more) return more.error();
    findings->insert(findings->end(), more->begin(), more->end());
    const auto rooms = verify_rooms();
    if (!rooms) return rooms.error();
    findings->insert(findings->end(), rooms->begin(), rooms->end());
    return findings;
  }

  void start_housekeeping(std::int64_t interval_ms, std::function<void(const Error&)> on_error) override {
    box_office_chores_ = nullptr;
    cashier_chores_ = nullptr;
    std::vector<Chore> box_office = {
        [this](std::size_t limit) { return box_office_.sweep(limit); },
        [this](std::size_t limit) { return box_office_.relay(followed_bus_, limit); },
        [this](std::size_t limit) { return box_office_.prune(limit); },
        [this](std::size_t limit) { return cashier_.prune(limit); },
        [this](std::size_t limit) { return accounts_.prune(limit); },
        [this](std::size_t limit) { return waiting_room_.prune(limit); },
        [this](std::size_t limit) { return answers().prune(clock_.now().plus_ms(-day_ms), limit); },
    };
    std::vector<Chore> cashier = {
        [this](std::size_t limit) { return cancelled_events_.hand_over(limit); },
        [this](std::size_t limit) { return cashier_.recover(limit); },
    };
    box_office_chores_ = std::make_unique<Housekeeping>("housekeeping", store_batch, std::move(box_office), *lock_,
                                                        interval_ms, on_error);
    // A slow provider must not hold up the sale, so who waits for it has a thread to himself.
    cashier_chores_ = std::make_unique<Housekeeping>("cashier housekeeping", provider_batch, std::move(cashier), *lock_,
                                                     interval_ms, std::move(on_error));
  }

 private:
  /// Every waiting room, recomputed from its log.
  Result<std::vector<Finding>> verify_rooms() {
    std::vector<Finding> out;
    const auto heads = stores().waiting_rooms().heads();
    if (!heads) return heads.error();
    for (const RoomHead& head : *heads) {
      const auto audit = waiting_room_.audit(head.event_id);
      if (!audit) return audit.error();
      for (const Finding& each : audit->findings)
        out.push_back({each.invariant, "waiting room of event " + head.event_id.text() + ": " + each.what});
    }
    return out;
  }

  Parts parts_;
  Clock& clock_;
  Ids& ids_;
  std::unique_ptr<EventBus> bus_;
  std::unique_ptr<Lock> lock_;
  std::unique_ptr<RefreshTokens> refresh_tokens_;
  std::unique_ptr<EventDirectory> event_directory_;
  std::unique_ptr<Inventory> inventory_;
  std::unique_ptr<TicketReservations> ticket_reservations_;
  Breaker breaker_;
  std::unique_ptr<SaleDirectory> sale_directory_;
  std::unique_ptr<Random> random_;
  WaitingRoom waiting_room_;
  RoomAdmissions admissions_;
  Catalog catalog_;
  BoxOffice box_office_;
  Accounts accounts_;
  CashierReservations cashier_reservations_;
  Cashier cashier_;
  TicketDesk ticket_desk_;
  NoticeBoard notice_board_;
  FollowedBus followed_bus_;
  CancelledEvents cancelled_events_;
  std::unique_ptr<Housekeeping> box_office_chores_;
  std::unique_ptr<Housekeeping> cashier_chores_;
};

}  // namespace

StoreFiles files_beside(std::string_view address) {
  if (!address.starts_with(sqlite_scheme) || address.size() == sqlite_scheme.size()) return {};
  const std::string path(address.substr(sqlite_scheme.size()));
  return {path + ".keys", path + ".sandbox"};
}

Result<std::unique_ptr<Services>> open(std::string_view address, const OpenOptions& options) {
  auto opened = open_stores(address);
  if (!opened) return opened.error();
  const bool automatic = options.migrate == Migrate::automatic;
  const bool may_migrate = options.migrate == Migrate::yes || (automatic && opened->embedded);
  if (auto ready = prepare_tables(*opened->stores, may_migrate); !ready) return ready.error();
  Parts parts;
  parts.stores = std::move(opened->stores);
  if (auto made = make_parts(parts, options); !made) return made.error();
  return std::unique_ptr<Services>(std::make_unique<WiredServices>(std::move(parts), options));
}

}  // namespace tiketi
