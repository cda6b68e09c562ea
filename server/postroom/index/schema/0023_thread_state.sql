-- Primary: what agents and operators keep with a conversation: labels, and a small JSON object. Not derived from mail: a rebuild
-- leaves it, joining conversations joins it, and it goes with their words.
CREATE TABLE thread_states (
  thread_id  INTEGER PRIMARY KEY REFERENCES threads (id),
  metadata   TEXT NOT NULL,
  version    INTEGER NOT NULL,
  changed_at REAL NOT NULL
);
-- Its key's columns stand first: SQLite 3.40's integrity_check takes another column for a NULL elsewhere.
CREATE TABLE thread_labels (
  thread_id INTEGER NOT NULL REFERENCES threads (id),
  label     TEXT NOT NULL,
  owner     INTEGER NOT NULL,
  PRIMARY KEY (thread_id, label)
) WITHOUT ROWID;
CREATE INDEX thread_labels_by_owner ON thread_labels (owner, label, thread_id);
CREATE INDEX thread_labels_by_label ON thread_labels (label, thread_id);
