-- Derived: what a message carries for somebody who signs up or logs in, JSON arrays.
ALTER TABLE messages ADD COLUMN codes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE messages ADD COLUMN links TEXT NOT NULL DEFAULT '[]';

-- Primary: what an agent acknowledged beyond its cursor's position, because other mail that it did not
-- ask for lies between. A position of the journal each.
CREATE TABLE acknowledged_apart (
  agent      TEXT NOT NULL,
  position   INTEGER NOT NULL,
  mailbox_id INTEGER NOT NULL,
  PRIMARY KEY (agent, position)
) WITHOUT ROWID;

CREATE INDEX acknowledged_apart_by_mailbox ON acknowledged_apart (mailbox_id);
