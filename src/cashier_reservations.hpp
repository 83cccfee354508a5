#pragma once
// What the cashier needs of reservations, for columns that live in one process: direct calls.

#include <tiketi/box_office/box_office.hpp>
#include <tiketi/catalog/store.hpp>
#include <tiketi/payment/reservations.hpp>

namespace tiketi {

class CashierReservations final : public Reservations {
 public:
  /// All of them must outlive it.
  CashierReservations(BoxOffice& box_office, BoxOfficeStore& store, EventDirectory& directory, CatalogStore& catalog,
                      Clock& clock)
      : box_office_(box_office), store_(store), directory_(directory), catalog_(catalog), clock_(clock) {}

  Result<std::vector<std::optional<ReservationBill>>> bills(std::span<const ReservationId> ids) override;
  std::vector<Result<void>> keep(std::span<const KeepHold> holds) override;
  std::vector<Result<void>> confirm(std::span<const ConfirmSale> sales) override;
  std::vector<Result<void>> release(std::span<const ReservationId> ids) override;
  std::vector<Result<void>> cancel(std::span<const ReservationId> ids) override;
  Result<std::vector<ReservationBill>> of_event(EventId event, ReservationId after, std::size_t limit) override;

 private:
  Result<std::vector<ReservationBill>> bills_of(std::span<const Reservation> reservations);

  BoxOffice& box_office_;
  BoxOfficeStore& store_;
  EventDirectory& directory_;
  CatalogStore& catalog_;
  Clock& clock_;
};

}  // namespace tiketi
