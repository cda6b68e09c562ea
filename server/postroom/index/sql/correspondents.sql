-- name: whose(mailbox_id)^
-- Whose mail it is, and the mailbox's own address.
SELECT owner, address FROM mailboxes WHERE id = :mailbox_id;

-- name: has_written(owner, address, at, mail_id)$
-- Whether a verified mail of theirs came before this one.
SELECT 1 FROM correspondents WHERE owner = :owner AND address = :address AND wrote = 1
  AND (at, mail_id) < (:at, :mail_id) LIMIT 1;

-- name: oldest_of_skeleton(owner, skeleton, at, mail_id)$
-- Whom an owner has known longest of those whose addresses look the same.
SELECT address FROM correspondents WHERE owner = :owner AND skeleton = :skeleton
  AND (at, mail_id) < (:at, :mail_id) ORDER BY at, mail_id LIMIT 1;

-- name: oldest_of_domain(owner, domain_skeleton, at, mail_id)$
-- The same of those whose domains look the same.
SELECT address FROM correspondents WHERE owner = :owner AND domain_skeleton = :domain_skeleton
  AND (at, mail_id) < (:at, :mail_id) ORDER BY at, mail_id LIMIT 1;

-- name: oldest_of_name(owner, name_skeleton, at, mail_id)$
-- Whom an owner has known longest of those who go by such a name.
SELECT address FROM correspondents WHERE owner = :owner AND name_skeleton = :name_skeleton
  AND name_skeleton <> '' AND (at, mail_id) < (:at, :mail_id) ORDER BY at, mail_id LIMIT 1;

-- name: was_written_to(owner, address, at, mail_id)$
-- Whether a mail of ours to them came before this one.
SELECT 1 FROM correspondents WHERE owner = :owner AND address = :address AND wrote = 0
  AND (at, mail_id) < (:at, :mail_id) LIMIT 1;

-- name: add(mail_id, owner, address, skeleton, domain_skeleton, name_skeleton, wrote, at)*!
-- They wrote, or were written to.
INSERT INTO correspondents (mail_id, owner, address, skeleton, domain_skeleton, name_skeleton, wrote, at)
VALUES (:mail_id, :owner, :address, :skeleton, :domain_skeleton, :name_skeleton, :wrote, :at)
ON CONFLICT DO NOTHING;

-- name: drop(mail_id)!
-- What one mail told of them goes.
DELETE FROM correspondents WHERE mail_id = :mail_id;

-- name: know_the_next(owner, address, at, mail_id)!
-- The next mail of theirs, read before this older one, is not their first any more.
UPDATE messages SET sender_known = 1 WHERE mail_id = (
  SELECT mail_id FROM correspondents WHERE owner = :owner AND address = :address AND wrote = 1
    AND (at, mail_id) > (:at, :mail_id) ORDER BY at, mail_id LIMIT 1);
