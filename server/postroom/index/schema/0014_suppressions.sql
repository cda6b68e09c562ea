-- Primary: whom nothing more is sent to. An address is lower case, its domain as the DNS writes it; a scope is
-- 'everywhere', 'tenant:NAME' or 'mailbox:ADDRESS'.
CREATE TABLE suppressions (
  address TEXT NOT NULL,
  scope   TEXT NOT NULL,
  cause   TEXT NOT NULL,
  note    TEXT NOT NULL,
  at      REAL NOT NULL,
  actor   TEXT NOT NULL,
  PRIMARY KEY (address, scope)
) WITHOUT ROWID;

-- What the addresses by which people unsubscribe are signed with.
INSERT INTO meta (key, value) VALUES ('unsubscribe_key', lower(hex(randomblob(32))));
