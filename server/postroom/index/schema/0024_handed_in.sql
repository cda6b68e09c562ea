-- Primary, for a moment: mail that was handed in over HTTP and answered for, until a worker has indexed it. The bytes are those of
-- one mailbox's copy; the same mail handed in again meanwhile is there already.
CREATE TABLE handed_in (
  id          INTEGER PRIMARY KEY,
  mailbox_id  INTEGER NOT NULL REFERENCES mailboxes (id),
  fingerprint BLOB NOT NULL,
  bytes       BLOB NOT NULL,
  arrived_at  REAL NOT NULL,
  UNIQUE (mailbox_id, fingerprint)
);
