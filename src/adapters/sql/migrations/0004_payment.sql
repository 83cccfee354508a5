-- Payments, refunds and the ledger. The numbers of states and kinds are those of the headers.

CREATE TABLE payments (
  id {uuid} NOT NULL PRIMARY KEY,
  order_id TEXT NOT NULL UNIQUE CHECK (length(order_id) BETWEEN 6 AND 64),
  purpose {int} NOT NULL CHECK (purpose BETWEEN 0 AND 1),
  reservation_id {uuid},
  user_id {uuid} NOT NULL,
  method {int} NOT NULL CHECK (method BETWEEN 0 AND 5),
  amount_minor {int} NOT NULL CHECK (amount_minor >= 0),
  currency TEXT NOT NULL,
  points_minor {int} NOT NULL CHECK (points_minor BETWEEN 0 AND amount_minor),
  card_refunded_minor {int} NOT NULL CHECK (card_refunded_minor BETWEEN 0 AND amount_minor - points_minor),
  points_refunded_minor {int} NOT NULL CHECK (points_refunded_minor BETWEEN 0 AND points_minor),
  status {int} NOT NULL CHECK (status BETWEEN 0 AND 6),
  provider TEXT NOT NULL,
  payment_key TEXT NOT NULL,
  failure_code TEXT NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  paid_at {int} NOT NULL,
  expires_at {int} NOT NULL,
  next_attempt_at {int} NOT NULL,
  attempts {int} NOT NULL,
  version {int} NOT NULL CHECK (version >= 1),
  CHECK ((purpose = 0) = (reservation_id IS NOT NULL)),
  CHECK (purpose = 0 OR points_minor = 0),
  CHECK (points_minor = 0 OR currency = 'KRW'),
  CHECK (status NOT IN (2, 6) OR paid_at <> 0)
) {clustered};
CREATE INDEX payments_by_user ON payments (user_id, id);
-- A reservation is paid once. Each payment of one is in one of these two: who claims it, and the others.
CREATE UNIQUE INDEX payments_claiming ON payments (reservation_id) WHERE reservation_id IS NOT NULL AND status IN (1, 2, 6);
CREATE INDEX payments_not_claiming ON payments (reservation_id, id) WHERE reservation_id IS NOT NULL AND status NOT IN (1, 2, 6);
CREATE INDEX payments_processing ON payments (next_attempt_at, id) WHERE status = 1;
CREATE INDEX payments_pending ON payments (expires_at, id) WHERE status = 0;

CREATE TABLE refunds (
  id {uuid} NOT NULL PRIMARY KEY,
  payment_id {uuid} NOT NULL,
  reservation_id {uuid},
  user_id {uuid} NOT NULL,
  amount_minor {int} NOT NULL CHECK (amount_minor >= 0),
  currency TEXT NOT NULL,
  points_minor {int} NOT NULL CHECK (points_minor BETWEEN 0 AND amount_minor),
  fee_minor {int} NOT NULL CHECK (fee_minor >= 0),
  reason {int} NOT NULL CHECK (reason BETWEEN 0 AND 3),
  note TEXT NOT NULL,
  cancels_reservation {int} NOT NULL CHECK (cancels_reservation BETWEEN 0 AND 1),
  status {int} NOT NULL CHECK (status BETWEEN 0 AND 1),
  failure_code TEXT NOT NULL,
  provider_reference TEXT NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  completed_at {int} NOT NULL,
  next_attempt_at {int} NOT NULL,
  attempts {int} NOT NULL,
  version {int} NOT NULL CHECK (version >= 1),
  CHECK ((status = 1) = (completed_at <> 0))
) {clustered};
CREATE INDEX refunds_by_payment ON refunds (payment_id, id);
CREATE INDEX refunds_pending ON refunds (next_attempt_at, id) WHERE status = 0;

CREATE TABLE journal_entries (
  id {uuid} NOT NULL PRIMARY KEY,
  kind {int} NOT NULL CHECK (kind BETWEEN 0 AND 6),
  payment_id {uuid} NOT NULL,
  refund_id {uuid},
  at {int} NOT NULL
) {clustered};

-- The postings of an account are numbered from 1 on, in the order in which they were made.
CREATE TABLE journal_postings (
  entry_id {uuid} NOT NULL,
  line_number {int} NOT NULL,
  account_kind {int} NOT NULL CHECK (account_kind BETWEEN 0 AND 5),
  currency TEXT NOT NULL,
  user_id {uuid},
  amount_minor {int} NOT NULL CHECK (amount_minor <> 0),
  balance_after_minor {int} NOT NULL CHECK (balance_after_minor >= 0),
  number {int} NOT NULL CHECK (number >= 1),
  PRIMARY KEY (entry_id, line_number),
  CHECK ((account_kind = 0) = (user_id IS NOT NULL))
) {clustered};
CREATE UNIQUE INDEX journal_postings_of_user ON journal_postings (user_id, currency, number) WHERE user_id IS NOT NULL;

-- History is only ever appended to.
-- only: sqlite
CREATE TRIGGER journal_entries_keep BEFORE UPDATE ON journal_entries BEGIN SELECT RAISE(ABORT, 'the journal is only appended to'); END;
CREATE TRIGGER journal_entries_stay BEFORE DELETE ON journal_entries BEGIN SELECT RAISE(ABORT, 'the journal is only appended to'); END;
CREATE TRIGGER journal_postings_keep BEFORE UPDATE ON journal_postings BEGIN SELECT RAISE(ABORT, 'the journal is only appended to'); END;
CREATE TRIGGER journal_postings_stay BEFORE DELETE ON journal_postings BEGIN SELECT RAISE(ABORT, 'the journal is only appended to'); END;
-- end
-- only: postgres
CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation USING MESSAGE = 'the journal is only appended to'; END $$;
CREATE TRIGGER journal_entries_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();
CREATE TRIGGER journal_postings_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change();
-- end

-- The balances that the postings come to: of customers, and of the house. Kept apart because the house's few rows are
-- what every sale changes: they are locked last.
CREATE TABLE point_accounts (
  user_id {uuid} NOT NULL,
  currency TEXT NOT NULL,
  balance_minor {int} NOT NULL CHECK (balance_minor >= 0),
  postings {int} NOT NULL CHECK (postings >= 1),
  PRIMARY KEY (user_id, currency)
) {clustered};
CREATE TABLE house_accounts (
  kind {int} NOT NULL CHECK (kind BETWEEN 1 AND 5),
  currency TEXT NOT NULL,
  balance_minor {int} NOT NULL CHECK (balance_minor >= 0),
  postings {int} NOT NULL CHECK (postings >= 1),
  PRIMARY KEY (kind, currency)
) {clustered};

CREATE TABLE payment_keys (
  user_id {uuid} NOT NULL,
  key TEXT NOT NULL,
  fingerprint {int} NOT NULL,
  payment_id {uuid} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (user_id, key)
) {clustered};
CREATE INDEX payment_keys_by_age ON payment_keys (created_at);

CREATE TABLE event_cancellations (
  event_id {uuid} NOT NULL PRIMARY KEY,
  done_until {uuid},
  cancelled {int} NOT NULL CHECK (cancelled >= 0),
  started_at {int} NOT NULL,
  finished_at {int} NOT NULL
) {clustered};
CREATE INDEX event_cancellations_unfinished ON event_cancellations (event_id) WHERE finished_at = 0;

-- only: postgres
ALTER TABLE payments SET (fillfactor = 70);
ALTER TABLE point_accounts SET (fillfactor = 70);
ALTER TABLE house_accounts SET (fillfactor = 10);
-- end
