#pragma once
// Where a simulation plays: one database, and the processes that work on it.

#include "broken_stores.hpp"
#include "cancelled_events.hpp"
#include "cashier_reservations.hpp"
#include "faulty_payments.hpp"
#include "faulty_rooms.hpp"
#include "faulty_stores.hpp"
#include "room_admissions.hpp"
#include "support/temporary_directory.hpp"

#include <tiketi/adapters/stores.hpp>
#include <tiketi/box_office/box_office.hpp>
#include <tiketi/catalog/catalog.hpp>
#include <tiketi/payment/cashier.hpp>
#include <tiketi/waiting_room/waiting_room.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace tiketi::test {

enum class Backend { memory, sqlite };

/// What all processes have in common, besides what is stored.
struct Outside {
  Provider& provider;
  Clock& clock;
  Ids& ids;
  tiketi::Random& random;
  EntryTokenSigner& signer;
  const BoxOfficePolicy& policy;
  const WaitingRoomPolicy& rooms;
};

/// A process as the simulation sees one: services of its own, on a line to the store that may break.
struct Process {
  Process(int process_number, PortWatch& watch, Stores& stores, const Outside& outside, Defect defect);

  const int number;
  std::unique_ptr<BoxOfficeStore> broken;
  FaultyBoxOfficeStore box_office_store;
  FaultyCatalogStore catalog_store;
  FaultyPaymentStore payment_store;
  FaultyWaitingRoomStore room_store;
  ProviderLine provider;
  std::unique_ptr<EventDirectory> directory;
  std::unique_ptr<Inventory> inventory;
  std::unique_ptr<SaleDirectory> sales;
  WaitingRoom rooms;
  RoomAdmissions admissions;
  Catalog catalog;
  BoxOffice box_office;
  CashierReservations reservations;
  Cashier cashier;
  CancelledEvents cancelled_events;
  bool crashed = false;
  bool busy = false;
};

/// With SQLite every process opens the file for itself, and again after a crash. In memory the processes
/// share what outlives them all.
class Stage {
 public:
  static constexpr std::size_t process_count = 3;

  Stage(Backend backend, Defect defect, PortWatch& watch, const Outside& outside);
  ~Stage();

  Process& process(std::size_t number) { return *processes_[number]; }
  /// A process that is not in the middle of a call, or null.
  Process* idle(std::size_t first);
  /// Destroys a process's services, and its store if that is its own, and starts it anew.
  void restart(std::size_t number);

  /// What is really stored: no fault lies in between.
  BoxOfficeStore& box_office() { return witness_->box_office(); }
  CatalogStore& catalog() { return witness_->catalog(); }
  PaymentStore& payments() { return witness_->payments(); }
  WaitingRoomStore& waiting_rooms() { return witness_->waiting_rooms(); }
  /// The waiting rooms as a process finds them that starts now, and has no faults.
  std::unique_ptr<WaitingRoom> open_rooms();
  /// Every invariant, and whether the box office and the catalogue agree.
  Result<std::vector<Finding>> verify();

 private:
  std::unique_ptr<Stores> open() const;

  const Backend backend_;
  const Defect defect_;
  PortWatch& watch_;
  const Outside outside_;
  std::unique_ptr<TemporaryDirectory> folder_;
  std::unique_ptr<Stores> witness_;
  std::unique_ptr<SaleDirectory> sales_;
  std::vector<std::unique_ptr<Stores>> stores_;  // each process's own, if it has one
  std::vector<std::unique_ptr<Process>> processes_;
};

}  // namespace tiketi::test
