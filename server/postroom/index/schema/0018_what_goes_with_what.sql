-- Primary: what goes together with a mail, and what a decision was.

-- A mail that repeats another one: a question to the approver, an answer to it. It goes no later than that
-- (removal.py). to_stage is what it still has to come to, 0 for nothing.
CREATE TABLE hanging (
  mail_id  INTEGER PRIMARY KEY REFERENCES mail (id),
  on_mail  INTEGER NOT NULL REFERENCES mail (id),
  to_stage INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX hanging_by_mail ON hanging (on_mail);

CREATE INDEX hanging_due ON hanging (mail_id) WHERE to_stage > 0;

-- What is left of mail that a rule keeps from its mailbox, as of any other mail; what is released is mail.
ALTER TABLE quarantine ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;
-- By which its copy in the built-in server's store is found; NULL of blocked mail from before this was kept.
ALTER TABLE quarantine ADD COLUMN size INTEGER;

-- Whether it has any, or may have.
ALTER TABLE quarantine ADD COLUMN files INTEGER NOT NULL DEFAULT 1;

UPDATE quarantine SET size = length(bytes);

UPDATE quarantine SET stage = 4, evidence = '' WHERE released_at IS NOT NULL;

CREATE INDEX quarantine_by_age ON quarantine (mailbox_id, stage, arrived_at) WHERE stage < 4;

-- Such mail that has to leave the built-in server's own store.
CREATE TABLE to_clear_kept_out (
  quarantine_id INTEGER PRIMARY KEY REFERENCES quarantine (id)
);

-- What the digest of a decision's words is made with (seals.py): it goes with the words.
ALTER TABLE sends ADD COLUMN salt BLOB;

-- What was decided about a send, as digests; '' of other events, and of those before this was kept.
ALTER TABLE journal ADD COLUMN decided TEXT NOT NULL DEFAULT '';
