-- name: add(rowid, box, subject, people, words)!
-- Makes a mail findable.
INSERT INTO search (rowid, box, subject, people, words) VALUES (:rowid, :box, :subject, :people, :words);

-- name: remove(rowid, box, subject, people, words)!
-- Takes it out again: a contentless index has to be told what it held.
INSERT INTO search (search, rowid, box, subject, people, words)
VALUES ('delete', :rowid, :box, :subject, :people, :words);

-- name: hits(match, before, most)
-- Mails that match, newest first, with their conversations.
SELECT s.rowid AS mail_id, g.thread_id FROM search s CROSS JOIN messages g ON g.mail_id = s.rowid
WHERE s.search MATCH :match AND s.rowid < :before ORDER BY s.rowid DESC LIMIT :most;

-- name: newer_hit(match, mail_id, thread_id)$
-- Whether a conversation has a hit newer than this one.
SELECT 1 FROM search s CROSS JOIN messages g ON g.mail_id = s.rowid
WHERE s.search MATCH :match AND s.rowid > :mail_id AND g.thread_id = :thread_id
  AND s.rowid <= (SELECT max(mail_id) FROM messages WHERE thread_id = :thread_id) LIMIT 1;

-- name: owner(mailbox_id)$
-- Whose mailbox it is.
SELECT owner FROM mailboxes WHERE id = :mailbox_id;
