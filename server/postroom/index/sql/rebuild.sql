-- name: count()$
-- How many mails there are.
SELECT count(*) FROM mail;

-- name: count_threads()$
-- How many conversations there are.
SELECT count(*) FROM conversations;

-- name: some(after, most)
-- Mails in order of arrival.
SELECT * FROM mail WHERE id > :after ORDER BY id LIMIT :most;

-- name: mailboxes()
-- Every mailbox that holds mail.
SELECT id FROM mailboxes ORDER BY id;

-- name: members(mailbox_id)
-- What threads are made from.
SELECT g.mail_id, g.thread_id, g.message_id, g.follows, m.thread_id AS given, s.answers_mail
FROM mail m JOIN messages g ON g.mail_id = m.id LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE m.mailbox_id = :mailbox_id ORDER BY m.id;

-- name: find_pending(mailbox_id, unsure)!
-- Which messages whose rows had been lost wait for an answer: what woke somebody, and came after our
-- last send to its conversation that was not refused.
UPDATE messages SET pending = (
  direction = 'received'
  AND NOT (SELECT old FROM mail WHERE mail.id = messages.mail_id)
  AND position > coalesce((
    SELECT max(o.position) FROM messages o JOIN sends s ON s.mail_id = o.mail_id
    WHERE o.thread_id = messages.thread_id AND o.direction = 'sent'
      AND s.status NOT IN ('failed', 'denied')), 0))
WHERE mail_id IN (SELECT id FROM mail WHERE mail.mailbox_id = :mailbox_id) AND pending = :unsure;

-- name: clear_mentions(mailbox_id)!
-- All ids of a mailbox.
DELETE FROM mentions WHERE mailbox_id = :mailbox_id;

-- name: clear_conversations(mailbox_id)!
-- All lists of a mailbox.
DELETE FROM conversations WHERE mailbox_id = :mailbox_id;

-- name: move(mail_id, thread_id)!
-- A message belongs elsewhere.
UPDATE messages SET thread_id = :thread_id WHERE mail_id = :mail_id;

-- name: lead(id, target)!
-- Where an id that was handed out leads; NULL for a conversation of its own.
UPDATE threads SET into_id = :target WHERE id = :id;

-- name: messages(after, most)
-- Messages in order of arrival.
SELECT * FROM messages WHERE mail_id > :after ORDER BY mail_id LIMIT :most;
