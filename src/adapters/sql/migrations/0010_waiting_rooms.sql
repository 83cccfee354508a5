-- The logs of waiting rooms. Kinds are the numbers of RoomRecordKind.

CREATE TABLE waiting_rooms (
  event_id {uuid} NOT NULL PRIMARY KEY,
  last_sequence {int} NOT NULL CHECK (last_sequence > 0),
  updated_at {int} NOT NULL,
  occupied {int} NOT NULL CHECK (occupied IN (0, 1))
) {clustered};

CREATE TABLE room_log (
  event_id {uuid} NOT NULL,
  sequence {int} NOT NULL CHECK (sequence > 0),
  kind {int} NOT NULL CHECK (kind > 0),
  logged_at {int} NOT NULL,
  user_id {uuid},
  number {int} NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (event_id, sequence)
) {clustered};

-- What happened stays as it happened.
-- only: sqlite
CREATE TRIGGER room_log_is_final BEFORE UPDATE ON room_log BEGIN SELECT RAISE(ABORT, 'the log of a waiting room is never changed'); END;
-- end
-- only: postgres
CREATE FUNCTION refuse_room_log_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation USING MESSAGE = 'the log of a waiting room is never changed'; END $$;
CREATE TRIGGER room_log_is_final BEFORE UPDATE ON room_log FOR EACH ROW EXECUTE FUNCTION refuse_room_log_change();
-- end
