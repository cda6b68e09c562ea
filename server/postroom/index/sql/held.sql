-- name: waiting(most)
-- What waits for a person, oldest first: what is held, and what is in doubt for ever, as its mailbox is gone.
SELECT s.*, b.address, m.thread_id, g.subject FROM sends s
JOIN mailboxes b ON b.id = s.mailbox_id JOIN mail m ON m.id = s.mail_id
LEFT JOIN messages g ON g.mail_id = s.mail_id
WHERE s.status IN ('held', 'unknown') AND (s.status = 'held' OR b.status = 'deleted')
ORDER BY s.id LIMIT :most;

-- name: one(public_id)^
-- One send, whatever became of its mailbox.
SELECT s.*, b.address, b.status AS mailbox_status, m.thread_id, g.subject FROM sends s
JOIN mailboxes b ON b.id = s.mailbox_id JOIN mail m ON m.id = s.mail_id
LEFT JOIN messages g ON g.mail_id = s.mail_id
WHERE s.public_id = :public_id;

-- name: decide(id, status, reason, settled_at)!
-- What a person decided.
UPDATE sends SET status = :status, reason = :reason, not_before = 0, settled_at = :settled_at,
  doubt_since = NULL WHERE id = :id;
