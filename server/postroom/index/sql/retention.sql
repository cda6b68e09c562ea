-- name: due(stage, before, apart, most)
-- Mail at a stage that came before a time, which is another one for some mailboxes (a JSON object by address),
-- and is not a mail of ours on its way.
SELECT m.id, m.mailbox_id, m.arrived_at, b.address
FROM mailboxes b CROSS JOIN mail m INDEXED BY mail_by_age
WHERE m.mailbox_id = b.id AND m.stage = :stage AND m.stage < 4
  AND m.arrived_at < coalesce((SELECT a.value FROM json_each(:apart) a WHERE a.key = b.address), :before)
  AND NOT EXISTS (SELECT 1 FROM sends s WHERE s.mail_id = m.id AND (s.to_file = 1
    OR s.status NOT IN ('sent', 'failed', 'refused', 'denied', 'bounced', 'cancelled', 'expired')))
LIMIT :most;

-- name: has_files(mail_id)$
-- Whether files came with it.
SELECT attachments <> '[]' FROM messages WHERE mail_id = :mail_id;

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
