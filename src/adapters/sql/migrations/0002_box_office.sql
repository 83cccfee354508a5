-- Places, reservations and what they leave behind. Status numbers are those of the headers.

CREATE TABLE inventories (
  event_id {uuid} NOT NULL PRIMARY KEY,
  currency TEXT NOT NULL,
  closed {int} NOT NULL DEFAULT 0,
  total {int} NOT NULL,
  available {int} NOT NULL,
  first_seat_id {uuid}, -- the event's seats lie between these two
  last_seat_id {uuid},
  CHECK (available >= 0 AND available <= total)
) {clustered};
CREATE INDEX inventories_sold_out ON inventories (event_id) WHERE available = 0;

-- Clustered by id: the seats of one event are made together, so they lie together.
CREATE TABLE seats (
  id {uuid} NOT NULL PRIMARY KEY,
  event_id {uuid} NOT NULL,
  section TEXT NOT NULL,
  row_number {int} NOT NULL,
  seat_number {int} NOT NULL,
  price_minor {int} NOT NULL CHECK (price_minor >= 0),
  x {int} NOT NULL,
  y {int} NOT NULL,
  status {int} NOT NULL CHECK (status BETWEEN 0 AND 3),
  version {int} NOT NULL,
  reservation_id {uuid},
  held_until {int} NOT NULL,
  CHECK ((status IN (1, 2)) = (reservation_id IS NOT NULL)),
  CHECK ((status = 1) = (held_until <> 0))
) {clustered};

-- A seat has one owner at a time: it must be given back before somebody else gets it.
-- only: sqlite
CREATE TRIGGER seat_changes_hands BEFORE UPDATE OF reservation_id ON seats WHEN OLD.reservation_id <> NEW.reservation_id BEGIN SELECT RAISE(ABORT, 'seat belongs to another reservation'); END;
-- end
-- only: postgres
CREATE FUNCTION refuse_seat_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation USING MESSAGE = 'seat belongs to another reservation'; END $$;
CREATE TRIGGER seat_changes_hands BEFORE UPDATE ON seats FOR EACH ROW WHEN (OLD.reservation_id <> NEW.reservation_id) EXECUTE FUNCTION refuse_seat_change();
ALTER TABLE seats SET (fillfactor = 70);
-- end

CREATE TABLE ticket_stock (
  id {uuid} NOT NULL PRIMARY KEY,
  event_id {uuid} NOT NULL,
  name TEXT NOT NULL,
  price_minor {int} NOT NULL CHECK (price_minor >= 0),
  total {int} NOT NULL,
  held {int} NOT NULL CHECK (held >= 0),
  sold {int} NOT NULL CHECK (sold >= 0),
  CHECK (held + sold <= total)
) {clustered};
CREATE INDEX ticket_stock_by_event ON ticket_stock (event_id);

CREATE TABLE reservations (
  id {uuid} NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  event_id {uuid} NOT NULL,
  user_id {uuid} NOT NULL,
  status {int} NOT NULL CHECK (status BETWEEN 0 AND 3),
  version {int} NOT NULL,
  total_minor {int} NOT NULL CHECK (total_minor >= 0),
  currency TEXT NOT NULL,
  quantity {int} NOT NULL CHECK (quantity > 0),
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  payment_reference TEXT NOT NULL,
  CHECK (status <> 1 OR payment_reference <> '')
) {clustered};
CREATE INDEX reservations_by_user ON reservations (user_id, event_id);
CREATE INDEX reservations_by_expiry ON reservations (expires_at) WHERE status = 0;

CREATE TABLE reservation_items (
  reservation_id {uuid} NOT NULL,
  line_number {int} NOT NULL,
  seat_id {uuid},
  ticket_type_id {uuid},
  quantity {int} NOT NULL CHECK (quantity > 0),
  unit_price_minor {int} NOT NULL CHECK (unit_price_minor >= 0),
  label TEXT NOT NULL,
  PRIMARY KEY (reservation_id, line_number),
  CHECK ((seat_id IS NULL) <> (ticket_type_id IS NULL)),
  CHECK (seat_id IS NULL OR quantity = 1)
) {clustered};

CREATE TABLE idempotency_keys (
  user_id {uuid} NOT NULL,
  key TEXT NOT NULL,
  fingerprint {int} NOT NULL,
  reservation_id {uuid} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (user_id, key)
) {clustered};
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

CREATE TABLE outbox (
  sequence {serial},
  topic TEXT NOT NULL,
  key {uuid} NOT NULL,
  payload TEXT NOT NULL,
  created_at {int} NOT NULL
) {strict};
