-- Primary: what mail on other people's servers brings with it.

-- A message may lie in several places, and be taken from any of them while the index keeps it.
ALTER TABLE copies ADD COLUMN gone_at REAL;

-- Which mails lie in a folder that is being compared with its server.
CREATE INDEX copies_by_place ON copies (account, folder, uidvalidity, uid);

-- How far down a first look at a folder has come (newest first), NULL once it is through; and the
-- row id below those that were set aside for its mail, so that ids are in order of arrival.
ALTER TABLE folders ADD COLUMN down_to INTEGER;
ALTER TABLE folders ADD COLUMN ids_from INTEGER;
-- The server's counter of changes (RFC 7162), where it has one.
ALTER TABLE folders ADD COLUMN modseq INTEGER;

-- Another Message-ID by which a mail is known: some providers put their own in place of ours.
CREATE TABLE aliases (
  mail_id    INTEGER NOT NULL REFERENCES mail (id),
  message_id TEXT NOT NULL,
  PRIMARY KEY (mail_id, message_id)
) WITHOUT ROWID;

CREATE INDEX aliases_by_id ON aliases (message_id);

-- A login elsewhere that we read (an account's name, or a mailbox's address): since when, and how it
-- stands.
CREATE TABLE logins (
  name     TEXT PRIMARY KEY,
  since    REAL NOT NULL,
  state    TEXT NOT NULL DEFAULT '',
  state_at REAL NOT NULL DEFAULT 0,
  detail   TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- Mail that was left where it lies, and is listed for the operator: it belongs to none of our
-- mailboxes, or its server does not hand it out. Only where it is, whom it was for, and why.
CREATE TABLE strays (
  account     TEXT NOT NULL,
  folder      TEXT NOT NULL,
  uidvalidity INTEGER NOT NULL,
  uid         INTEGER NOT NULL,
  seen_at     REAL NOT NULL,
  addresses   TEXT NOT NULL,
  why         TEXT NOT NULL,
  PRIMARY KEY (account, folder, uidvalidity, uid)
) WITHOUT ROWID;

CREATE INDEX strays_by_age ON strays (seen_at DESC);

-- What the server behind a mailbox was last told of it: '' nothing yet, then live, expired or deleted.
-- NULL where it need not be told anything.
ALTER TABLE mailboxes ADD COLUMN served TEXT;

CREATE INDEX mailboxes_to_serve ON mailboxes (id) WHERE served IS NOT NULL;

-- Waits that go on now, for watchers that look more often while somebody waits.
CREATE TABLE waits (
  id         TEXT PRIMARY KEY,
  mailbox_id INTEGER NOT NULL,
  until      REAL NOT NULL
) WITHOUT ROWID;

-- Whose conversations name a Message-ID: asked of what a person sent from an account.
CREATE INDEX mentions_by_id ON mentions (message_id);

-- Mail that its server took and did not file in Sent: a worker still has to.
ALTER TABLE sends ADD COLUMN to_file INTEGER NOT NULL DEFAULT 0;

CREATE INDEX sends_to_file ON sends (id) WHERE to_file = 1;

-- Since when nobody knows what became of a send.
ALTER TABLE sends ADD COLUMN doubt_since REAL;

-- It lies in a folder for unwanted mail.
ALTER TABLE mail ADD COLUMN in_spam INTEGER NOT NULL DEFAULT 0;

-- A conversation is read in order of arrival, and old mail is not indexed in that order.
DROP INDEX messages_by_thread;

CREATE INDEX messages_by_thread ON messages (thread_id, at, mail_id);
