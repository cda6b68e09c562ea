-- name: state(mailbox_id, account, folder)^
-- How far a folder has been read.
SELECT uidvalidity, last_uid, down_to, ids_from, modseq FROM folders
WHERE mailbox_id = :mailbox_id AND account = :account AND folder = :folder;

-- name: keep(mailbox_id, account, folder, uidvalidity, last_uid, down_to, ids_from, modseq)!
-- Remembers it.
INSERT INTO folders (mailbox_id, account, folder, uidvalidity, last_uid, down_to, ids_from, modseq)
VALUES (:mailbox_id, :account, :folder, :uidvalidity, :last_uid, :down_to, :ids_from, :modseq)
ON CONFLICT (mailbox_id, account, folder) DO UPDATE
SET uidvalidity = excluded.uidvalidity, last_uid = excluded.last_uid, down_to = excluded.down_to,
  ids_from = excluded.ids_from, modseq = excluded.modseq;

-- name: forget(mailbox_id, account, folder)!
-- It is as if the folder had never been looked at.
DELETE FROM folders WHERE mailbox_id = :mailbox_id AND account = :account AND folder = :folder;

-- name: read_up_to(account)
-- How far each folder of an account's mailboxes has been read; not where a first look, newest first,
-- is still coming down.
SELECT b.address, f.folder, f.uidvalidity, f.last_uid FROM folders f JOIN mailboxes b ON b.id = f.mailbox_id
WHERE f.account = :account AND f.down_to IS NULL;

-- name: known_copy(mailbox_id, account, folder, uidvalidity, uid)$
-- The mail that a UID is known as.
SELECT mail_id FROM copies WHERE mailbox_id = :mailbox_id AND account = :account
  AND folder = :folder AND uidvalidity = :uidvalidity AND uid = :uid;

-- name: add_copy(mailbox_id, account, folder, uidvalidity, uid, mail_id)!
-- A UID is this mail.
INSERT INTO copies (mailbox_id, account, folder, uidvalidity, uid, mail_id)
VALUES (:mailbox_id, :account, :folder, :uidvalidity, :uid, :mail_id);

-- name: forget_past(mailbox_id, account, folder, uidvalidity, mail_id)!
-- Where a mail lay under another numbering.
DELETE FROM copies WHERE mail_id = :mail_id AND mailbox_id = :mailbox_id AND account = :account
  AND folder = :folder AND uidvalidity <> :uidvalidity;

-- name: newest_mail()$
-- The row id of the newest mail.
SELECT coalesce(max(id), 0) FROM mail;

-- name: knows_content(mailbox_id, fingerprint)$
-- Whether a mail with these bytes was ever in this mailbox.
SELECT 1 FROM mail WHERE mailbox_id = :mailbox_id AND fingerprint = :fingerprint LIMIT 1;

-- name: letters_of(mailbox_id, message_id)
-- What came to this mailbox under a Message-ID: the fields and the bytes. By the id, not by the mailbox:
-- a planner without statistics walked the whole mailbox for each mail.
SELECT g.mail_id, g.verdict, r.bytes
FROM messages g INDEXED BY messages_by_message_id JOIN raw r ON r.mail_id = g.mail_id
WHERE g.mailbox_id = :mailbox_id AND g.message_id = :message_id AND g.direction = 'received'
ORDER BY g.mail_id LIMIT 4;

-- CROSS JOIN here and below: by the bytes first, not by the place (SQLite joins in that order then).
-- A planner without statistics walked the whole folder for each mail.

-- name: moved_back(mailbox_id, account, folder, fingerprint, upto)$
-- A mail of this folder with the same bytes: filed away by somebody, and back again.
SELECT m.id FROM mail m CROSS JOIN copies c ON c.mail_id = m.id
WHERE m.mailbox_id = :mailbox_id AND m.fingerprint = :fingerprint AND m.id <= :upto
  AND c.account = :account AND c.folder = :folder ORDER BY m.id LIMIT 1;

-- name: where_is(mail_id)
-- Every place where a mail lies.
SELECT account, folder, uidvalidity, uid, gone_at FROM copies WHERE mail_id = :mail_id;

-- name: same_content(mailbox_id, account, folder, uidvalidity, fingerprint)$
-- A mail of this folder known under an older UIDVALIDITY, with the same bytes and no new UID yet.
SELECT m.id FROM mail m CROSS JOIN copies c ON c.mail_id = m.id
WHERE m.mailbox_id = :mailbox_id AND m.fingerprint = :fingerprint
  AND c.account = :account AND c.folder = :folder AND c.uidvalidity <> :uidvalidity
  AND NOT EXISTS (SELECT 1 FROM copies n WHERE n.mail_id = m.id AND n.account = :account
                  AND n.folder = :folder AND n.uidvalidity = :uidvalidity)
ORDER BY m.id LIMIT 1;

-- name: same_content_elsewhere(mailbox_id, account, folder, fingerprint)$
-- A mail of this mailbox with the same bytes in another folder of its account.
SELECT m.id FROM mail m CROSS JOIN copies c ON c.mail_id = m.id
WHERE m.mailbox_id = :mailbox_id AND m.fingerprint = :fingerprint
  AND c.account = :account AND c.folder <> :folder ORDER BY m.id LIMIT 1;

-- name: known_uids(account, folder, uidvalidity, mailbox_id, low, high)
-- UIDs of mail that lies in a folder as far as we know; mailbox 0 for all that is routed from it.
SELECT DISTINCT uid FROM copies WHERE account = :account AND folder = :folder AND uidvalidity = :uidvalidity
  AND uid BETWEEN :low AND :high AND gone_at IS NULL AND :mailbox_id IN (0, mailbox_id);

-- name: lying_at(account, folder, uidvalidity, mailbox_id, uid)
-- Which mails a UID is.
SELECT mail_id, mailbox_id FROM copies WHERE account = :account AND folder = :folder
  AND uidvalidity = :uidvalidity AND uid = :uid AND gone_at IS NULL AND :mailbox_id IN (0, mailbox_id);

-- name: mark_gone(account, folder, uidvalidity, mailbox_id, uid, at)!
-- A UID was taken from its folder.
UPDATE copies SET gone_at = :at WHERE account = :account AND folder = :folder
  AND uidvalidity = :uidvalidity AND uid = :uid AND gone_at IS NULL AND :mailbox_id IN (0, mailbox_id);

-- name: top_taken(account, folder, uidvalidity, mailbox_id, upto)^
-- The highest UID of a mail of ours that lies in a folder, as far as we know, and the mail's Message-ID.
SELECT c.uid, g.message_id FROM copies c JOIN messages g ON g.mail_id = c.mail_id
WHERE c.account = :account AND c.folder = :folder AND c.uidvalidity = :uidvalidity AND c.uid <= :upto
  AND c.gone_at IS NULL AND :mailbox_id IN (0, c.mailbox_id) AND g.message_id <> ''
ORDER BY c.uid DESC LIMIT 1;

-- name: top_left(account, folder, uidvalidity, upto)^
-- The highest UID of a mail that was left there, and its mark.
SELECT uid, mark FROM strays
WHERE account = :account AND folder = :folder AND uidvalidity = :uidvalidity AND uid <= :upto
  AND mark IS NOT NULL
ORDER BY uid DESC LIMIT 1;

-- name: past_numbering(account, folder)$
-- A UIDVALIDITY below all that were met in a folder; servers' are above 0.
SELECT min(0, coalesce(min(uidvalidity), 0)) - 1 FROM copies WHERE account = :account AND folder = :folder;

-- name: renumber(account, folder, uidvalidity, mailbox_id, past)!
-- What is known of a folder's UIDs is of the past.
UPDATE copies SET uidvalidity = :past WHERE account = :account AND folder = :folder
  AND uidvalidity = :uidvalidity AND :mailbox_id IN (0, mailbox_id);

-- name: left_behind(account, folder, uidvalidity)
-- What lay in a folder under another numbering and was not taken from it, as far as we know.
SELECT mailbox_id, mail_id, uidvalidity, uid FROM copies
WHERE account = :account AND folder = :folder AND uidvalidity < :uidvalidity AND gone_at IS NULL
UNION ALL SELECT mailbox_id, mail_id, uidvalidity, uid FROM copies
WHERE account = :account AND folder = :folder AND uidvalidity > :uidvalidity AND gone_at IS NULL;

-- name: left_behind_of(mailbox_id, account, folder, uidvalidity)
-- The same for a folder of one mailbox's own.
SELECT mailbox_id, mail_id, uidvalidity, uid FROM copies WHERE mailbox_id = :mailbox_id
  AND account = :account AND folder = :folder AND uidvalidity < :uidvalidity AND gone_at IS NULL
UNION ALL SELECT mailbox_id, mail_id, uidvalidity, uid FROM copies WHERE mailbox_id = :mailbox_id
  AND account = :account AND folder = :folder AND uidvalidity > :uidvalidity AND gone_at IS NULL;

-- name: lies_in(mail_id, account, folder, uidvalidity)$
-- Whether a mail lies in a folder under this numbering.
SELECT 1 FROM copies WHERE mail_id = :mail_id AND account = :account AND folder = :folder
  AND uidvalidity = :uidvalidity AND gone_at IS NULL LIMIT 1;

-- name: last_in(account, folder)$
-- When the newest mail of a folder of an account's mailboxes came, by the last UID of each.
SELECT max(m.arrived_at) FROM folders f
CROSS JOIN copies c ON c.mailbox_id = f.mailbox_id AND c.account = f.account AND c.folder = f.folder
  AND c.uidvalidity = f.uidvalidity AND c.uid = f.last_uid
JOIN mail m ON m.id = c.mail_id WHERE f.account = :account AND f.folder = :folder;

-- name: forget_strays(account, folder)!
-- What was left in a folder is listed anew as the folder is read anew.
DELETE FROM strays WHERE account = :account AND folder = :folder;

-- name: add_stray(account, folder, uidvalidity, uid, at, addresses, why, from_name, from_address, subject, arrived_at, mark)!
-- A mail that was left where it lies. Under a number that was another mail's, it is this one now.
INSERT INTO strays (account, folder, uidvalidity, uid, seen_at, addresses, why, from_name, from_address, subject, arrived_at, mark)
VALUES (:account, :folder, :uidvalidity, :uid, :at, :addresses, :why, :from_name, :from_address, :subject, :arrived_at, :mark)
ON CONFLICT DO UPDATE SET addresses = excluded.addresses, why = excluded.why, from_name = excluded.from_name,
  from_address = excluded.from_address, subject = excluded.subject, arrived_at = excluded.arrived_at, mark = excluded.mark;

-- name: stray_uids(account, folder, uidvalidity)
-- The UIDs of what was left in a folder.
SELECT uid FROM strays WHERE account = :account AND folder = :folder AND uidvalidity = :uidvalidity;

-- name: drop_stray(account, folder, uidvalidity, uid)!
-- Somebody has taken it from there.
DELETE FROM strays WHERE account = :account AND folder = :folder AND uidvalidity = :uidvalidity AND uid = :uid;

-- name: strays(most)
-- Mail that was left where it lies, newest first.
SELECT * FROM strays ORDER BY coalesce(arrived_at, seen_at) DESC LIMIT :most;

-- name: forget_strays_beside(account, folders)!
-- What was left in folders of an account that are not read any more (all but a JSON array).
DELETE FROM strays WHERE account = :account AND folder NOT IN (SELECT value FROM json_each(:folders));

-- name: has_strays(account)$
-- Whether anything was left in an account.
SELECT 1 FROM strays WHERE account = :account LIMIT 1;

-- name: forget_strays_but_of(accounts)!
-- What was left in accounts that are not read any more (all but a JSON array).
DELETE FROM strays WHERE account NOT IN (SELECT value FROM json_each(:accounts));

-- name: count_strays(since)$
-- How many mails were left where they lie since then.
SELECT count(*) FROM strays WHERE seen_at >= :since;

-- name: sent_as(ids)
-- Our mails that bear one of these Message-IDs (a JSON array), their own or another one.
SELECT g.mail_id, g.mailbox_id FROM messages g
WHERE g.direction = 'sent' AND g.message_id IN (SELECT value FROM json_each(:ids))
UNION SELECT a.mail_id, m.mailbox_id FROM aliases a JOIN mail m ON m.id = a.mail_id
WHERE m.direction = 'sent' AND a.message_id IN (SELECT value FROM json_each(:ids))
-- Of what has gone, the id that we gave it is still known: it is the send's.
UNION SELECT s.mail_id, s.mailbox_id FROM json_each(:ids) i
JOIN sends s ON s.public_id = substr(i.value, 1, instr(i.value, '@') - 1)
JOIN mail m ON m.id = s.mail_id AND m.stage = 4 JOIN mailboxes b ON b.id = s.mailbox_id
WHERE substr(b.address, instr(b.address, '@')) = substr(i.value, instr(i.value, '@'));

-- name: gone_with_content(mailbox_id, fingerprint)$
-- A mail of this mailbox with these bytes of which nothing is kept any more.
SELECT id FROM mail WHERE mailbox_id = :mailbox_id AND fingerprint = :fingerprint AND stage = 4 LIMIT 1;

-- name: mentioned_in(ids)
-- The mailboxes whose conversations name one of these Message-IDs (a JSON array).
SELECT DISTINCT mailbox_id FROM mentions WHERE message_id IN (SELECT value FROM json_each(:ids));
