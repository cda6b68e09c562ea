-- name: count()$
-- How many mails there are.
SELECT count(*) FROM mail;

-- name: count_threads()$
-- How many conversations there are.
SELECT count(*) FROM conversations;

-- name: some(after, most)
-- Mails in order of arrival, with their bytes where these are kept.
SELECT m.*, r.bytes FROM mail m LEFT JOIN raw r ON r.mail_id = m.id
WHERE m.id > :after ORDER BY m.id LIMIT :most;

-- name: kept(id)^
-- A mail whose bytes are kept.
SELECT m.thread_id, m.position FROM mail m
WHERE m.id = :id AND EXISTS (SELECT 1 FROM raw r WHERE r.mail_id = m.id);

-- name: mailboxes()
-- Every mailbox that holds mail.
SELECT id FROM mailboxes ORDER BY id;
