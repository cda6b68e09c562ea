-- Idempotency keys of what is made besides sends, a caller's own: a repeated request makes nothing twice. Key and
-- request as salted hashes; made is the id or the address of what there is since.
CREATE TABLE keys (
  actor   TEXT NOT NULL,
  digest  BLOB NOT NULL,
  what    TEXT NOT NULL,
  request BLOB NOT NULL,
  made    TEXT NOT NULL,
  at      REAL NOT NULL,
  PRIMARY KEY (actor, digest)
) WITHOUT ROWID;
