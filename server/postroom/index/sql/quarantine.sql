-- name: add(public_id, mailbox_id, account, folder, uidvalidity, uid, fingerprint, arrived_at, old, in_spam, rule, policy, verdict, evidence, from_name, from_address, subject, bytes)!
-- A mail is kept aside.
INSERT INTO quarantine (public_id, mailbox_id, account, folder, uidvalidity, uid, fingerprint, arrived_at, old,
  in_spam, rule, policy, verdict, evidence, from_name, from_address, subject, bytes)
VALUES (:public_id, :mailbox_id, :account, :folder, :uidvalidity, :uid, :fingerprint, :arrived_at, :old,
  :in_spam, :rule, :policy, :verdict, :evidence, :from_name, :from_address, :subject, :bytes);

-- name: knows(mailbox_id, fingerprint)$
-- Whether these bytes are kept from a mailbox.
SELECT 1 FROM quarantine WHERE mailbox_id = :mailbox_id AND fingerprint = :fingerprint
  AND released_at IS NULL LIMIT 1;

-- name: waiting(most)
-- What is kept aside.
SELECT q.id, q.public_id, q.arrived_at, q.rule, q.verdict, q.from_name, q.from_address, q.subject,
  q.bytes IS NOT NULL AS kept, b.address
FROM quarantine q INDEXED BY quarantine_waiting JOIN mailboxes b ON b.id = q.mailbox_id
WHERE q.released_at IS NULL ORDER BY q.id DESC LIMIT :most;

-- name: one(public_id)^
-- One of them.
SELECT q.*, b.address FROM quarantine q JOIN mailboxes b ON b.id = q.mailbox_id WHERE q.public_id = :public_id;

-- name: kept_by(rule, after, most)
-- The next that one rule keeps aside.
SELECT q.*, b.address FROM quarantine q INDEXED BY quarantine_waiting JOIN mailboxes b ON b.id = q.mailbox_id
WHERE q.released_at IS NULL AND q.id > :after AND q.rule = :rule AND q.bytes IS NOT NULL
ORDER BY q.id LIMIT :most;

-- name: keep_by(id, rule, policy, blocked)!
-- Another rule keeps it aside; of what is blocked no bytes are kept.
UPDATE quarantine SET rule = :rule, policy = :policy, bytes = iif(:blocked, NULL, bytes) WHERE id = :id;

-- name: released(id, at)!
-- It has gone into its mailbox.
UPDATE quarantine SET released_at = :at, bytes = NULL, from_name = '', from_address = '', subject = ''
WHERE id = :id;
