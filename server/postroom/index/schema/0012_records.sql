-- Primary: what makes the journal an audit trail, and how much of a mail is still kept.

-- A hash over the row and the hash before it (chain.py). Rows of before are chained by the migration.
ALTER TABLE journal ADD COLUMN chain BLOB;

-- What is left of it: 0 all, 1 all (the time of files is over, and it has none), 2 not its bytes, 3 nor its words,
-- 4 nothing but this row.
ALTER TABLE mail ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;

CREATE INDEX mail_by_age ON mail (mailbox_id, stage, arrived_at) WHERE stage < 4;

-- Mail whose bytes have gone here, and have to leave the built-in server's own store.
CREATE TABLE to_clear (
  mail_id INTEGER PRIMARY KEY REFERENCES mail (id)
);

-- Correspondents all of whose mail has to go; the row goes last.
CREATE TABLE erasures (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  address  TEXT NOT NULL UNIQUE,
  actor    TEXT NOT NULL,
  asked_at REAL NOT NULL,
  mails    INTEGER NOT NULL DEFAULT 0
);

-- How far the file is clean of what was removed (cleaning.py); no row where it is.
CREATE TABLE cleaning (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  state TEXT NOT NULL,
  begin REAL NOT NULL,
  again REAL
);
