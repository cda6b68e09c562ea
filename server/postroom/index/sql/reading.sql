-- name: list_mailbox(mailbox_id, since, last_at, thread_id, most)
-- A mailbox's conversations, newest first, from a place on.
SELECT c.*, t.public_id, b.address FROM conversations c
JOIN threads t ON t.id = c.thread_id JOIN mailboxes b ON b.id = c.mailbox_id AND b.status <> 'deleted'
WHERE c.mailbox_id = :mailbox_id AND c.last_at >= :since
  AND (c.last_at, c.thread_id) < (:last_at, :thread_id)
ORDER BY c.last_at DESC, c.thread_id DESC LIMIT :most;

-- name: list_mailbox_awaiting(mailbox_id, awaiting, since, last_at, thread_id, most)
-- Those that await somebody.
SELECT c.*, t.public_id, b.address FROM conversations c
JOIN threads t ON t.id = c.thread_id JOIN mailboxes b ON b.id = c.mailbox_id AND b.status <> 'deleted'
WHERE c.mailbox_id = :mailbox_id AND c.awaiting = :awaiting AND c.last_at >= :since
  AND (c.last_at, c.thread_id) < (:last_at, :thread_id)
ORDER BY c.last_at DESC, c.thread_id DESC LIMIT :most;

-- name: list_owner(owner, since, last_at, thread_id, most)
-- The conversations of all of an owner's mailboxes, newest first, from a place on.
SELECT c.*, t.public_id, b.address FROM conversations c
JOIN threads t ON t.id = c.thread_id JOIN mailboxes b ON b.id = c.mailbox_id AND b.status <> 'deleted'
WHERE c.owner = :owner AND c.last_at >= :since
  AND (c.last_at, c.thread_id) < (:last_at, :thread_id)
ORDER BY c.last_at DESC, c.thread_id DESC LIMIT :most;

-- name: list_owner_awaiting(owner, awaiting, since, last_at, thread_id, most)
-- Those that await somebody.
SELECT c.*, t.public_id, b.address FROM conversations c
JOIN threads t ON t.id = c.thread_id JOIN mailboxes b ON b.id = c.mailbox_id AND b.status <> 'deleted'
WHERE c.owner = :owner AND c.awaiting = :awaiting AND c.last_at >= :since
  AND (c.last_at, c.thread_id) < (:last_at, :thread_id)
ORDER BY c.last_at DESC, c.thread_id DESC LIMIT :most;

-- name: list_all(awaiting, since, last_at, thread_id, most)
-- Every conversation there is, newest first: for operators.
SELECT c.*, t.public_id, b.address FROM conversations c
JOIN threads t ON t.id = c.thread_id JOIN mailboxes b ON b.id = c.mailbox_id AND b.status <> 'deleted'
WHERE c.last_at >= :since AND (c.last_at, c.thread_id) < (:last_at, :thread_id)
  AND (:awaiting = '' OR c.awaiting = :awaiting)
ORDER BY c.last_at DESC, c.thread_id DESC LIMIT :most;

-- name: list_labelled(owner, mailbox_id, label, awaiting, since, last_at, thread_id, most)
-- The conversations of an owner, or of one of its mailboxes, that have a label.
SELECT c.*, t.public_id, b.address FROM thread_labels l CROSS JOIN conversations c ON c.thread_id = l.thread_id
JOIN threads t ON t.id = c.thread_id JOIN mailboxes b ON b.id = c.mailbox_id AND b.status <> 'deleted'
WHERE l.owner = :owner AND l.label = :label AND (:mailbox_id IS NULL OR c.mailbox_id = :mailbox_id)
  AND (:awaiting = '' OR c.awaiting = :awaiting) AND c.last_at >= :since
  AND (c.last_at, c.thread_id) < (:last_at, :thread_id)
ORDER BY c.last_at DESC, c.thread_id DESC LIMIT :most;

-- name: list_all_labelled(label, awaiting, since, last_at, thread_id, most)
-- Everybody's that have a label: for operators.
SELECT c.*, t.public_id, b.address FROM thread_labels l CROSS JOIN conversations c ON c.thread_id = l.thread_id
JOIN threads t ON t.id = c.thread_id JOIN mailboxes b ON b.id = c.mailbox_id AND b.status <> 'deleted'
WHERE l.label = :label AND (:awaiting = '' OR c.awaiting = :awaiting) AND c.last_at >= :since
  AND (c.last_at, c.thread_id) < (:last_at, :thread_id)
ORDER BY c.last_at DESC, c.thread_id DESC LIMIT :most;

-- name: conversation(thread_id)^
-- One conversation.
SELECT c.*, t.public_id, b.address FROM conversations c
JOIN threads t ON t.id = c.thread_id JOIN mailboxes b ON b.id = c.mailbox_id AND b.status <> 'deleted'
WHERE c.thread_id = :thread_id;

-- name: messages_down_from(thread_id, upto, most)
-- A conversation's messages, newest first, from a place on.
SELECT g.*, m.public_id, m.in_spam, s.status AS send_status, s.reason AS send_reason,
  s.note AS send_note, s.changes AS send_changes, s.public_id AS send_public_id, NOT EXISTS (SELECT 1 FROM messages o
    WHERE o.thread_id = g.thread_id AND (o.at, o.mail_id) < (g.at, g.mail_id)) AS is_first
FROM messages g JOIN mail m ON m.id = g.mail_id LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE g.thread_id = :thread_id
  AND (g.at, g.mail_id) <= (coalesce((SELECT at FROM messages WHERE mail_id = :upto AND thread_id = :thread_id), 1e18), :upto)
ORDER BY g.at DESC, g.mail_id DESC LIMIT :most;

-- name: older_than(thread_id, mail_id)$
-- How many messages of a conversation are older than one.
SELECT count(*) FROM messages WHERE thread_id = :thread_id
  AND (at, mail_id) < ((SELECT at FROM messages WHERE mail_id = :mail_id AND thread_id = :thread_id), :mail_id);

-- name: oldest_message(thread_id)^
-- The first message of a conversation.
SELECT g.*, m.public_id, m.in_spam, s.status AS send_status, s.reason AS send_reason,
  s.note AS send_note, s.changes AS send_changes, s.public_id AS send_public_id, NOT EXISTS (SELECT 1 FROM messages o
    WHERE o.thread_id = g.thread_id AND (o.at, o.mail_id) < (g.at, g.mail_id)) AS is_first
FROM messages g JOIN mail m ON m.id = g.mail_id LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE g.thread_id = :thread_id ORDER BY g.at, g.mail_id LIMIT 1;

-- name: one_message(mail_id)^
-- One message with its conversation.
SELECT g.*, m.public_id, m.in_spam, s.status AS send_status, s.reason AS send_reason,
  s.note AS send_note, s.changes AS send_changes, s.public_id AS send_public_id, NOT EXISTS (SELECT 1 FROM messages o
    WHERE o.thread_id = g.thread_id AND (o.at, o.mail_id) < (g.at, g.mail_id)) AS is_first
FROM messages g JOIN mail m ON m.id = g.mail_id LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE g.mail_id = :mail_id;

-- name: newest_received(thread_id)^
-- The newest message that came in, if any.
SELECT g.*, m.public_id, m.in_spam FROM messages g JOIN mail m ON m.id = g.mail_id
WHERE g.thread_id = :thread_id AND g.direction = 'received'
ORDER BY g.at DESC, g.mail_id DESC LIMIT 1;

-- name: newest_from_people(thread_id)^
-- The newest message that came in and that no program wrote, if any.
SELECT g.*, m.public_id, m.in_spam FROM messages g JOIN mail m ON m.id = g.mail_id
WHERE g.thread_id = :thread_id AND g.direction = 'received' AND g.kind IN ('message', 'invitation', 'list')
ORDER BY g.at DESC, g.mail_id DESC LIMIT 1;

-- name: unseen(thread_id, after, most)
-- What came into a conversation after a position, or a person sent there, newest first.
SELECT g.*, m.public_id, m.in_spam, NULL AS send_status, NULL AS send_reason,
  NULL AS send_note, NULL AS send_changes, NULL AS send_public_id, NOT EXISTS (SELECT 1 FROM messages o
    WHERE o.thread_id = g.thread_id AND (o.at, o.mail_id) < (g.at, g.mail_id)) AS is_first
FROM messages g JOIN mail m ON m.id = g.mail_id LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE g.thread_id = :thread_id AND s.id IS NULL AND g.position > :after
ORDER BY g.position DESC LIMIT :most;

-- name: count_unseen(thread_id, after)$
-- How much of that there is.
SELECT count(*) FROM messages g LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE g.thread_id = :thread_id AND s.id IS NULL AND g.position > :after;

-- name: newest_sent(thread_id)^
-- The newest message of ours, if any.
SELECT g.*, m.public_id, m.in_spam FROM messages g JOIN mail m ON m.id = g.mail_id
WHERE g.thread_id = :thread_id AND g.direction = 'sent'
ORDER BY g.at DESC, g.mail_id DESC LIMIT 1;

-- name: received_after_in_thread(thread_id, after, agent, sender, domain, coded, forged, matching, most)
-- What came into a conversation after a position, oldest first.
SELECT g.*, m.public_id, m.in_spam, NULL AS send_status, NULL AS send_reason,
  NULL AS send_note, NULL AS send_changes, NULL AS send_public_id, NOT EXISTS (SELECT 1 FROM messages o
    WHERE o.thread_id = g.thread_id AND (o.at, o.mail_id) < (g.at, g.mail_id)) AS is_first
FROM messages g JOIN mail m ON m.id = g.mail_id
WHERE g.thread_id = :thread_id AND g.direction = 'received' AND g.position > :after AND m.old = 0
  AND NOT EXISTS (SELECT 1 FROM acknowledged_apart p WHERE p.agent = :agent AND p.position = g.position)
  AND ((:sender = '' OR lower(g.from_address) = :sender)
    AND (:domain = '' OR substr(lower(g.from_address), -length(:domain) - 1) IN ('@' || :domain, '.' || :domain))
    AND (:coded = 0 OR g.codes <> '[]' OR g.links <> '[]')
    AND (:forged IS NULL OR (g.verdict = 'forged') = :forged)) = :matching
ORDER BY g.position LIMIT :most;

-- name: received_after_in_mailbox(mailbox_id, after, agent, sender, domain, coded, forged, matching, most)
-- What came into a mailbox after a position, oldest first.
SELECT g.*, m.public_id, m.in_spam, NULL AS send_status, NULL AS send_reason,
  NULL AS send_note, NULL AS send_changes, NULL AS send_public_id, NOT EXISTS (SELECT 1 FROM messages o
    WHERE o.thread_id = g.thread_id AND (o.at, o.mail_id) < (g.at, g.mail_id)) AS is_first
FROM messages g JOIN mail m ON m.id = g.mail_id
WHERE g.mailbox_id = :mailbox_id AND g.direction = 'received' AND g.position > :after AND m.old = 0
  AND NOT EXISTS (SELECT 1 FROM acknowledged_apart p WHERE p.agent = :agent AND p.position = g.position)
  AND ((:sender = '' OR lower(g.from_address) = :sender)
    AND (:domain = '' OR substr(lower(g.from_address), -length(:domain) - 1) IN ('@' || :domain, '.' || :domain))
    AND (:coded = 0 OR g.codes <> '[]' OR g.links <> '[]')
    AND (:forged IS NULL OR (g.verdict = 'forged') = :forged)) = :matching
ORDER BY g.position LIMIT :most;

-- name: pending_in_thread(thread_id, after, agent, sender, domain, coded, forged, matching, most)
-- What nobody answered in a conversation, after what was acknowledged.
SELECT g.*, m.public_id, m.in_spam, NULL AS send_status, NULL AS send_reason,
  NULL AS send_note, NULL AS send_changes, NULL AS send_public_id, NOT EXISTS (SELECT 1 FROM messages o
    WHERE o.thread_id = g.thread_id AND (o.at, o.mail_id) < (g.at, g.mail_id)) AS is_first
FROM messages g JOIN mail m ON m.id = g.mail_id
WHERE g.thread_id = :thread_id AND g.pending = 1 AND g.position > :after
  AND NOT EXISTS (SELECT 1 FROM acknowledged_apart p WHERE p.agent = :agent AND p.position = g.position)
  AND ((:sender = '' OR lower(g.from_address) = :sender)
    AND (:domain = '' OR substr(lower(g.from_address), -length(:domain) - 1) IN ('@' || :domain, '.' || :domain))
    AND (:coded = 0 OR g.codes <> '[]' OR g.links <> '[]')
    AND (:forged IS NULL OR (g.verdict = 'forged') = :forged)) = :matching
ORDER BY g.position LIMIT :most;

-- name: pending_in_mailbox(mailbox_id, agent, after, sender, domain, coded, forged, matching, most)
-- What nobody answered in a mailbox, after what was acknowledged there and in each conversation.
SELECT g.*, m.public_id, m.in_spam, NULL AS send_status, NULL AS send_reason,
  NULL AS send_note, NULL AS send_changes, NULL AS send_public_id, NOT EXISTS (SELECT 1 FROM messages o
    WHERE o.thread_id = g.thread_id AND (o.at, o.mail_id) < (g.at, g.mail_id)) AS is_first
FROM messages g JOIN mail m ON m.id = g.mail_id
LEFT JOIN acknowledged a ON a.agent = :agent AND a.scope = 't' || g.thread_id
WHERE g.mailbox_id = :mailbox_id AND g.pending = 1 AND g.position > :after
  AND g.position > coalesce(a.position, 0)
  AND NOT EXISTS (SELECT 1 FROM acknowledged_apart p WHERE p.agent = :agent AND p.position = g.position)
  AND ((:sender = '' OR lower(g.from_address) = :sender)
    AND (:domain = '' OR substr(lower(g.from_address), -length(:domain) - 1) IN ('@' || :domain, '.' || :domain))
    AND (:coded = 0 OR g.codes <> '[]' OR g.links <> '[]')
    AND (:forged IS NULL OR (g.verdict = 'forged') = :forged)) = :matching
ORDER BY g.position LIMIT :most;

-- name: acknowledged(agent, scope)^
-- How far a scope is acknowledged, and how often in a row a wait there ran out.
SELECT position, timeouts FROM acknowledged WHERE agent = :agent AND scope = :scope;

-- name: acknowledge(agent, scope, position)!
-- What lies before a position needs no more attention.
INSERT INTO acknowledged (agent, scope, position) VALUES (:agent, :scope, :position)
ON CONFLICT (agent, scope) DO UPDATE SET position = max(position, excluded.position);

-- name: acknowledge_apart(agent, position, mailbox_id)!
-- One thing needs no more attention, whatever lies before it.
INSERT INTO acknowledged_apart (agent, position, mailbox_id)
SELECT :agent, j.position, j.mailbox_id FROM journal j
WHERE j.position = :position AND j.mailbox_id = :mailbox_id ON CONFLICT DO NOTHING;

-- name: has_apart(agent, mailbox_id, after)$
-- Whether anything of a mailbox behind a position was acknowledged by itself.
SELECT 1 FROM acknowledged_apart
WHERE agent = :agent AND position > :after AND mailbox_id = :mailbox_id LIMIT 1;

-- name: forget_apart(agent, mailbox_id, position)!
-- All of a mailbox up to a position is acknowledged: no need to know it of single things.
DELETE FROM acknowledged_apart WHERE mailbox_id = :mailbox_id AND agent = :agent AND position <= :position;

-- name: count_timeout(agent, scope)!
-- One more wait ran out.
INSERT INTO acknowledged (agent, scope, timeouts) VALUES (:agent, :scope, 1)
ON CONFLICT (agent, scope) DO UPDATE SET timeouts = timeouts + 1;

-- name: forget_timeouts(agent, scope)!
-- Something came.
UPDATE acknowledged SET timeouts = 0 WHERE agent = :agent AND scope = :scope AND timeouts > 0;

-- name: woke(mail_id, agent, at)!
-- A mail was handed to a wait.
INSERT INTO wakes (mail_id, agent, at) VALUES (:mail_id, :agent, :at) ON CONFLICT DO NOTHING;

-- name: wakes(mail_id)
-- Whose waits a mail ended, in order.
SELECT agent, at FROM wakes WHERE mail_id = :mail_id ORDER BY at, agent;

-- name: shown(agent, thread_id)$
-- How far an agent has seen a conversation.
SELECT position FROM shown WHERE agent = :agent AND thread_id = :thread_id;

-- name: show(agent, thread_id, position)!
-- It has seen this much.
INSERT INTO shown (agent, thread_id, position) VALUES (:agent, :thread_id, :position)
ON CONFLICT (agent, thread_id) DO UPDATE SET position = max(position, excluded.position);

-- name: blind_copies(thread_id)
-- Whom our own mails in a conversation went to besides those that their headers name, in order.
SELECT s.mail_id, r.address FROM messages g JOIN sends s ON s.mail_id = g.mail_id
JOIN recipients r ON r.send_id = s.id
WHERE g.thread_id = :thread_id AND g.direction = 'sent' AND r.field = 'bcc'
ORDER BY s.mail_id, r.place;
