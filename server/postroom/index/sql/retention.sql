-- name: due(stage, before, apart, tenants, most)
-- Mail at a stage that came before a time, which is another one for some mailboxes and tenants (JSON objects by
-- address, by tenant), and is not a mail of ours on its way.
SELECT m.id, m.mailbox_id, m.arrived_at, b.address, o.tenant, NOT EXISTS (
    SELECT 1 FROM messages g WHERE g.mail_id = m.id AND g.attachments = '[]') AS files
FROM mailboxes b CROSS JOIN owners o CROSS JOIN mail m INDEXED BY mail_by_age
WHERE o.id = b.owner AND m.mailbox_id = b.id AND m.stage = :stage AND m.stage < 4
  AND m.arrived_at < coalesce((SELECT a.value FROM json_each(:apart) a WHERE a.key = b.address),
    (SELECT t.value FROM json_each(:tenants) t WHERE t.key = o.tenant), :before)
  AND NOT EXISTS (SELECT 1 FROM sends s WHERE s.mail_id = m.id AND (s.to_file = 1
    OR s.status NOT IN ('sent', 'failed', 'refused', 'denied', 'bounced', 'cancelled', 'expired')))
LIMIT :most;

-- name: kept_out_due(stage, before, apart, tenants, most)
-- The same of mail that a rule keeps from its mailbox.
SELECT q.id, q.mailbox_id, q.arrived_at, q.files, b.address, o.tenant
FROM mailboxes b CROSS JOIN owners o CROSS JOIN quarantine q INDEXED BY quarantine_by_age
WHERE o.id = b.owner AND q.mailbox_id = b.id AND q.stage = :stage AND q.stage < 4
  AND q.arrived_at < coalesce((SELECT a.value FROM json_each(:apart) a WHERE a.key = b.address),
    (SELECT t.value FROM json_each(:tenants) t WHERE t.key = o.tenant), :before)
LIMIT :most;

-- name: tenant_of(address)$
-- Whose a mailbox is.
SELECT o.tenant FROM mailboxes b JOIN owners o ON o.id = b.owner WHERE b.address = :address;

-- name: has_tenant(tenant)$
-- Whether a tenant has mailboxes.
SELECT 1 FROM owners o JOIN mailboxes b ON b.owner = o.id WHERE o.tenant = :tenant LIMIT 1;

-- name: held_bytes(mail_id)$
-- Its size, where its bytes are kept.
SELECT m.size FROM mail m JOIN raw r ON r.mail_id = m.id WHERE m.id = :mail_id;

-- name: ask()!
-- It is to be done now.
INSERT INTO meta (key, value) VALUES ('retention', 'asked') ON CONFLICT DO NOTHING;

-- name: is_asked()$
-- Whether it is.
SELECT 1 FROM meta WHERE key = 'retention';

-- name: answered()!
-- It is done.
DELETE FROM meta WHERE key = 'retention';
