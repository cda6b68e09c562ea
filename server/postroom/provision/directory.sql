CREATE TABLE IF NOT EXISTS postroom_mailboxes (
  address TEXT PRIMARY KEY,             -- lower case
  password TEXT NOT NULL,               -- a hash that names its scheme, as Dovecot reads it
  active INTEGER NOT NULL DEFAULT 1,    -- 0: it can be read, and receives and sends nothing
  quota_mb INTEGER NOT NULL DEFAULT 0   -- 0: no limit
);
