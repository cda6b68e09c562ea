-- Primary: what goes outside, and from which domain; so that a new sender's plan and a domain's standing are
-- counted in the outbox itself (index/reputation.py).

-- Whether a recipient was no mailbox of this post room as the mail was filed.
ALTER TABLE recipients ADD COLUMN outside INTEGER NOT NULL DEFAULT 0;

UPDATE recipients SET outside = person NOT IN (SELECT address FROM mailboxes WHERE status <> 'deleted');

-- The domain that it is from, and how many of its recipients are outside.
ALTER TABLE sends ADD COLUMN from_domain TEXT NOT NULL DEFAULT '';

ALTER TABLE sends ADD COLUMN outside INTEGER NOT NULL DEFAULT 0;

UPDATE sends SET
  from_domain = coalesce((SELECT substr(b.address, instr(b.address, '@') + 1) FROM mailboxes b WHERE b.id = mailbox_id), ''),
  outside = (SELECT count(*) FROM recipients r WHERE r.send_id = sends.id AND r.outside = 1);

-- It goes also while its domain is paused: an answer to whoever wrote, or what the post room itself asks.
ALTER TABLE sends ADD COLUMN goes_on INTEGER NOT NULL DEFAULT 0;

-- It is queued, and its domain's pause keeps it.
ALTER TABLE sends ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;

-- Some server heard for whom it is: it is on its way, and plans do not ask it any more.
ALTER TABLE sends ADD COLUMN offered INTEGER NOT NULL DEFAULT 0;

UPDATE sends SET offered = 1 WHERE attempts > 0;

-- When it goes outside: its time, NULL where it counts nothing or stays within. Kept beside it by the trigger below,
-- so that an index holds all that is asked: an index of an expression makes SQLite (to 3.40) look at each row.
ALTER TABLE sends ADD COLUMN outside_at REAL;

UPDATE sends SET outside_at = max(created_at, not_before)
WHERE outside > 0 AND status NOT IN ('held', 'denied', 'cancelled', 'expired');

CREATE TRIGGER sends_timed_outside AFTER UPDATE OF status, created_at, not_before ON sends
WHEN NEW.outside > 0 AND (OLD.status IN ('held', 'denied', 'cancelled', 'expired')
  OR NEW.status IN ('held', 'denied', 'cancelled', 'expired')
  OR max(OLD.created_at, OLD.not_before) <> max(NEW.created_at, NEW.not_before))
BEGIN UPDATE sends SET outside_at = iif(NEW.status IN ('held', 'denied', 'cancelled', 'expired'), NULL,
  max(NEW.created_at, NEW.not_before)) WHERE id = NEW.id; END;

CREATE INDEX sends_outside_by_domain ON sends (from_domain, outside_at, outside) WHERE outside_at IS NOT NULL;

CREATE INDEX sends_outside_by_mailbox ON sends (mailbox_id, outside_at, outside) WHERE outside_at IS NOT NULL;

-- What a pause keeps is not looked through for what is due, and of a domain only as much as is asked for.
DROP INDEX sends_queued;

CREATE INDEX sends_queued ON sends (paused, from_domain, not_before) WHERE status = 'queued';

-- What speaks against a domain: what came back for good, was refused (RFC 5321 section 4.2.3) or called unwanted.
CREATE INDEX recipients_lost ON recipients (goes_at) WHERE outside = 1 AND (reported IN ('permanent', 'complaint')
  OR (outcome = 'refused' AND code IN (550, 551, 553, 554)));

-- A domain whose sending is paused, or was: why, and from when on its mail is counted since a person let it go.
CREATE TABLE standing (
  domain       TEXT PRIMARY KEY,
  paused_at    REAL,
  cause        TEXT NOT NULL DEFAULT '',
  recipients   INTEGER NOT NULL DEFAULT 0,
  against      INTEGER NOT NULL DEFAULT 0,
  counted_from REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;
