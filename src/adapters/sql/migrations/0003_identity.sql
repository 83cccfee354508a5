-- Accounts, and the sessions that their log-ins began. Role and provider numbers are those of the headers.

CREATE TABLE users (
  id {uuid} NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  role {int} NOT NULL CHECK (role BETWEEN 0 AND 1),
  provider {int} NOT NULL CHECK (provider BETWEEN 0 AND 1),
  subject TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  profile_image TEXT NOT NULL,
  disabled {int} NOT NULL CHECK (disabled BETWEEN 0 AND 1),
  failed_logins {int} NOT NULL CHECK (failed_logins >= 0),
  locked_until {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  version {int} NOT NULL CHECK (version > 0),
  -- In small letters, so that the unique column knows an address however it was written.
  CHECK (email = lower(email) AND email <> ''),
  CHECK ((provider = 0 AND password_hash <> '') OR (provider = 1 AND subject <> ''))
) {clustered};
CREATE UNIQUE INDEX users_by_subject ON users (subject) WHERE subject <> '';

CREATE TABLE sessions (
  id {uuid} NOT NULL PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES users (id),
  token_hash TEXT NOT NULL UNIQUE,
  previous_hash TEXT NOT NULL,
  created_at {int} NOT NULL,
  rotated_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  revoked_at {int} NOT NULL,
  version {int} NOT NULL CHECK (version > 0),
  CHECK (token_hash <> '' AND token_hash <> previous_hash),
  CHECK (created_at <= rotated_at AND rotated_at < expires_at)
) {clustered};
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Every token that a session has had, so that one that is used a second time is noticed.
CREATE TABLE refresh_tokens (
  hash TEXT NOT NULL PRIMARY KEY,
  session_id {uuid} NOT NULL REFERENCES sessions (id) ON DELETE CASCADE
) {clustered};
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- What was revoked stays revoked.
-- only: sqlite
CREATE TRIGGER session_comes_back BEFORE UPDATE OF revoked_at ON sessions WHEN OLD.revoked_at <> 0 AND NEW.revoked_at = 0 BEGIN SELECT RAISE(ABORT, 'session was revoked'); END;
-- end
-- only: postgres
CREATE FUNCTION refuse_session_return() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation USING MESSAGE = 'session was revoked'; END $$;
CREATE TRIGGER session_comes_back BEFORE UPDATE ON sessions FOR EACH ROW WHEN (OLD.revoked_at <> 0 AND NEW.revoked_at = 0) EXECUTE FUNCTION refuse_session_return();
-- end
