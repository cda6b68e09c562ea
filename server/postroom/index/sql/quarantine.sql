-- name: add(public_id, mailbox_id, account, folder, uidvalidity, uid, fingerprint, arrived_at, old, in_spam, rule, policy, verdict, evidence, from_name, from_address, subject, bytes, size, files)!
-- A mail is kept aside.
INSERT INTO quarantine (public_id, mailbox_id, account, folder, uidvalidity, uid, fingerprint, arrived_at, old,
  in_spam, rule, policy, verdict, evidence, from_name, from_address, subject, bytes, size, files)
VALUES (:public_id, :mailbox_id, :account, :folder, :uidvalidity, :uid, :fingerprint, :arrived_at, :old,
  :in_spam, :rule, :policy, :verdict, :evidence, :from_name, :from_address, :subject, :bytes, :size, :files);

-- name: knows(mailbox_id, fingerprint)$
-- Whether these bytes are kept from a mailbox.
SELECT 1 FROM quarantine WHERE mailbox_id = :mailbox_id AND fingerprint = :fingerprint
  AND released_at IS NULL LIMIT 1;

-- name: waiting(before, most)
-- What is kept aside before a row id.
SELECT q.id, q.public_id, q.arrived_at, q.rule, q.verdict, q.from_name, q.from_address, q.subject,
  q.bytes IS NOT NULL AS kept, q.stage, b.address
FROM quarantine q INDEXED BY quarantine_waiting JOIN mailboxes b ON b.id = q.mailbox_id
WHERE q.released_at IS NULL AND q.stage < 4 AND q.id < :before ORDER BY q.id DESC LIMIT :most;

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
UPDATE quarantine SET released_at = :at, bytes = NULL, from_name = '', from_address = '', subject = '', evidence = '',
  stage = 4 WHERE id = :id;

-- name: held_bytes(id)$
-- How many of its bytes are kept.
SELECT length(bytes) FROM quarantine WHERE id = :id;

-- name: drop_bytes(id)!
-- Its bytes go.
UPDATE quarantine SET bytes = NULL WHERE id = :id;

-- name: clear_store(id)!
-- They have to leave the built-in server's store as well.
INSERT INTO to_clear_kept_out (quarantine_id) VALUES (:id) ON CONFLICT DO NOTHING;

-- name: bare(id)!
-- So does what an operator was shown.
UPDATE quarantine SET from_name = '', from_address = '', subject = '', evidence = '' WHERE id = :id;

-- name: set_stage(id, stage)!
-- What is left of it.
UPDATE quarantine SET stage = max(stage, :stage) WHERE id = :id;

-- name: clear_met(mailbox_id, fingerprint)!
-- One without bytes was met in the store: it has to leave it.
INSERT INTO to_clear_kept_out (quarantine_id) SELECT id FROM quarantine
WHERE mailbox_id = :mailbox_id AND fingerprint = :fingerprint AND released_at IS NULL AND stage >= 2
ON CONFLICT DO NOTHING;

-- name: next_with_bytes(after)^
-- The next of which bytes are kept.
SELECT q.*, b.address FROM quarantine q JOIN mailboxes b ON b.id = q.mailbox_id
WHERE q.id > :after AND q.bytes IS NOT NULL ORDER BY q.id LIMIT 1;

-- name: bare_of_sender(address)
-- Those from an address of which no bytes are kept.
SELECT q.*, b.address FROM quarantine q JOIN mailboxes b ON b.id = q.mailbox_id
WHERE q.stage < 4 AND q.bytes IS NULL AND plain_address(q.from_address) = :address;

-- name: to_clear(most)
-- Those that have to leave the store, with their mailbox.
SELECT q.id, q.size, q.fingerprint, q.account, q.folder, q.uidvalidity, q.uid, b.address FROM to_clear_kept_out c
CROSS JOIN quarantine q ON q.id = c.quarantine_id CROSS JOIN mailboxes b ON b.id = q.mailbox_id LIMIT :most;

-- name: cleared(id)!
-- One has.
DELETE FROM to_clear_kept_out WHERE quarantine_id = :id;
