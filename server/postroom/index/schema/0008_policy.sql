-- Primary: what operators set, and what it is counted by.

-- Every text of policy.toml that was ever in force, by its version; which is the newest stands in meta.
CREATE TABLE policies (
  version TEXT PRIMARY KEY,
  text    TEXT NOT NULL,
  kept_at REAL NOT NULL
) WITHOUT ROWID;

-- Whose mailbox a send is from, and how many of its recipients were never met before.
ALTER TABLE sends ADD COLUMN owner INTEGER;
ALTER TABLE sends ADD COLUMN first_contacts INTEGER NOT NULL DEFAULT 0;

UPDATE sends SET owner = (SELECT owner FROM mailboxes b WHERE b.id = sends.mailbox_id);

-- When each send went out, or is to: what limits count. What waits for a person or never goes is not in it.
CREATE INDEX sends_paced_by_mailbox ON sends (mailbox_id, max(created_at, not_before))
  WHERE status NOT IN ('held', 'denied', 'cancelled', 'expired');

CREATE INDEX sends_paced_by_owner ON sends (owner, max(created_at, not_before))
  WHERE status NOT IN ('held', 'denied', 'cancelled', 'expired');

CREATE INDEX sends_paced_by_first_contact ON sends (owner, max(created_at, not_before), first_contacts)
  WHERE first_contacts > 0 AND status NOT IN ('held', 'denied', 'cancelled', 'expired');

-- Whom sends were for, by address and by domain.
CREATE INDEX recipients_by_address ON recipients (lower(address), send_id);

CREATE INDEX recipients_by_domain ON recipients (lower(substr(address, instr(address, '@') + 1)), send_id);

-- Messages that ask for answers to another address.
CREATE INDEX messages_redirecting ON messages (mailbox_id, mail_id) WHERE reply_to <> '[]';

-- Primary: mail that a rule keeps from its mailbox. It is no message: nothing an agent may ask finds it.
-- Of blocked mail there are no bytes.
CREATE TABLE quarantine (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id    TEXT NOT NULL UNIQUE,
  mailbox_id   INTEGER NOT NULL REFERENCES mailboxes (id),
  account      TEXT NOT NULL,
  folder       TEXT NOT NULL,
  uidvalidity  INTEGER NOT NULL,
  uid          INTEGER NOT NULL,
  fingerprint  BLOB NOT NULL,
  arrived_at   REAL NOT NULL,
  old          INTEGER NOT NULL,
  in_spam      INTEGER NOT NULL,
  rule         TEXT NOT NULL,
  policy       TEXT NOT NULL,
  verdict      TEXT NOT NULL,
  evidence     TEXT NOT NULL,
  from_name    TEXT NOT NULL,
  from_address TEXT NOT NULL,
  subject      TEXT NOT NULL,
  bytes        BLOB,
  released_at  REAL
);

CREATE INDEX quarantine_by_content ON quarantine (mailbox_id, fingerprint);

CREATE INDEX quarantine_waiting ON quarantine (id) WHERE released_at IS NULL;
