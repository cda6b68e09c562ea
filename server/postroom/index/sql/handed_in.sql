-- name: add(mailbox_id, fingerprint, bytes, arrived_at, client, helo, sender)!
-- A copy that waits; not a second time.
INSERT INTO handed_in (mailbox_id, fingerprint, bytes, arrived_at, client, helo, sender)
VALUES (:mailbox_id, :fingerprint, :bytes, :arrived_at, :client, :helo, :sender)
ON CONFLICT (mailbox_id, fingerprint) DO NOTHING;

-- name: first()^
-- The one that has waited longest.
SELECT handed_in.*, b.address, b.created_at FROM handed_in JOIN mailboxes b ON b.id = handed_in.mailbox_id
ORDER BY handed_in.id LIMIT 1;

-- name: some(most)
-- Those that have waited longest.
SELECT handed_in.*, b.address, b.created_at FROM handed_in JOIN mailboxes b ON b.id = handed_in.mailbox_id
ORDER BY handed_in.id LIMIT :most;

-- name: drop(id)!
-- It has been taken.
DELETE FROM handed_in WHERE id = :id;
