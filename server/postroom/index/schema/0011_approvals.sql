-- Primary: what a person has to decide, and what they said.

-- Why the agent asked that a person looks first, in its own words; '' where it did not ask.
ALTER TABLE sends ADD COLUMN review TEXT NOT NULL DEFAULT '';
-- The person's own words about the decision.
ALTER TABLE sends ADD COLUMN note TEXT NOT NULL DEFAULT '';
-- What a person changed before it went, as the agent is shown it.
ALTER TABLE sends ADD COLUMN changes TEXT NOT NULL DEFAULT '';
-- The hash of envelope and bytes that a person approved (index/held.py); '' where nobody had to.
ALTER TABLE sends ADD COLUMN approved TEXT NOT NULL DEFAULT '';
-- Until when a person may decide; NULL where that does not end: what is in doubt stays so.
ALTER TABLE sends ADD COLUMN expires_at REAL;
-- From when on it may go, and its tries are counted; NULL of sends before this was kept: created_at.
ALTER TABLE sends ADD COLUMN released_at REAL;
-- When the approver was asked about it by mail; NULL where that is still to be done.
ALTER TABLE sends ADD COLUMN asked_at REAL;

-- What the approver was asked by mail. An answer names the token, of which a hash is kept; it counts once, and
-- for the mail of that hash alone.
CREATE TABLE questions (
  token       BLOB PRIMARY KEY,
  send_id     INTEGER NOT NULL REFERENCES sends (id),
  hash        TEXT NOT NULL,
  at          REAL NOT NULL,
  answered_at REAL
) WITHOUT ROWID;

CREATE INDEX questions_by_send ON questions (send_id);

CREATE INDEX sends_expiring ON sends (expires_at) WHERE status = 'held';

-- What became of a send that somebody may wait for. Two more are among them now.
DROP INDEX journal_outcomes;
CREATE INDEX journal_outcomes ON journal (mailbox_id, position)
  WHERE type IN ('send.failed', 'send.denied', 'send.approved', 'send.expired', 'send.cancelled');
