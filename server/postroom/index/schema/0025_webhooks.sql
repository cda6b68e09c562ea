-- Primary: where events are posted to. An operator's own endpoint has no agent. `reach_…` is what its maker saw no more than;
-- `mailboxes`, `thread` and `types` are what it asks for of that. Everything up to `position` was delivered, or lies in
-- webhook_lanes. A replay or a resumption begins another `generation`, of which no earlier worker writes.
CREATE TABLE webhooks (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id       TEXT NOT NULL UNIQUE,
  url             TEXT NOT NULL,
  tenant          TEXT NOT NULL,
  agent           TEXT NOT NULL,
  reach_mailboxes TEXT NOT NULL,
  reach_thread    TEXT,
  mailboxes       TEXT NOT NULL,
  thread          TEXT,
  types           TEXT NOT NULL,
  note            TEXT NOT NULL,
  created_at      REAL NOT NULL,
  status          TEXT NOT NULL,
  status_at       REAL NOT NULL,
  reason          TEXT NOT NULL DEFAULT '',
  generation      INTEGER NOT NULL DEFAULT 0,
  position        INTEGER NOT NULL,
  failures        INTEGER NOT NULL DEFAULT 0,
  failing_since   REAL,
  next_at         REAL,
  delivered_at    REAL,
  attempts        INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX webhooks_by_owner ON webhooks (tenant, agent, id);

CREATE INDEX webhooks_parked ON webhooks (id) WHERE status = 'parked';

-- What deliveries are signed with: the newest, and until a moment the ones before.
CREATE TABLE webhook_secrets (
  webhook_id INTEGER NOT NULL REFERENCES webhooks (id),
  number     INTEGER NOT NULL,
  secret     TEXT NOT NULL,
  until      REAL,
  PRIMARY KEY (webhook_id, number)
) WITHOUT ROWID;

-- A conversation that an endpoint has not been told to the end: from `position` on it is tried again, while others go on.
CREATE TABLE webhook_lanes (
  webhook_id    INTEGER NOT NULL REFERENCES webhooks (id),
  lane          TEXT NOT NULL,
  mailbox       TEXT NOT NULL,
  position      INTEGER NOT NULL,
  failures      INTEGER NOT NULL,
  failing_since REAL,
  next_at       REAL NOT NULL,
  PRIMARY KEY (webhook_id, lane)
) WITHOUT ROWID;

-- The last attempts, each in the place of an older one.
CREATE TABLE webhook_log (
  webhook_id   INTEGER NOT NULL REFERENCES webhooks (id),
  place        INTEGER NOT NULL,
  number       INTEGER NOT NULL,
  at           REAL NOT NULL,
  message_id   TEXT NOT NULL,
  type         TEXT NOT NULL,
  attempt      INTEGER NOT NULL,
  status       INTEGER,
  milliseconds INTEGER NOT NULL,
  fault        TEXT NOT NULL,
  PRIMARY KEY (webhook_id, place)
) WITHOUT ROWID;

-- Deliveries that somebody asked for to see whether they arrive.
CREATE TABLE webhook_tests (
  webhook_id INTEGER NOT NULL REFERENCES webhooks (id),
  message_id TEXT NOT NULL,
  at         REAL NOT NULL,
  PRIMARY KEY (webhook_id, message_id)
) WITHOUT ROWID;

-- Counts what became of endpoints otherwise than by deliveries: the courier reads them anew then.
INSERT INTO meta (key, value) VALUES ('webhooks', '0');
