-- Primary, and for a day: files that somebody brought before the mail they go out with. The owner is NULL for the operator's;
-- confined says what of its agent's its bringer sees, "" for all. A file comes in parts; before it is whole it is nobody's.
CREATE TABLE uploads (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id    TEXT NOT NULL UNIQUE,
  owner        INTEGER REFERENCES owners (id),
  confined     TEXT NOT NULL,
  filename     TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size         INTEGER NOT NULL DEFAULT 0,
  whole        INTEGER NOT NULL DEFAULT 0,
  created_at   REAL NOT NULL,
  expires_at   REAL NOT NULL
);
CREATE INDEX uploads_by_owner ON uploads (owner, size);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
CREATE TABLE upload_parts (
  upload_id INTEGER NOT NULL REFERENCES uploads (id),
  number    INTEGER NOT NULL,
  bytes     BLOB NOT NULL,
  PRIMARY KEY (upload_id, number)
);
