-- Of which tenant a send was, for the limits by recipient and by domain: what one tenant sends must not show in
-- when another's mail goes.
ALTER TABLE recipients ADD COLUMN tenant TEXT NOT NULL DEFAULT '';

UPDATE recipients SET tenant = coalesce((
  SELECT o.tenant FROM sends s JOIN owners o ON o.id = s.owner WHERE s.id = recipients.send_id), '');

DROP INDEX recipients_by_address;

DROP INDEX recipients_by_domain;

CREATE INDEX recipients_by_address ON recipients (tenant, lower(address), send_id);

CREATE INDEX recipients_by_domain
  ON recipients (tenant, lower(substr(address, instr(address, '@') + 1)), send_id);
