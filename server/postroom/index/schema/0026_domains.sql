-- Domains of one's own, and the keys that their mail is signed with (RFC 6376).
CREATE TABLE own_domains (
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,          -- ASCII, lower case
  added_at REAL NOT NULL,
  removed_at REAL                         -- its keys stay, so that no selector is given twice
);

-- state: KeyState. `private` is sealed with a secret that does not lie here, and NULL once the key is
-- retired.
CREATE TABLE dkim_keys (
  id         INTEGER PRIMARY KEY,
  domain_id  INTEGER NOT NULL REFERENCES own_domains (id),
  selector   TEXT NOT NULL,
  algorithm  TEXT NOT NULL,
  public     TEXT NOT NULL,               -- p= of its record
  private    BLOB,    
  state      TEXT NOT NULL,
  made_at    REAL NOT NULL,
  changed_at REAL NOT NULL,               -- when it came into its state
  UNIQUE (domain_id, selector)
);
