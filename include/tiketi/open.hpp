#pragma once
// Where most embedders start: names a store by its address and gets the services, wired together.

#include <tiketi/adapters/stores.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/box_office/box_office.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/identity/accounts.hpp>
#include <tiketi/notice/notice_board.hpp>
#include <tiketi/payment/cashier.hpp>
#include <tiketi/ports/answers.hpp>
#include <tiketi/ports/audit.hpp>
#include <tiketi/ports/clock.hpp>
#include <tiketi/ports/event_bus.hpp>
#include <tiketi/ports/ids.hpp>
#include <tiketi/ports/lock.hpp>
#include <tiketi/ticket/ticket_desk.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tiketi {

class SandboxProvider;  // adapters/sandbox.hpp

/// Whether a store's tables are brought up to date when it is opened.
enum class Migrate {
  automatic,  ///< yes for sqlite: and memory; for a database server only `check`
  yes,
  check,  ///< refuse (storage_mismatch) if migrations are missing
};

struct OpenOptions {
  Migrate migrate = Migrate::automatic;
  BoxOfficePolicy policy;
  AccountsPolicy accounts;
  CashierPolicy cashier;
  WaitingRoomPolicy waiting_room;

  /// Where the keys are that sign access tokens, tickets and entry tokens; it is made, with first keys, if there is
  /// none. Empty: keys that end with the services, and with them all tokens and ticket codes.
  std::string keys_directory;
  /// If set, access tokens are HS256 by this secret instead: at least 32 bytes, unless short ones are allowed.
  std::string token_secret;
  bool allow_short_secret = false;
  /// Where the sandbox keeps its books, so that they survive a crash of ours as a real provider's would. Empty: in
  /// memory.
  std::string sandbox_file;

  // What is given must outlive the services.
  Clock* clock = nullptr;               ///< else the system's
  Ids* ids = nullptr;                   ///< else random UUIDv7
  Provider* provider = nullptr;         ///< else the sandbox, which takes nobody's money
  PasswordHasher* passwords = nullptr;  ///< else argon2id, at about 50 ms a password
};

/// The files that belong to a store of that address: keys and the sandbox's books, beside an SQLite file. Empty for
/// other stores.
struct StoreFiles {
  std::string keys_directory;
  std::string sandbox_file;
};
StoreFiles files_beside(std::string_view address);

/// The services of one store. All of them are thread-safe and live as long as this object.
class Services {
 public:
  virtual ~Services() = default;
  virtual Catalog& catalog() = 0;
  virtual BoxOffice& box_office() = 0;      ///< asks the waiting room before it reserves anything
  virtual WaitingRoom& waiting_room() = 0;  ///< its `turn` is the caller's to call
  virtual Accounts& accounts() = 0;
  virtual Cashier& cashier() = 0;
  virtual TicketDesk& ticket_desk() = 0;
  virtual NoticeBoard& notice_board() = 0;
  virtual AuditLog& audit() = 0;
  virtual Answers& answers() = 0;
  virtual SandboxProvider* sandbox() = 0;  ///< null if another provider was given
  virtual Stores& stores() = 0;
  virtual EventBus& bus() = 0;
  virtual Lock& lock() = 0;
  virtual Clock& clock() = 0;
  virtual Ids& ids() = 0;

  /// Checks every invariant on all that is stored; nothing is found unless something is broken.
  virtual Result<std::vector<Finding>> verify() = 0;

  /// Starts two threads, until the services are destroyed: about every `interval_ms` one of them sweeps expired holds,
  /// issues and voids tickets, ends admissions whose customers have bought, publishes the outbox on the bus and forgets
  /// what is old, while the other brings
  /// unfinished payments, refunds and event cancellations to an end. `on_error` is told what went wrong, by either of
  /// them; the work is tried again at the next turn.
  virtual void start_housekeeping(std::int64_t interval_ms = second_ms,
                                  std::function<void(const Error&)> on_error = {}) = 0;
};

/// `memory`, `sqlite:PATH`, or `postgres://user:password@host:port/name` (any libpq URI). invalid_argument
/// (unknown address, unreadable keys, a short secret), not_supported (built without that store), storage_newer,
/// storage_mismatch, unavailable.
Result<std::unique_ptr<Services>> open(std::string_view address, const OpenOptions& options = {});

}  // namespace tiketi
