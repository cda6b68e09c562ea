-- name: members(mailbox_id)
-- What threads are made from.
SELECT g.mail_id, g.thread_id, g.message_id, g.follows, coalesce(s.answers_mail,
    (SELECT o.mail_id FROM sends o WHERE o.public_id = m.about_send)) AS answers_mail,
  (SELECT json_group_array(a.message_id) FROM aliases a WHERE a.mail_id = g.mail_id) AS aliases,
  m.thread_id AS given, t.into_id AS leads
FROM mail m JOIN messages g ON g.mail_id = m.id JOIN threads t ON t.id = m.thread_id
LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE m.mailbox_id = :mailbox_id ORDER BY m.id;

-- name: mentions(mailbox_id)
-- Which thread each Message-ID leads to.
SELECT message_id, thread_id FROM mentions WHERE mailbox_id = :mailbox_id;

-- name: conversations(mailbox_id)
-- Which threads a mailbox lists.
SELECT thread_id FROM conversations WHERE mailbox_id = :mailbox_id;

-- name: thread(id, mailbox_id)^
-- A thread of this mailbox: where its id leads.
SELECT into_id FROM threads WHERE id = :id AND mailbox_id = :mailbox_id;

-- name: is_purged(mailbox_id)$
-- Whether a mailbox's mail is gone.
SELECT 1 FROM mailboxes WHERE id = :mailbox_id AND purged_at IS NOT NULL;

-- name: go_on(id)!
-- A thread's id stands for a conversation of its own.
UPDATE threads SET into_id = NULL WHERE id = :id;

-- name: move(mail_id, old, target)!
-- A message belongs elsewhere, where nobody has moved it meanwhile.
UPDATE messages SET thread_id = :target WHERE mail_id = :mail_id AND thread_id = :old;

-- name: mention(mailbox_id, message_id, old, target)!
-- A Message-ID leads elsewhere, where nobody has changed that meanwhile.
UPDATE mentions SET thread_id = :target
WHERE mailbox_id = :mailbox_id AND message_id = :message_id AND thread_id = :old;

-- name: forget(mailbox_id, message_id, old)!
-- No message names this Message-ID.
DELETE FROM mentions
WHERE mailbox_id = :mailbox_id AND message_id = :message_id AND thread_id = :old;

-- name: has_more_mentions(id, most)$
-- Whether more Message-IDs than this lead to a thread.
SELECT 1 FROM mentions WHERE thread_id = :id LIMIT 1 OFFSET :most;

-- name: unsure(mailbox_id, unsure)
-- Messages whose rows had been lost, and whether they wait for an answer: what woke somebody, and
-- came after our last send to its conversation that was not refused, and a person's last answer.
WITH answered AS (
  SELECT o.thread_id, max(CASE WHEN s.mail_id IS NOT NULL THEN o.position END) AS position,
    max(CASE WHEN s.mail_id IS NULL THEN o.at END) AS at
  FROM messages o LEFT JOIN sends s ON s.mail_id = o.mail_id
  WHERE o.mailbox_id = :mailbox_id AND o.direction = 'sent'
    AND coalesce(s.status, 'sent') NOT IN ('failed', 'denied', 'cancelled', 'expired') GROUP BY o.thread_id)
SELECT g.mail_id, g.direction = 'received' AND NOT m.old
  AND g.position > coalesce(a.position, 0) AND g.at > coalesce(a.at, 0) AS pending
FROM messages g JOIN mail m ON m.id = g.mail_id LEFT JOIN answered a ON a.thread_id = g.thread_id
WHERE g.mailbox_id = :mailbox_id AND g.pending = :unsure;

-- name: say_pending(mail_id, pending, unsure)!
-- Says so, where no answer has been written meanwhile.
UPDATE messages SET pending = :pending WHERE mail_id = :mail_id AND pending = :unsure;
