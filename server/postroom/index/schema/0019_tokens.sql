-- Primary: who may come in by the network. A token is kept as the SHA-256 of its 256 random bits; scopes and mailboxes are
-- JSON lists. A rotated one keeps its row, and its old secret until replaced_until.
CREATE TABLE tokens (
  id             INTEGER PRIMARY KEY,
  public_id      TEXT NOT NULL UNIQUE,
  hash           BLOB NOT NULL UNIQUE,
  replaced       BLOB UNIQUE,
  replaced_until REAL,
  tenant         TEXT NOT NULL,
  agent          TEXT NOT NULL,
  scopes         TEXT NOT NULL,
  mailboxes      TEXT NOT NULL,
  thread         TEXT,
  note           TEXT NOT NULL,
  created_at     REAL NOT NULL,
  expires_at     REAL,
  revoked_at     REAL,
  used_at        REAL
);
