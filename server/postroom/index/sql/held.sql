-- name: waiting(after, most)
-- What waits for a person behind a row id, oldest first: what is held, and what is in doubt for ever, as its mailbox is gone.
SELECT s.*, b.address, m.thread_id, g.subject FROM sends s
JOIN mailboxes b ON b.id = s.mailbox_id JOIN mail m ON m.id = s.mail_id
LEFT JOIN messages g ON g.mail_id = s.mail_id
WHERE s.status IN ('held', 'unknown') AND (s.status = 'held' OR b.status = 'deleted') AND s.id > :after
ORDER BY s.id LIMIT :most;

-- name: count_waiting(after)$
-- How many those are.
SELECT count(*) FROM sends s JOIN mailboxes b ON b.id = s.mailbox_id
WHERE s.status IN ('held', 'unknown') AND (s.status = 'held' OR b.status = 'deleted') AND s.id > :after;

-- name: one(public_id)^
-- One send, whatever became of its mailbox.
SELECT s.*, b.address, b.status AS mailbox_status, m.thread_id, g.subject FROM sends s
JOIN mailboxes b ON b.id = s.mailbox_id JOIN mail m ON m.id = s.mail_id
LEFT JOIN messages g ON g.mail_id = s.mail_id
WHERE s.public_id = :public_id;

-- name: held_since(send_id)$
-- When it was held last.
SELECT at FROM journal WHERE send_id = :send_id AND type = 'send.held' ORDER BY position DESC LIMIT 1;

-- name: overdue(now, most)
-- What nobody has decided about in time, oldest first.
SELECT s.*, m.thread_id FROM sends s JOIN mail m ON m.id = s.mail_id
WHERE s.status = 'held' AND s.expires_at <= :now ORDER BY s.expires_at LIMIT :most;

-- name: next_end()$
-- When the time of the next one runs out.
SELECT min(expires_at) FROM sends WHERE status = 'held';

-- name: release(id, note, approved, released_at, not_before, turn_from)!
-- A person lets it go.
UPDATE sends SET status = 'queued', paused = 0, reason = '', note = :note, approved = :approved, expires_at = NULL,
  released_at = :released_at, not_before = :not_before, turn_from = :turn_from, doubt_since = NULL WHERE id = :id;

-- name: end(id, status, reason, note, settled_at)!
-- It goes to nobody any more.
UPDATE sends SET status = :status, reason = :reason, note = :note, expires_at = NULL, settled_at = :settled_at,
  doubt_since = NULL WHERE id = :id;

-- name: set_edited(id, changes, verdict, reason, first_contacts)!
-- A person changed it: what they changed, and what policy says of it now.
UPDATE sends SET changes = :changes, verdict = :verdict, reason = :reason, first_contacts = :first_contacts,
  asked_at = NULL WHERE id = :id;

-- name: forget_words(mail_id)!
-- What an agent and a person wrote about it goes.
UPDATE sends SET review = '', note = '', changes = '', salt = NULL,
  verdict = json_set(verdict, '$.reason', '') WHERE mail_id = :mail_id;

-- name: forget_questions(mail_id)!
-- So does the hash of what was asked about; by its token an answer that comes late is known (hanging.py).
UPDATE questions SET hash = '' WHERE send_id IN (SELECT id FROM sends WHERE mail_id = :mail_id);
