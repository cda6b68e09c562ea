-- name: state(mailbox_id, account, folder)^
-- How far a folder has been read.
SELECT uidvalidity, last_uid FROM folders
WHERE mailbox_id = :mailbox_id AND account = :account AND folder = :folder;

-- name: keep(mailbox_id, account, folder, uidvalidity, last_uid)!
-- Remembers it.
INSERT INTO folders (mailbox_id, account, folder, uidvalidity, last_uid)
VALUES (:mailbox_id, :account, :folder, :uidvalidity, :last_uid)
ON CONFLICT (mailbox_id, account, folder) DO UPDATE
SET uidvalidity = excluded.uidvalidity, last_uid = excluded.last_uid;

-- name: known_copy(mailbox_id, account, folder, uidvalidity, uid)$
-- The mail that a UID is known as.
SELECT mail_id FROM copies WHERE mailbox_id = :mailbox_id AND account = :account
  AND folder = :folder AND uidvalidity = :uidvalidity AND uid = :uid;

-- name: add_copy(mailbox_id, account, folder, uidvalidity, uid, mail_id)!
-- A UID is this mail.
INSERT INTO copies (mailbox_id, account, folder, uidvalidity, uid, mail_id)
VALUES (:mailbox_id, :account, :folder, :uidvalidity, :uid, :mail_id);

-- name: newest_mail()$
-- The row id of the newest mail.
SELECT coalesce(max(id), 0) FROM mail;

-- name: moved_back(mailbox_id, account, folder, fingerprint, upto)$
-- A mail of this folder with the same bytes: filed away by somebody, and back again.
SELECT m.id FROM mail m JOIN copies c ON c.mail_id = m.id
WHERE m.mailbox_id = :mailbox_id AND m.fingerprint = :fingerprint AND m.id <= :upto
  AND c.account = :account AND c.folder = :folder ORDER BY m.id LIMIT 1;

-- name: where_is(mail_id)
-- Every place where a mail lies.
SELECT account, folder, uidvalidity, uid FROM copies WHERE mail_id = :mail_id;

-- name: same_content(mailbox_id, account, folder, uidvalidity, fingerprint)$
-- A mail of this folder known under an older UIDVALIDITY, with the same bytes and no new UID yet.
SELECT m.id FROM mail m JOIN copies c ON c.mail_id = m.id
WHERE m.mailbox_id = :mailbox_id AND m.fingerprint = :fingerprint
  AND c.account = :account AND c.folder = :folder AND c.uidvalidity <> :uidvalidity
  AND NOT EXISTS (SELECT 1 FROM copies n WHERE n.mail_id = m.id AND n.account = :account
                  AND n.folder = :folder AND n.uidvalidity = :uidvalidity)
ORDER BY m.id LIMIT 1;
