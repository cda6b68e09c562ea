-- name: count()$
-- How many mails there are that can be read: what is gone has left an id behind.
SELECT count(*) FROM mail m JOIN mailboxes b ON b.id = m.mailbox_id WHERE b.purged_at IS NULL AND m.stage < 4;

-- name: count_threads()$
-- How many conversations there are.
SELECT count(*) FROM conversations;

-- name: some(after, most)
-- Mails in order of arrival, with their bytes where these are kept.
SELECT m.*, b.address, r.bytes FROM mail m JOIN mailboxes b ON b.id = m.mailbox_id
LEFT JOIN raw r ON r.mail_id = m.id
WHERE m.id > :after AND b.purged_at IS NULL AND m.stage < 4 ORDER BY m.id LIMIT :most;

-- name: kept(id)^
-- A mail whose bytes are kept.
SELECT m.thread_id, m.position FROM mail m
WHERE m.id = :id AND EXISTS (SELECT 1 FROM raw r WHERE r.mail_id = m.id);

-- name: mailboxes()
-- Every mailbox that holds mail.
SELECT id FROM mailboxes ORDER BY id;
