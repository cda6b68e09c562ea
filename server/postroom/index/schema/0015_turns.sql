-- Whom the limits by recipient and by domain count, and when: the person, as one whatever way the address is
-- written (index/sent_rates.py); the domain as the DNS writes it; and the send's time, NULL where it counts
-- nothing. The time is the send's own, kept beside it for an index by the triggers below, so that nothing that
-- changes a send can leave it behind.
ALTER TABLE recipients ADD COLUMN person TEXT NOT NULL DEFAULT '';

ALTER TABLE recipients ADD COLUMN domain TEXT NOT NULL DEFAULT '';

ALTER TABLE recipients ADD COLUMN goes_at REAL;

UPDATE recipients SET goes_at = (SELECT max(created_at, not_before) FROM sends WHERE id = send_id
  AND status NOT IN ('held', 'denied', 'cancelled', 'expired'));

CREATE TRIGGER recipients_timed AFTER INSERT ON recipients BEGIN UPDATE recipients SET goes_at = (
  SELECT max(created_at, not_before) FROM sends WHERE id = NEW.send_id
    AND status NOT IN ('held', 'denied', 'cancelled', 'expired')
) WHERE send_id = NEW.send_id AND address = NEW.address; END;

CREATE TRIGGER sends_timed AFTER UPDATE OF status, created_at, not_before ON sends
WHEN OLD.status <> NEW.status AND (OLD.status IN ('held', 'denied', 'cancelled', 'expired')
    OR NEW.status IN ('held', 'denied', 'cancelled', 'expired'))
  OR max(OLD.created_at, OLD.not_before) <> max(NEW.created_at, NEW.not_before)
BEGIN UPDATE recipients SET goes_at = iif(NEW.status IN ('held', 'denied', 'cancelled', 'expired'), NULL,
  max(NEW.created_at, NEW.not_before)) WHERE send_id = NEW.id; END;

DROP INDEX recipients_by_address;

DROP INDEX recipients_by_domain;

CREATE INDEX recipients_by_person ON recipients (tenant, person, goes_at) WHERE goes_at IS NOT NULL;

CREATE INDEX recipients_by_domain ON recipients (tenant, domain, goes_at) WHERE goes_at IS NOT NULL;

-- What came in and carries a code, or a file: a draft that passes it on is compared with these.
CREATE INDEX messages_with_codes ON messages (mailbox_id, mail_id) WHERE codes <> '[]';

CREATE INDEX messages_with_files ON messages (mailbox_id, mail_id) WHERE attachments <> '[]';

-- Derived: it says of itself that an agent wrote it.
ALTER TABLE messages ADD COLUMN by_agent INTEGER NOT NULL DEFAULT 0;

-- Derived: the addresses that stood in mail that came in, as salted hashes (index/met.py). A rebuild tells
-- those of mail from before.
CREATE TABLE met (
  owner   INTEGER NOT NULL,
  digest  INTEGER NOT NULL,
  mail_id INTEGER NOT NULL,
  PRIMARY KEY (owner, digest, mail_id)
) WITHOUT ROWID;

CREATE INDEX met_by_mail ON met (mail_id);
