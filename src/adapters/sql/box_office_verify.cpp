#include "adapters/sql/box_office_verify.hpp"

#include "adapters/sql/invariants.hpp"

namespace tiketi::sql {

namespace {

const std::vector<Invariant>& invariants() {
  static const std::vector<Invariant> all{
      {"seat-owner",
       "seat is held or sold, but its reservation is missing, of another event or in another state",
       0,
       {"SELECT s.id FROM seats s LEFT JOIN reservations r ON r.id = s.reservation_id WHERE s.status IN (1, 2) AND "
        "(r.id IS NULL OR r.status <> s.status - 1 OR r.event_id <> s.event_id OR "
        "(s.status = 1 AND s.held_until <> r.expires_at)) LIMIT 100"}},
      {"seat-line",
       "seat belongs to a reservation that does not list it",
       0,
       {"SELECT s.id FROM seats s WHERE s.status IN (1, 2) AND NOT EXISTS (SELECT 1 FROM reservation_items i "
        "WHERE i.reservation_id = s.reservation_id AND i.seat_id = s.id) LIMIT 100"}},
      {"reservation-seat",
       "reservation is pending or confirmed, but a seat that it lists belongs to somebody else",
       0,
       {"SELECT r.id FROM reservations r JOIN reservation_items i ON i.reservation_id = r.id "
        "LEFT JOIN seats s ON s.id = i.seat_id WHERE r.status IN (0, 1) AND i.seat_id IS NOT NULL AND "
        "(s.id IS NULL OR s.reservation_id IS NULL OR s.reservation_id <> r.id) LIMIT 100"}},
      {"stock-adds-up",
       "ticket type counts held and sold, but its reservations hold and bought (in this order)",
       4,
       {"SELECT t.id, t.held, t.sold, CAST(coalesce(u.held, 0) AS BIGINT), CAST(coalesce(u.sold, 0) AS BIGINT) "
        "FROM ticket_stock t LEFT JOIN (SELECT i.ticket_type_id, "
        "sum(CASE WHEN r.status = 0 THEN i.quantity ELSE 0 END) AS held, "
        "sum(CASE WHEN r.status = 1 THEN i.quantity ELSE 0 END) AS sold "
        "FROM reservation_items i JOIN reservations r ON r.id = i.reservation_id "
        "WHERE i.ticket_type_id IS NOT NULL GROUP BY i.ticket_type_id) u ON u.ticket_type_id = t.id "
        "WHERE t.held <> coalesce(u.held, 0) OR t.sold <> coalesce(u.sold, 0) LIMIT 100"}},
      {"inventory-adds-up",
       "event counts total and available, but its places are (in this order)",
       4,
       {"SELECT e.event_id, e.total, e.available, "
        "CAST(coalesce(s.total, 0) + coalesce(t.total, 0) AS BIGINT), "
        "CAST(coalesce(s.available, 0) + coalesce(t.available, 0) AS BIGINT) FROM inventories e "
        "LEFT JOIN (SELECT event_id, sum(CASE WHEN status <> 3 THEN 1 ELSE 0 END) AS total, "
        "sum(CASE WHEN status = 0 THEN 1 ELSE 0 END) AS available FROM seats GROUP BY event_id) s "
        "ON s.event_id = e.event_id "
        "LEFT JOIN (SELECT event_id, sum(total) AS total, sum(total - held - sold) AS available FROM ticket_stock "
        "GROUP BY event_id) t ON t.event_id = e.event_id "
        "WHERE e.total <> coalesce(s.total, 0) + coalesce(t.total, 0) "
        "OR e.available <> coalesce(s.available, 0) + coalesce(t.available, 0) LIMIT 100"}},
      {"reservations-counted",
       "event counts pending, confirmed, cancelled and expired reservations otherwise than there are",
       0,
       {"SELECT e.event_id FROM inventories e LEFT JOIN (SELECT event_id, "
        "sum(CASE WHEN status = 0 THEN 1 ELSE 0 END) AS pending, "
        "sum(CASE WHEN status = 1 THEN 1 ELSE 0 END) AS confirmed, "
        "sum(CASE WHEN status = 2 THEN 1 ELSE 0 END) AS cancelled, "
        "sum(CASE WHEN status = 3 THEN 1 ELSE 0 END) AS expired FROM reservations GROUP BY event_id) r "
        "ON r.event_id = e.event_id WHERE e.pending <> coalesce(r.pending, 0) OR "
        "e.confirmed <> coalesce(r.confirmed, 0) OR e.cancelled <> coalesce(r.cancelled, 0) OR "
        "e.expired <> coalesce(r.expired, 0) LIMIT 100"}},
      {"reservation-adds-up",
       "reservation counts amount and places, but its lines add up to (in this order)",
       4,
       {"SELECT r.id, r.total_minor, r.quantity, CAST(coalesce(i.total, 0) AS BIGINT), "
        "CAST(coalesce(i.quantity, 0) AS BIGINT) FROM reservations r LEFT JOIN (SELECT reservation_id, "
        "sum(unit_price_minor * quantity) AS total, sum(quantity) AS quantity FROM reservation_items "
        "GROUP BY reservation_id) i ON i.reservation_id = r.id "
        "WHERE r.total_minor <> coalesce(i.total, 0) OR r.quantity <> coalesce(i.quantity, 0) LIMIT 100"}},
      {"seat-inventory",
       "seat's event has no inventory, or one that does not span the seat",
       0,
       {"SELECT s.id FROM seats s LEFT JOIN inventories e ON e.event_id = s.event_id "
        "WHERE e.event_id IS NULL OR s.id < e.first_seat_id OR s.id > e.last_seat_id LIMIT 100"}},
      {"idempotency-reservation",
       "reservation is named by an idempotency key, but does not exist",
       0,
       {"SELECT k.reservation_id FROM idempotency_keys k LEFT JOIN reservations r ON r.id = k.reservation_id "
        "WHERE r.id IS NULL LIMIT 100"}},
  };
  return all;
}

}  // namespace

Result<std::vector<Finding>> find_broken_invariants(Database& database) {
  return find_violations(database, invariants());
}

}  // namespace tiketi::sql
