-- What those who run the house ask: the reservations of an event, in order, and how many there are of each status.
-- The index holds all of an event's, also those that are over: leaving these out would cost each hold that expires.
CREATE INDEX reservations_by_event ON reservations (event_id, id);

-- Counted along by each commit, in the row that it changes anyway.
ALTER TABLE inventories ADD COLUMN pending {int} NOT NULL DEFAULT 0 CHECK (pending >= 0);
ALTER TABLE inventories ADD COLUMN confirmed {int} NOT NULL DEFAULT 0 CHECK (confirmed >= 0);
ALTER TABLE inventories ADD COLUMN cancelled {int} NOT NULL DEFAULT 0 CHECK (cancelled >= 0);
ALTER TABLE inventories ADD COLUMN expired {int} NOT NULL DEFAULT 0 CHECK (expired >= 0);
UPDATE inventories SET
  pending = (SELECT count(*) FROM reservations r WHERE r.event_id = inventories.event_id AND r.status = 0),
  confirmed = (SELECT count(*) FROM reservations r WHERE r.event_id = inventories.event_id AND r.status = 1),
  cancelled = (SELECT count(*) FROM reservations r WHERE r.event_id = inventories.event_id AND r.status = 2),
  expired = (SELECT count(*) FROM reservations r WHERE r.event_id = inventories.event_id AND r.status = 3);
