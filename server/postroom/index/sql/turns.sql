-- name: waiting(now, after, most)
-- What waits for its turn behind a row id, oldest first.
SELECT id FROM sends INDEXED BY sends_waiting_turn
WHERE status = 'queued' AND turn_from IS NOT NULL AND id > :after AND attempts = 0 AND not_before > :now
ORDER BY id LIMIT :most;

-- name: any_late(before)$
-- Whether mail for outside was due a while ago, may go, and was not tried yet.
SELECT 1 FROM sends INDEXED BY sends_queued WHERE status = 'queued' AND paused = 0 AND not_before < :before
  AND created_at < :before AND outside > 0 AND attempts = 0 LIMIT 1;

-- name: last_resumed()$
-- When a person last let a domain go on.
SELECT max(counted_from) FROM standing;

-- name: set_place(id, at)!
-- Where it stands for the moment.
UPDATE sends SET not_before = :at WHERE id = :id AND status = 'queued';

-- name: bring_forward(id, at, reason)!
-- Its turn comes sooner.
UPDATE sends SET not_before = :at, released_at = :at, reason = iif(paused = 1, reason, :reason)
WHERE id = :id AND status = 'queued';

-- name: next_of_domain(whose, at)$
-- When the first mail of a domain goes outside from a moment on.
SELECT outside_at FROM sends WHERE from_domain = :whose AND outside_at >= :at ORDER BY outside_at LIMIT 1;

-- name: next_of_mailbox(whose, at)$
-- The same of a mailbox.
SELECT outside_at FROM sends WHERE mailbox_id = :whose AND outside_at >= :at ORDER BY outside_at LIMIT 1;
