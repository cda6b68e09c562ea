-- name: whose(mailbox_id)^
-- Whose mail it is, and the mailbox's own address.
SELECT owner, address FROM mailboxes WHERE id = :mailbox_id;

-- name: has_written(owner, address, at, mail_id)$
-- Whether a verified mail of theirs came before this one.
SELECT 1 FROM correspondents WHERE owner = :owner AND address = :address AND wrote = 1
  AND (at, mail_id) < (:at, :mail_id) LIMIT 1;

-- name: other_of_skeleton(owner, skeleton, address, at, mail_id)^
-- Another whose address looks the same: who has been known longest, else one of the newest.
SELECT address FROM (SELECT address FROM correspondents WHERE owner = :owner AND skeleton = :skeleton
    AND (at, mail_id) < (:at, :mail_id) ORDER BY at, mail_id LIMIT 1) WHERE address <> :address
UNION ALL
SELECT address FROM (SELECT address FROM correspondents WHERE owner = :owner AND skeleton = :skeleton
    AND (at, mail_id) < (:at, :mail_id) ORDER BY at DESC, mail_id DESC LIMIT 200) WHERE address <> :address
LIMIT 1;

-- name: written_to_of_domain(owner, domain_skeleton, at, mail_id)
-- Those whom an owner wrote to first, of those whose domains look the same.
SELECT DISTINCT address FROM (SELECT address FROM correspondents
  WHERE owner = :owner AND domain_skeleton = :domain_skeleton AND wrote = 0
    AND (at, mail_id) < (:at, :mail_id) ORDER BY at, mail_id LIMIT 200);

-- name: other_of_domain(owner, domain_skeleton, ending, at, mail_id)^
-- One of another domain that looks the same: who has been known longest, else one of the newest.
SELECT address FROM (SELECT address FROM correspondents WHERE owner = :owner AND domain_skeleton = :domain_skeleton
    AND (at, mail_id) < (:at, :mail_id) ORDER BY at, mail_id LIMIT 1)
  WHERE substr(address, -length(:ending)) <> :ending
UNION ALL
SELECT address FROM (SELECT address FROM correspondents WHERE owner = :owner AND domain_skeleton = :domain_skeleton
    AND (at, mail_id) < (:at, :mail_id) ORDER BY at DESC, mail_id DESC LIMIT 200)
  WHERE substr(address, -length(:ending)) <> :ending
LIMIT 1;

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
