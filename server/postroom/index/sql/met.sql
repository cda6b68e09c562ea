-- name: owner(mailbox_id)$
-- Whose mailbox it is.
SELECT owner FROM mailboxes WHERE id = :mailbox_id;

-- name: one(owner, digest)$
-- Whether an address stands in mail of an owner.
SELECT 1 FROM met WHERE owner = :owner AND digest = :digest LIMIT 1;

-- name: forget(mail_id)!
-- Those of a mail go.
DELETE FROM met WHERE mail_id = :mail_id;
