-- The tickets of reservations that were paid for. Status numbers are those of the headers.

-- Ids begin with the millisecond of their reservation: what is sold together lies together.
CREATE TABLE tickets (
  id {uuid} NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  reservation_id {uuid} NOT NULL,
  ordinal {int} NOT NULL CHECK (ordinal > 0),
  event_id {uuid} NOT NULL,
  user_id {uuid} NOT NULL,
  seat_id {uuid},
  ticket_type_id {uuid},
  admission {int} NOT NULL CHECK (admission > 0),
  label TEXT NOT NULL,
  status {int} NOT NULL CHECK (status BETWEEN 0 AND 2),
  version {int} NOT NULL CHECK (version > 0),
  issued_at {int} NOT NULL,
  used_at {int} NOT NULL,
  gate TEXT NOT NULL,
  checked_by {uuid},
  voided_at {int} NOT NULL,
  UNIQUE (reservation_id, ordinal),
  CHECK ((seat_id IS NULL) <> (ticket_type_id IS NULL)),
  CHECK (seat_id IS NULL OR admission = 1),
  CHECK ((status = 1) = (used_at <> 0)),
  CHECK ((status = 1) = (gate <> '')),
  CHECK (status = 1 OR checked_by IS NULL),
  CHECK ((status = 2) = (voided_at <> 0))
) {clustered};
CREATE INDEX tickets_by_user ON tickets (user_id, reservation_id DESC, ordinal);
CREATE INDEX tickets_by_event ON tickets (event_id, status);

-- A ticket lets in once, and a void one never: neither ever changes again, and none disappears.
-- only: sqlite
CREATE TRIGGER ticket_is_final BEFORE UPDATE ON tickets WHEN OLD.status <> 0 BEGIN SELECT RAISE(ABORT, 'the ticket was used or voided'); END;
CREATE TRIGGER ticket_stays BEFORE DELETE ON tickets BEGIN SELECT RAISE(ABORT, 'tickets are never deleted'); END;
-- end
-- only: postgres
CREATE FUNCTION refuse_ticket_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation USING MESSAGE = 'the ticket was used or voided, or would be deleted'; END $$;
CREATE TRIGGER ticket_is_final BEFORE UPDATE ON tickets FOR EACH ROW WHEN (OLD.status <> 0) EXECUTE FUNCTION refuse_ticket_change();
CREATE TRIGGER ticket_stays BEFORE DELETE ON tickets FOR EACH ROW EXECUTE FUNCTION refuse_ticket_change();
CREATE TRIGGER tickets_stay BEFORE TRUNCATE ON tickets FOR EACH STATEMENT EXECUTE FUNCTION refuse_ticket_change();
-- end
