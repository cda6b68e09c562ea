-- What was found of each domain of one's own when it was checked last. By name: a row goes with its
-- domain at the next look.
CREATE TABLE domain_checks (
  domain     TEXT PRIMARY KEY,
  asked_at   REAL NOT NULL DEFAULT 0,     -- when somebody asked for one anew
  checked_at REAL NOT NULL DEFAULT 0,     -- when one ended
  facts      TEXT NOT NULL DEFAULT '',    -- a digest of what it was checked for
  asked      TEXT NOT NULL DEFAULT '[]'   -- AskedServer, JSON
) WITHOUT ROWID;

-- failures: how often it was found wrong or missing, one time after another, the first time at
-- failing_since. was_right: whether it ever was; what never was cannot break.
CREATE TABLE domain_findings (
  domain    TEXT NOT NULL,
  place     INTEGER NOT NULL,             -- its place in the report
  subject   TEXT NOT NULL,
  what      TEXT NOT NULL,
  state     TEXT NOT NULL,                -- RecordState
  since     REAL NOT NULL,                -- when it came into that state
  failures  INTEGER NOT NULL,
  failing_since REAL NOT NULL,
  was_right INTEGER NOT NULL,
  broken    INTEGER NOT NULL,             -- whether that was told
  found     TEXT NOT NULL,                -- Finding, JSON
  PRIMARY KEY (domain, subject, what)
) WITHOUT ROWID;
