-- name: add(rowid, box, subject, people, words)!
-- Makes a mail findable.
INSERT INTO search (rowid, box, subject, people, words) VALUES (:rowid, :box, :subject, :people, :words);

-- name: remove(rowid, box, subject, people, words)!
-- Takes it out again: a contentless index has to be told what it held.
INSERT INTO search (search, rowid, box, subject, people, words)
VALUES ('delete', :rowid, :box, :subject, :people, :words);

-- name: hits(match, first, end, most)
-- Mails of one owner (a range of row ids) that match, newest first, with their conversations.
SELECT g.mail_id, g.thread_id FROM search s CROSS JOIN messages g ON g.mail_id = s.rowid & 0xFFFFFFFFFF
WHERE s.search MATCH :match AND s.rowid >= :first AND s.rowid < :end ORDER BY s.rowid DESC LIMIT :most;

-- name: hits_of_all(match, before, most)
-- The same of everybody's mails.
SELECT g.mail_id, g.thread_id FROM search s CROSS JOIN messages g ON g.mail_id = s.rowid & 0xFFFFFFFFFF
WHERE s.search MATCH :match AND g.mail_id < :before ORDER BY g.mail_id DESC LIMIT :most;

-- name: newer_hit(match, mail_id, thread_id)$
-- Whether a conversation has a hit newer than this one.
SELECT 1 FROM search s CROSS JOIN messages g ON g.mail_id = s.rowid & 0xFFFFFFFFFF
WHERE s.search MATCH :match AND g.thread_id = :thread_id
  AND s.rowid > (SELECT owner << 40 FROM conversations WHERE thread_id = :thread_id) + :mail_id
  AND s.rowid <= (SELECT owner << 40 FROM conversations WHERE thread_id = :thread_id)
    + (SELECT max(mail_id) FROM messages WHERE thread_id = :thread_id) LIMIT 1;

-- name: older_than_newest(owner, most)$
-- The newest mail of an owner behind so many newer ones of its busiest mailbox.
SELECT max(id) FROM (
  SELECT (SELECT g.mail_id FROM messages g INDEXED BY messages_by_mailbox WHERE g.mailbox_id = b.id
          ORDER BY g.mail_id DESC LIMIT 1 OFFSET :most) AS id
  FROM mailboxes b WHERE b.owner = :owner LIMIT 50
);

-- name: owner(mailbox_id)$
-- Whose mailbox it is.
SELECT owner FROM mailboxes WHERE id = :mailbox_id;
