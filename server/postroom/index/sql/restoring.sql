-- name: open_sends()
-- Every send that may yet go, with its mailbox's address.
SELECT s.*, b.address FROM sends s JOIN mailboxes b ON b.id = s.mailbox_id
WHERE s.status IN ('queued', 'submitting', 'unknown', 'held') ORDER BY s.id;

-- name: doubt(send_id)!
-- Nobody knows any more whether those have it who had neither taken nor refused it.
UPDATE recipients SET outcome = 'unknown' WHERE send_id = :send_id AND outcome NOT IN ('accepted', 'refused');

-- name: reopen(id)!
-- It may have been tried, and no time ends the doubt.
UPDATE sends SET attempts = max(attempts, 1), expires_at = NULL WHERE id = :id;

-- name: void_questions(at)!
-- No answer to what the approver was asked before counts any more.
UPDATE questions SET answered_at = :at WHERE answered_at IS NULL;

-- name: forget_waits()!
-- Nobody waits yet.
DELETE FROM waits;

-- name: addresses()
-- Every mailbox that has not been deleted.
SELECT address FROM mailboxes WHERE status <> 'deleted';
