-- Events, the layouts of their seats, ticket types, and the search's keywords.

CREATE TABLE events (
  id {uuid} NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  venue TEXT NOT NULL,
  address TEXT NOT NULL,
  artist TEXT NOT NULL,
  poster_url TEXT NOT NULL,
  event_date {int} NOT NULL,
  sale_start {int} NOT NULL,
  sale_end {int} NOT NULL,
  layout_id {uuid},
  currency TEXT NOT NULL,
  price_minor {int} NOT NULL,
  capacity {int} NOT NULL,
  limit_per_reservation {int} NOT NULL,
  limit_per_buyer {int} NOT NULL,
  cancelled {int} NOT NULL,
  version {int} NOT NULL,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  CHECK (sale_start < sale_end AND sale_end <= event_date),
  CHECK (price_minor >= 0 AND capacity >= 0)
) {clustered};
CREATE INDEX events_by_sale_start ON events (sale_start, id);

CREATE TABLE seat_layouts (
  id {uuid} NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  sections TEXT NOT NULL, -- JSON
  version {int} NOT NULL
) {clustered};

CREATE TABLE ticket_types (
  id {uuid} NOT NULL PRIMARY KEY,
  event_id {uuid} NOT NULL REFERENCES events (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  currency TEXT NOT NULL,
  price_minor {int} NOT NULL,
  total_quantity {int} NOT NULL,
  CHECK (price_minor >= 0 AND total_quantity >= 0)
) {clustered};
CREATE INDEX ticket_types_by_event ON ticket_types (event_id);

CREATE TABLE keyword_mappings (
  korean TEXT NOT NULL,
  english TEXT NOT NULL,
  entity_type TEXT NOT NULL,
  PRIMARY KEY (korean, english)
) {clustered};

-- Counts the changes to events and keywords, so that what is derived from them knows when it is stale.
CREATE TABLE catalog_revision (
  id {int} NOT NULL PRIMARY KEY CHECK (id = 1),
  revision {int} NOT NULL
) {strict};
INSERT INTO catalog_revision (id, revision) VALUES (1, 0);
