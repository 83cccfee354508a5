#include "verify_payments.hpp"

#include <optional>
#include <string>
#include <utility>

namespace tiketi {
namespace {

constexpr std::size_t max_findings = 100;
constexpr std::size_t page_size = 1'000;

/// Money for a place that stays sold: a part of it may have been given back.
bool keeps_money(const Payment& payment) {
  return payment.purpose == PaymentPurpose::reservation &&
         (payment.status == PaymentStatus::completed || payment.status == PaymentStatus::partially_refunded);
}

/// Money that came too late went back by itself, and sold nothing. Of one that is being made it is not known yet.
bool was_never_made(const Payment& payment) {
  return payment.paid_at.ms == 0 && payment.status != PaymentStatus::processing;
}

class Search {
 public:
  Search(PaymentStore& payments, BoxOfficeStore& box_office) : payments_(payments), box_office_(box_office) {}

  /// Money without a place.
  Result<void> look_at_payments() {
    PaymentId last;
    while (true) {
      const auto page = payments_.scan(last, page_size);
      if (page.has_error()) return page.error();
      std::vector<ReservationId> ids;
      for (const Payment& each : *page) ids.push_back(each.reservation_id);
      const auto reservations = box_office_.reservations(ids);
      if (reservations.has_error()) return reservations.error();
      for (std::size_t i = 0; i < page->size(); ++i)
        if (auto done = look_at((*page)[i], (*reservations)[i]); done.has_error()) return done;
      if (page->size() < page_size || full()) return {};
      last = page->back().id;
    }
  }

  /// Places without money.
  Result<void> look_at_sales(EventId event) {
    ReservationId last;
    while (true) {
      const auto page = box_office_.reservations_of_event(event, last, page_size);
      if (page.has_error()) return page.error();
      if (auto done = look_at(*page); done.has_error()) return done;
      if (page->size() < page_size || full()) return {};
      last = page->back().id;
    }
  }

  bool full() const { return findings_.size() >= max_findings; }
  std::vector<Finding> findings() && { return std::move(findings_); }

 private:
  Result<void> look_at(const Payment& payment, const std::optional<Reservation>& reservation) {
    if (!keeps_money(payment)) return {};
    if (payment.amount.minor == 0) return {};  // nothing was paid, so nothing is booked when the place goes back
    if (reservation && reservation->status == ReservationStatus::confirmed &&
        reservation->payment_reference == payment.id.text())
      return {};
    // A refund is booked before its places are given back: it may have been, since the payment was read.
    const auto again = payments_.ask({.payments = {payment.id}});
    if (again.has_error()) return again.error();
    const auto& now = again->payments.front();
    if (!now || !keeps_money(*now)) return {};
    find("money-has-place", "payment " + payment.id.text() + " was made, but its reservation " +
                                payment.reservation_id.text() +
                                (reservation ? " is not confirmed with it" : " does not exist"));
    return {};
  }

  Result<void> look_at(const std::vector<Reservation>& reservations) {
    PaymentQuestion question;
    std::vector<ReservationId> owners;
    for (const Reservation& each : reservations) {
      const auto id = PaymentId::parse(each.payment_reference);
      if (each.status != ReservationStatus::confirmed || !id) continue;  // paid for elsewhere, or not yet
      question.payments.push_back(*id);
      owners.push_back(each.id);
    }
    if (owners.empty()) return {};
    const auto answer = payments_.ask(question);
    if (answer.has_error()) return answer.error();
    for (std::size_t i = 0; i < owners.size(); ++i) {
      const auto& payment = answer->payments[i];
      // A reference that only looks like ours is somebody else's business; what we know must be a payment of it.
      if (payment && payment->reservation_id != owners[i])
        find("place-has-money", "reservation " + owners[i].text() + " is confirmed with the payment of another");
      else if (payment && was_never_made(*payment))
        find("place-has-money", "reservation " + owners[i].text() + " is confirmed, but its payment " +
                                    payment->id.text() + " is " + std::string(name(payment->status)));
    }
    return {};
  }

  void find(std::string invariant, std::string what) {
    if (!full()) findings_.push_back({std::move(invariant), std::move(what)});
  }

  PaymentStore& payments_;
  BoxOfficeStore& box_office_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> verify_payments(PaymentStore& payments, BoxOfficeStore& box_office,
                                             CatalogStore& catalog) {
  Search search(payments, box_office);
  if (auto done = search.look_at_payments(); done.has_error()) return done.error();
  const auto events = catalog.all_events();
  if (events.has_error()) return events.error();
  for (const Event& each : *events)
    if (auto done = search.look_at_sales(each.id); done.has_error()) return done.error();
  return std::move(search).findings();
}

}  // namespace tiketi
