#pragma once
// Whether money and places belong together.

#include <tiketi/base/finding.hpp>
#include <tiketi/base/result.hpp>
#include <tiketi/box_office/store.hpp>
#include <tiketi/catalog/store.hpp>
#include <tiketi/payment/store.hpp>

#include <vector>

namespace tiketi {

/// Walks through all payments and all reservations that are sold: what is kept was paid for a reservation that is
/// confirmed with that very payment; what is confirmed with a payment of ours was paid for. A payment that is being
/// made, or a reservation that is just being given back, may be on its way. At most 100 findings.
Result<std::vector<Finding>> verify_payments(PaymentStore& payments, BoxOfficeStore& box_office, CatalogStore& catalog);

}  // namespace tiketi
