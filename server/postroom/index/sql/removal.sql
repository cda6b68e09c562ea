-- name: drop_raw(mail_id)!
-- Its bytes go.
DELETE FROM raw WHERE mail_id = :mail_id;

-- name: clear_store(mail_id)!
-- They have to leave the built-in server's store as well: a copy in Sent may lie there that nobody has met.
INSERT INTO to_clear (mail_id) VALUES (:mail_id) ON CONFLICT DO NOTHING;

-- name: to_clear(most)
-- Mail that has to leave the store, with its mailbox.
SELECT to_clear.mail_id, b.address, m.size, m.fingerprint FROM to_clear
CROSS JOIN mail m ON m.id = to_clear.mail_id CROSS JOIN mailboxes b ON b.id = m.mailbox_id LIMIT :most;

-- name: places(mail_id)
-- Where it lay there.
SELECT folder, uidvalidity, uid FROM copies WHERE mail_id = :mail_id AND account = 'builtin';

-- name: mark_gone(mail_id, at)!
-- It lies there no more.
UPDATE copies SET gone_at = :at WHERE mail_id = :mail_id AND account = 'builtin' AND gone_at IS NULL;

-- name: cleared(mail_id)!
-- It has.
DELETE FROM to_clear WHERE mail_id = :mail_id;

-- name: clear_met(mail_id)!
-- A mail without bytes was met in the store: it has to leave it.
INSERT INTO to_clear (mail_id) SELECT id FROM mail WHERE id = :mail_id AND stage IN (2, 3, 4)
ON CONFLICT DO NOTHING;

-- name: mailbox(mail_id)$
-- Whose it is.
SELECT mailbox_id FROM mail WHERE id = :mail_id;

-- name: stage(mail_id)$
-- What is left of it.
SELECT stage FROM mail WHERE id = :mail_id;

-- name: message(mail_id)^
-- What was read from it.
SELECT * FROM messages WHERE mail_id = :mail_id;

-- name: blank(mail_id, defects)!
-- Its words go.
UPDATE messages SET text = '', new_text = NULL, signature = '', codes = '[]', links = '[]', attachments = '[]',
  defects = :defects
WHERE mail_id = :mail_id;

-- name: drop_message(mail_id)!
-- Its fields go.
DELETE FROM messages WHERE mail_id = :mail_id;

-- name: drop_aliases(mail_id)!
-- The other ids it went by.
DELETE FROM aliases WHERE mail_id = :mail_id;

-- name: bare(mail_id)!
-- What is left is a row of ids, of its size, and the hash by which it is known when it is met again.
UPDATE mail SET why = '', signatures = '', checks = '' WHERE id = :mail_id;

-- name: set_stage(mail_id, stage)!
-- What is left of it.
UPDATE mail SET stage = :stage WHERE id = :mail_id;

-- name: bare_send(mail_id)!
-- The words of the intent go; that it was, what became of it, and by what it is known again, stays.
UPDATE sends SET reason = '' WHERE mail_id = :mail_id;

-- name: drop_recipients(mail_id)!
-- Whom it was for.
DELETE FROM recipients WHERE send_id IN (SELECT id FROM sends WHERE mail_id = :mail_id);

-- name: drop_attempts(mail_id)!
-- What servers said.
DELETE FROM attempts WHERE send_id IN (SELECT id FROM sends WHERE mail_id = :mail_id);

-- name: is_under_way(mail_id)$
-- Whether it is a mail of ours that is not settled: it needs its bytes yet.
SELECT 1 FROM sends WHERE mail_id = :mail_id AND (to_file = 1
  OR status NOT IN ('sent', 'failed', 'refused', 'denied', 'bounced', 'cancelled', 'expired')) LIMIT 1;

-- name: ids_in(thread_id)
-- The Message-IDs that a thread's messages name.
SELECT g.message_id, g.follows,
  (SELECT json_group_array(a.message_id) FROM aliases a WHERE a.mail_id = g.mail_id) AS aliases
FROM messages g WHERE g.thread_id = :thread_id;

-- name: mentions_of(thread_id)
-- Those that lead to it.
SELECT mailbox_id, message_id FROM mentions WHERE thread_id = :thread_id;

-- name: forget_mention(mailbox_id, message_id)!
-- Nothing names it any more.
DELETE FROM mentions WHERE mailbox_id = :mailbox_id AND message_id = :message_id;
