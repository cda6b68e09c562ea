-- name: to_ask(mailbox_id, open)^
-- The oldest held send that nobody can have and nobody was asked about, but for those of one mailbox, and of whoever has
-- so many open questions already.
SELECT s.*, b.address, m.thread_id FROM sends s JOIN mailboxes b ON b.id = s.mailbox_id JOIN mail m ON m.id = s.mail_id
WHERE s.status IN ('held', 'unknown') AND s.status = 'held' AND s.asked_at IS NULL AND s.attempts = 0
  AND s.mailbox_id <> :mailbox_id
  AND (SELECT count(*) FROM sends o WHERE o.actor = s.actor AND o.status = 'held' AND o.asked_at IS NOT NULL) < :open
ORDER BY s.id LIMIT 1;

-- name: set_asked(id, at)!
-- Somebody was asked about it.
UPDATE sends SET asked_at = :at WHERE id = :id;

-- name: add(token, send_id, hash, at)!
-- What was asked.
INSERT INTO questions (token, send_id, hash, at) VALUES (:token, :send_id, :hash, :at);

-- name: question(token)^
-- What a token stands for.
SELECT q.*, s.public_id, s.mail_id FROM questions q JOIN sends s ON s.id = q.send_id WHERE q.token = :token;

-- name: use(token, at)!
-- It counts no more.
UPDATE questions SET answered_at = :at WHERE token = :token;

-- name: read_up_to()$
-- How far the answers were read, a position of the journal.
SELECT value FROM meta WHERE key = 'approvals_read';

-- name: set_read_up_to(position)!
-- Reads on behind that.
INSERT OR REPLACE INTO meta (key, value) VALUES ('approvals_read', :position);
