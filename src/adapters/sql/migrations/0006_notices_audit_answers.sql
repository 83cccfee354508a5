-- Notices, the log of what administrators did, and first answers to requests that may be repeated.

CREATE TABLE notices (
  id {uuid} NOT NULL PRIMARY KEY,
  title TEXT NOT NULL CHECK (title <> ''),
  content TEXT NOT NULL CHECK (content <> ''),
  author TEXT NOT NULL,
  author_id {uuid},
  views {int} NOT NULL CHECK (views >= 0),
  is_pinned {int} NOT NULL CHECK (is_pinned IN (0, 1)),
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  version {int} NOT NULL CHECK (version > 0)
) {clustered};
CREATE INDEX notices_in_order ON notices (is_pinned DESC, created_at DESC, id DESC);

CREATE TABLE audit (
  sequence {serial},
  acted_at {int} NOT NULL,
  actor_id {uuid},
  actor_email TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action <> ''),
  subject_kind TEXT NOT NULL CHECK (subject_kind <> ''),
  subject_id TEXT NOT NULL CHECK (subject_id <> ''),
  request_id TEXT NOT NULL,
  details TEXT NOT NULL
) {strict};
CREATE INDEX audit_by_actor ON audit (actor_id, sequence DESC);
CREATE INDEX audit_by_subject ON audit (subject_kind, subject_id, sequence DESC);

-- What was recorded stays as it is.
-- only: sqlite
CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END;
CREATE TRIGGER audit_is_appended BEFORE INSERT ON audit WHEN NEW.sequence <= (SELECT max(sequence) FROM audit) AND NEW.sequence > 0 BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
-- end
-- only: postgres
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation USING MESSAGE = 'the audit log is only appended to'; END $$;
CREATE TRIGGER audit_is_final BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
-- end

CREATE TABLE answers (
  user_id {uuid} NOT NULL, -- all ones: nobody is logged in
  key TEXT NOT NULL CHECK (key <> ''),
  fingerprint {int} NOT NULL,
  status {int} NOT NULL CHECK (status BETWEEN 100 AND 599),
  content_type TEXT NOT NULL,
  body TEXT NOT NULL,
  is_encoded {int} NOT NULL CHECK (is_encoded IN (0, 1)), -- the body is base64url of bytes that are no clean text
  created_at {int} NOT NULL,
  PRIMARY KEY (user_id, key)
) {clustered};
CREATE INDEX answers_by_age ON answers (created_at);
