-- name: is_gone(id)$
-- Whether its mail is to go.
SELECT 1 FROM mailboxes WHERE id = :id AND status IN ('deleted', 'expired');

-- name: some_messages(mailbox_id, most)
-- Messages of a mailbox that is gone.
SELECT g.* FROM messages g WHERE g.mailbox_id = :mailbox_id LIMIT :most;

-- name: drop_raw(mail_id)!
-- Its bytes go; overwritten by secure_delete.
DELETE FROM raw WHERE mail_id = :mail_id;

-- name: drop_copies(mail_id)!
-- Where it lay.
DELETE FROM copies WHERE mail_id = :mail_id;

-- name: drop_mentions(mailbox_id)!
-- The Message-IDs that were met there.
DELETE FROM mentions WHERE mailbox_id = :mailbox_id;

-- name: drop_conversations(mailbox_id)!
-- Its lists.
DELETE FROM conversations WHERE mailbox_id = :mailbox_id;

-- name: drop_folders(mailbox_id)!
-- How far its folders were read.
DELETE FROM folders WHERE mailbox_id = :mailbox_id;

-- name: forget_kept_out(mailbox_id)!
-- The store has let go of all of it.
DELETE FROM to_clear_kept_out WHERE quarantine_id IN (SELECT id FROM quarantine WHERE mailbox_id = :mailbox_id);

-- name: drop_quarantine(mailbox_id)!
-- What was kept from it.
DELETE FROM quarantine WHERE mailbox_id = :mailbox_id;

-- name: drop_acknowledged_apart(mailbox_id)!
-- What was acknowledged of it piece by piece.
DELETE FROM acknowledged_apart WHERE mailbox_id = :mailbox_id;
