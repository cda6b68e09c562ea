-- What others report about domains of one's own (DMARC's aggregate reports, TLS-RPT), each once for whoever sent it.
-- Primary: the mail that a report came in may be gone by now. kind: ReportKind. verdict: SenderVerdict of that mail; of a
-- forged one there are no rows. fault: why it could not be read.
CREATE TABLE domain_reports (
  id            INTEGER PRIMARY KEY,
  domain        TEXT NOT NULL,
  kind          TEXT NOT NULL,
  sender        TEXT NOT NULL,            -- From, as it stood there
  sender_domain TEXT NOT NULL,            -- of it: ASCII, lower case
  verdict       TEXT NOT NULL,
  org           TEXT NOT NULL,            -- what the reporter calls itself
  report_id     TEXT NOT NULL,
  policy        TEXT NOT NULL DEFAULT '',
  begins_at     REAL NOT NULL,            -- of an unreadable one when it came
  ends_at       REAL NOT NULL,
  received_at   REAL NOT NULL,
  message       TEXT NOT NULL,            -- public id of the mail
  total         INTEGER NOT NULL DEFAULT 0, -- mails, or connections
  kept_rows     INTEGER NOT NULL DEFAULT 0,
  fault         TEXT NOT NULL DEFAULT '',
  UNIQUE (domain, kind, sender_domain, org, report_id)
);

CREATE INDEX domain_reports_by_period ON domain_reports (domain, kind, begins_at);

CREATE INDEX domain_reports_by_arrival ON domain_reports (received_at);

CREATE TABLE domain_report_rows (
  report        INTEGER NOT NULL REFERENCES domain_reports (id) ON DELETE CASCADE,
  number        INTEGER NOT NULL,
  source        TEXT NOT NULL,            -- an IP address
  messages      INTEGER NOT NULL,
  disposition   TEXT NOT NULL,
  dkim_aligned  INTEGER NOT NULL,
  spf_aligned   INTEGER NOT NULL,
  header_from   TEXT NOT NULL,
  dkim_result   TEXT NOT NULL,
  dkim_domain   TEXT NOT NULL,
  dkim_selector TEXT NOT NULL,
  spf_result    TEXT NOT NULL,
  spf_domain    TEXT NOT NULL,
  PRIMARY KEY (report, number)
) WITHOUT ROWID;

CREATE TABLE domain_tls_policies (
  report    INTEGER NOT NULL REFERENCES domain_reports (id) ON DELETE CASCADE,
  number    INTEGER NOT NULL,
  type      TEXT NOT NULL,
  successes INTEGER NOT NULL,
  failures  INTEGER NOT NULL,
  PRIMARY KEY (report, number)
) WITHOUT ROWID;

CREATE TABLE domain_tls_failures (
  report       INTEGER NOT NULL REFERENCES domain_reports (id) ON DELETE CASCADE,
  number       INTEGER NOT NULL,
  result       TEXT NOT NULL,
  sending_ip   TEXT NOT NULL,
  receiving_mx TEXT NOT NULL,
  receiving_ip TEXT NOT NULL,
  sessions     INTEGER NOT NULL,
  PRIMARY KEY (report, number)
) WITHOUT ROWID;

-- How far the mail of each mailbox that reports come to was read, a position of the journal.
CREATE TABLE report_mailboxes (
  mailbox_id INTEGER PRIMARY KEY REFERENCES mailboxes (id),
  read_up_to INTEGER NOT NULL
);

-- Envelope senders that name a send (VERP). Drawn at random: nobody has one who was not on the mail's way.
CREATE TABLE bounce_addresses (
  tag     TEXT PRIMARY KEY,
  send_id INTEGER NOT NULL UNIQUE REFERENCES sends (id)
) WITHOUT ROWID;
