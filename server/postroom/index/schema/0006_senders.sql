-- Primary: what DKIM signatures came to as a mail arrived. Keys change, and cannot be asked for again later.
-- JSON, '' where nobody looked.
ALTER TABLE mail ADD COLUMN signatures TEXT NOT NULL DEFAULT '';

-- Derived: what the sender's verdict rests on, as JSON; '' where there is nothing to say.
ALTER TABLE messages ADD COLUMN evidence TEXT NOT NULL DEFAULT '';

-- Derived: whether the sender had written before, verified; and whose address theirs can be taken for.
ALTER TABLE messages ADD COLUMN sender_known INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN lookalike_of TEXT NOT NULL DEFAULT '';

-- Derived: whom an owner knows, and since when: who wrote (verified), and whom we wrote to. A row a mail and
-- address; the oldest row of a skeleton is the one that others may be taken for.
CREATE TABLE correspondents (
  mail_id         INTEGER NOT NULL,
  owner           INTEGER NOT NULL,
  address         TEXT NOT NULL,
  skeleton        TEXT NOT NULL,
  domain_skeleton TEXT NOT NULL,
  wrote           INTEGER NOT NULL,
  at              REAL NOT NULL,
  PRIMARY KEY (mail_id, address)
) WITHOUT ROWID;

CREATE INDEX correspondents_by_address ON correspondents (owner, address, wrote, at, mail_id);

CREATE INDEX correspondents_by_skeleton ON correspondents (owner, skeleton, at, mail_id, address);

CREATE INDEX correspondents_by_domain ON correspondents (owner, domain_skeleton, at, mail_id, address);
