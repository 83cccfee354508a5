-- Log-ins that failed for e-mails without an account, by the hash of the e-mail.

CREATE TABLE log_in_guesses (
  email_hash TEXT NOT NULL PRIMARY KEY,
  failed_logins {int} NOT NULL CHECK (failed_logins > 0),
  locked_until {int} NOT NULL,
  forget_at {int} NOT NULL,
  version {int} NOT NULL CHECK (version > 0)
) {clustered};
CREATE INDEX log_in_guesses_by_end ON log_in_guesses (forget_at);
