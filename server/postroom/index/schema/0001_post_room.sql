-- Primary: what cannot be made again.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE owners (
  id     INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  agent  TEXT NOT NULL,
  UNIQUE (tenant, agent)
);

CREATE TABLE mailboxes (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  address      TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  owner        INTEGER NOT NULL REFERENCES owners (id),
  status       TEXT NOT NULL,
  password     TEXT NOT NULL,
  problem      TEXT NOT NULL DEFAULT '',
  created_at   REAL NOT NULL,
  expires_at   REAL,
  purged_at    REAL
);

CREATE INDEX mailboxes_by_owner ON mailboxes (owner, address);

CREATE INDEX mailboxes_by_expiry ON mailboxes (expires_at) WHERE expires_at IS NOT NULL AND status = 'live';

-- An id that was handed out for a conversation. `into` is set when the conversation turned out to
-- be another one: the id stays a name of that one.
CREATE TABLE threads (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id  TEXT NOT NULL UNIQUE,
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes (id),
  into_id    INTEGER REFERENCES threads (id)
);

CREATE INDEX threads_by_target ON threads (into_id) WHERE into_id IS NOT NULL;

-- A mail that came in or went out, once for each mailbox it belongs to.
CREATE TABLE mail (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id   TEXT NOT NULL UNIQUE,
  mailbox_id  INTEGER NOT NULL REFERENCES mailboxes (id),
  direction   TEXT NOT NULL,
  arrived_at  REAL NOT NULL,
  position    INTEGER NOT NULL,
  thread_id   INTEGER NOT NULL REFERENCES threads (id),
  why         TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  size        INTEGER NOT NULL,
  old         INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX mail_by_mailbox ON mail (mailbox_id, id);

-- Every mail that comes in is asked after by its content: without this each costs a walk of the mailbox.
CREATE INDEX mail_by_content ON mail (mailbox_id, fingerprint);

CREATE TABLE raw (
  mail_id INTEGER PRIMARY KEY REFERENCES mail (id),
  bytes   BLOB NOT NULL
);

-- Where a mail lies on its server: what makes indexing it twice impossible.
CREATE TABLE copies (
  mailbox_id  INTEGER NOT NULL,
  account     TEXT NOT NULL,
  folder      TEXT NOT NULL,
  uidvalidity INTEGER NOT NULL,
  uid         INTEGER NOT NULL,
  mail_id     INTEGER NOT NULL REFERENCES mail (id),
  PRIMARY KEY (mailbox_id, account, folder, uidvalidity, uid)
) WITHOUT ROWID;

CREATE INDEX copies_by_mail ON copies (mail_id);

-- How far each folder has been read.
CREATE TABLE folders (
  mailbox_id  INTEGER NOT NULL,
  account     TEXT NOT NULL,
  folder      TEXT NOT NULL,
  uidvalidity INTEGER NOT NULL,
  last_uid    INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, account, folder)
) WITHOUT ROWID;

CREATE TABLE sends (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id       TEXT NOT NULL UNIQUE,
  mailbox_id      INTEGER NOT NULL REFERENCES mailboxes (id),
  mail_id         INTEGER NOT NULL REFERENCES mail (id),
  actor           TEXT NOT NULL,
  status          TEXT NOT NULL,
  sender          TEXT NOT NULL,
  answers_mail    INTEGER,
  content_hash    BLOB NOT NULL,
  idempotency_key TEXT,
  verdict         TEXT NOT NULL,
  created_at      REAL NOT NULL,
  not_before      REAL NOT NULL,
  attempts        INTEGER NOT NULL DEFAULT 0,
  reason          TEXT NOT NULL DEFAULT '',
  settled_at      REAL
);

CREATE UNIQUE INDEX sends_by_key ON sends (mailbox_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE INDEX sends_by_content ON sends (mailbox_id, content_hash, created_at);

CREATE INDEX sends_by_mail ON sends (mail_id);

CREATE INDEX sends_by_answered ON sends (answers_mail) WHERE answers_mail IS NOT NULL;

CREATE INDEX sends_held ON sends (mailbox_id) WHERE status = 'held';

-- What the courier asks for at every commit. One index a state: SQLite uses a partial one only where
-- the query says its condition word for word.
CREATE INDEX sends_queued ON sends (not_before) WHERE status = 'queued';

CREATE INDEX sends_submitting ON sends (id) WHERE status = 'submitting';

CREATE INDEX sends_unknown ON sends (id) WHERE status = 'unknown';

CREATE TABLE recipients (
  send_id INTEGER NOT NULL REFERENCES sends (id),
  address TEXT NOT NULL,
  field   TEXT NOT NULL,
  place   INTEGER NOT NULL,
  outcome TEXT NOT NULL DEFAULT '',
  code    INTEGER NOT NULL DEFAULT 0,
  reply   TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (send_id, address)
) WITHOUT ROWID;

-- Every try to hand a mail to a server, with what the server said: for whoever asks why.
CREATE TABLE attempts (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  send_id INTEGER NOT NULL REFERENCES sends (id),
  at      REAL NOT NULL,
  number  INTEGER NOT NULL,
  replies TEXT NOT NULL
);

CREATE INDEX attempts_by_send ON attempts (send_id);

-- Ids and a salted hash of content, never addresses or words.
CREATE TABLE journal (
  position   INTEGER PRIMARY KEY AUTOINCREMENT,
  at         REAL NOT NULL,
  type       TEXT NOT NULL,
  actor      TEXT NOT NULL,
  mailbox_id INTEGER,
  thread_id  INTEGER,
  mail_id    INTEGER,
  send_id    INTEGER,
  digest     BLOB,
  detail     TEXT NOT NULL DEFAULT ''
);

CREATE INDEX journal_by_mail ON journal (mail_id) WHERE mail_id IS NOT NULL;

CREATE INDEX journal_by_send ON journal (send_id, position) WHERE send_id IS NOT NULL;

CREATE INDEX journal_outcomes ON journal (mailbox_id, position)
  WHERE type IN ('send.failed', 'send.denied', 'send.approved');

-- How far an agent has acknowledged a scope ("m12" a mailbox, "t34" a thread), and how often in a
-- row a wait there ran out.
CREATE TABLE acknowledged (
  agent    TEXT NOT NULL,
  scope    TEXT NOT NULL,
  position INTEGER NOT NULL DEFAULT 0,
  timeouts INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (agent, scope)
) WITHOUT ROWID;

CREATE INDEX acknowledged_by_scope ON acknowledged (scope);

-- The newest message of a thread that an agent has been shown.
CREATE TABLE shown (
  agent     TEXT NOT NULL,
  thread_id INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  PRIMARY KEY (agent, thread_id)
) WITHOUT ROWID;

CREATE INDEX shown_by_thread ON shown (thread_id);

-- Whose wait a mail ended: for whoever asks what became of it.
CREATE TABLE wakes (
  mail_id INTEGER NOT NULL REFERENCES mail (id),
  agent   TEXT NOT NULL,
  at      REAL NOT NULL,
  PRIMARY KEY (mail_id, agent)
) WITHOUT ROWID;

CREATE TABLE worker (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  term       INTEGER NOT NULL,
  pid        INTEGER NOT NULL,
  program    TEXT NOT NULL,
  started_at REAL NOT NULL,
  imap_port  INTEGER NOT NULL DEFAULT 0,
  smtp_port  INTEGER NOT NULL DEFAULT 0
);

-- Derived: `postroom index rebuild` makes all of this again from what stands above.

CREATE TABLE messages (
  mail_id     INTEGER PRIMARY KEY,
  mailbox_id  INTEGER NOT NULL,
  thread_id   INTEGER NOT NULL,
  direction   TEXT NOT NULL,
  position    INTEGER NOT NULL,
  at          REAL NOT NULL,
  message_id  TEXT NOT NULL,
  follows     TEXT NOT NULL,
  kind        TEXT NOT NULL,
  verdict     TEXT NOT NULL,
  from_address TEXT NOT NULL,
  from_name   TEXT NOT NULL,
  to_people   TEXT NOT NULL,
  cc_people   TEXT NOT NULL,
  reply_to    TEXT NOT NULL,
  date        REAL,
  subject     TEXT NOT NULL,
  text        TEXT NOT NULL,
  new_text    TEXT,
  attachments TEXT NOT NULL,
  hidden_text INTEGER NOT NULL,
  defects     TEXT NOT NULL,
  pending     INTEGER NOT NULL
);

CREATE INDEX messages_by_message_id ON messages (message_id);

CREATE INDEX messages_by_thread ON messages (thread_id, mail_id);

CREATE INDEX messages_by_mailbox ON messages (mailbox_id, mail_id);

CREATE INDEX messages_pending ON messages (mailbox_id, position) WHERE pending = 1;

CREATE INDEX messages_received ON messages (mailbox_id, position) WHERE direction = 'received';

-- Which conversation each Message-ID belongs to that was met as a message's own or as one it follows.
CREATE TABLE mentions (
  mailbox_id INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  thread_id  INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, message_id)
) WITHOUT ROWID;

CREATE INDEX mentions_by_thread ON mentions (thread_id);

-- One row a thread, kept up with every message, so that a list costs the same at any size.
CREATE TABLE conversations (
  thread_id      INTEGER PRIMARY KEY,
  mailbox_id     INTEGER NOT NULL,
  owner          INTEGER NOT NULL,
  subject        TEXT NOT NULL,
  participants   TEXT NOT NULL,
  message_count  INTEGER NOT NULL,
  last_at        REAL NOT NULL,
  last_direction TEXT NOT NULL,
  snippet        TEXT NOT NULL,
  awaiting       TEXT NOT NULL
);

CREATE INDEX conversations_by_mailbox ON conversations (mailbox_id, last_at DESC, thread_id DESC);

CREATE INDEX conversations_by_owner ON conversations (owner, last_at DESC, thread_id DESC);

CREATE INDEX conversations_by_age ON conversations (last_at DESC, thread_id DESC);

CREATE INDEX conversations_awaiting ON conversations (mailbox_id, awaiting, last_at DESC, thread_id DESC);

CREATE INDEX conversations_owner_awaiting ON conversations (owner, awaiting, last_at DESC, thread_id DESC);

-- Full text. The row id is owner × 2^40 + the mail's id, so that a search in one owner's mail never
-- walks the words of another's; `box` holds a word for the mailbox. The text stands in messages.
CREATE VIRTUAL TABLE search USING fts5 (
  box, subject, people, words,
  content = '', tokenize = 'unicode61 remove_diacritics 2'
);
