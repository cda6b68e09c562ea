-- name: add(public_id, mailbox_id, mail_id, actor, status, sender, answers_mail, content_hash, idempotency_key, verdict, created_at, not_before, released_at, reason, review, expires_at, first_contacts, outside, goes_on, paused, turn_from)<!
-- An intent to send.
INSERT INTO sends (public_id, mailbox_id, mail_id, actor, status, sender, answers_mail, content_hash,
  idempotency_key, verdict, created_at, not_before, released_at, reason, review, expires_at, first_contacts,
  outside, goes_on, paused, turn_from, owner, from_domain, outside_at)
VALUES (:public_id, :mailbox_id, :mail_id, :actor, :status, :sender, :answers_mail, :content_hash,
  :idempotency_key, :verdict, :created_at, :not_before, :released_at, :reason, :review, :expires_at,
  :first_contacts, :outside, :goes_on, :paused, :turn_from, (SELECT owner FROM mailboxes WHERE id = :mailbox_id),
  (SELECT substr(address, instr(address, '@') + 1) FROM mailboxes WHERE id = :mailbox_id),
  iif(:outside > 0 AND :status NOT IN ('held', 'denied', 'cancelled', 'expired'), max(:created_at, :not_before), NULL));

-- name: add_recipient(send_id, address, field, place, person, domain, outside)!
-- One whom it is for.
INSERT INTO recipients (send_id, address, field, place, person, domain, outside, tenant)
VALUES (:send_id, :address, :field, :place, :person, :domain, :outside,
  (SELECT o.tenant FROM sends s JOIN owners o ON o.id = s.owner WHERE s.id = :send_id))
ON CONFLICT DO NOTHING;

-- name: set_outside(send_id, outside)!
-- How many of them are outside.
UPDATE sends SET outside = :outside WHERE id = :send_id;

-- name: drop_recipients(send_id)!
-- They go.
DELETE FROM recipients WHERE send_id = :send_id;

-- name: by_id(id)^
-- One send.
SELECT s.*, m.thread_id, m.position, m.public_id AS message_public_id FROM sends s JOIN mail m ON m.id = s.mail_id
WHERE s.id = :id;

-- name: by_public_id(public_id)^
-- One send by the id that agents know.
SELECT s.*, m.thread_id, m.position, m.public_id AS message_public_id FROM sends s JOIN mail m ON m.id = s.mail_id
WHERE s.public_id = :public_id;

-- name: by_mail(mail_id)^
-- The send of a mail.
SELECT s.*, m.thread_id, m.position, m.public_id AS message_public_id FROM sends s JOIN mail m ON m.id = s.mail_id
WHERE s.mail_id = :mail_id;

-- name: by_key(mailbox_id, key, digest)^
-- The send that a key stands for, in any mailbox of the same owner.
SELECT s.*, m.thread_id, m.position, m.public_id AS message_public_id FROM sends s JOIN mail m ON m.id = s.mail_id
WHERE s.mailbox_id IN (SELECT id FROM mailboxes WHERE owner =
    (SELECT owner FROM mailboxes WHERE id = :mailbox_id))
  AND s.idempotency_key IN (:key, :digest);

-- name: same_content(mailbox_id, content_hash, since)^
-- A send of the same mail not long ago that was not refused, or one that still waits to go.
SELECT s.*, m.thread_id, m.position, m.public_id AS message_public_id FROM sends s INDEXED BY sends_by_content JOIN mail m ON m.id = s.mail_id
WHERE s.mailbox_id = :mailbox_id AND s.content_hash = :content_hash
  AND (s.created_at > :since OR s.status = 'queued') AND s.status NOT IN ('failed', 'denied', 'cancelled', 'expired')
ORDER BY s.id DESC LIMIT 1;

-- name: answer_to(mail_id, since)^
-- A send that answered this mail not long ago and was not refused.
SELECT s.*, m.thread_id, m.position, m.public_id AS message_public_id FROM sends s JOIN mail m ON m.id = s.mail_id
WHERE s.answers_mail = :mail_id AND s.created_at > :since AND s.status NOT IN ('failed', 'denied', 'cancelled', 'expired')
ORDER BY s.id DESC LIMIT 1;

-- name: forget_request(id, key, content_hash)!
-- What is left of what was asked.
UPDATE sends SET idempotency_key = :key, content_hash = :content_hash WHERE id = :id;

-- name: recipients(send_id)
-- Whom it is for, and what the server said of each.
SELECT * FROM recipients WHERE send_id = :send_id ORDER BY place;

-- name: due(now, most)
-- What is waiting to go, oldest first, so many of each domain: those that are due for the longest. One look a domain,
-- then one an id, whatever else waits. What the pause of a domain is about to keep hides nothing that goes.
WITH RECURSIVE waits (domain) AS (
  SELECT min(from_domain) FROM sends WHERE status = 'queued' AND paused = 0
  UNION ALL
  SELECT (SELECT min(from_domain) FROM sends WHERE status = 'queued' AND paused = 0 AND from_domain > waits.domain)
  FROM waits WHERE domain IS NOT NULL
)
SELECT s.*, b.address, b.password
FROM waits CROSS JOIN sends s CROSS JOIN mailboxes b
WHERE s.id IN (
    SELECT q.id FROM sends q INDEXED BY sends_queued
    WHERE q.status = 'queued' AND q.paused = 0 AND q.from_domain = waits.domain AND q.not_before <= :now
      AND NOT (
        EXISTS (SELECT 1 FROM standing t WHERE t.domain = waits.domain AND t.paused_at IS NOT NULL)
        AND q.outside > 0 AND q.goes_on = 0 AND q.approved = '')
    ORDER BY q.not_before, q.id LIMIT :most)
  AND b.id = s.mailbox_id
ORDER BY s.id;

-- name: unsettled(owner, after, most)
-- What has not come to an end behind a row id, oldest first.
SELECT s.*, b.address, g.subject FROM sends s JOIN mailboxes b ON b.id = s.mailbox_id
LEFT JOIN messages g ON g.mail_id = s.mail_id
WHERE s.id IN (
  SELECT id FROM sends WHERE status = 'queued' AND paused >= 0 AND id > :after
  UNION ALL SELECT id FROM sends WHERE status = 'submitting' AND id > :after
  UNION ALL SELECT id FROM sends WHERE status IN ('held', 'unknown') AND id > :after)
AND (:owner IS NULL OR s.owner = :owner)
ORDER BY s.id LIMIT :most;

-- name: next_due()$
-- When the next one is due.
WITH RECURSIVE waits (domain) AS (
  SELECT min(from_domain) FROM sends WHERE status = 'queued' AND paused = 0
  UNION ALL
  SELECT (SELECT min(from_domain) FROM sends WHERE status = 'queued' AND paused = 0 AND from_domain > waits.domain)
  FROM waits WHERE domain IS NOT NULL
)
SELECT min((SELECT min(not_before) FROM sends WHERE status = 'queued' AND paused = 0 AND from_domain = waits.domain))
FROM waits;

-- name: interrupted()
-- What a worker that died had in hand.
SELECT s.*, b.address, b.password FROM sends s JOIN mailboxes b ON b.id = s.mailbox_id
WHERE s.status = 'submitting' ORDER BY s.id;

-- name: doubtful()
-- What was handed over, and nobody knows whether it was taken.
SELECT s.*, b.address, b.password FROM sends s JOIN mailboxes b ON b.id = s.mailbox_id
WHERE s.status = 'unknown' ORDER BY s.id;

-- name: newest_doubt()$
-- When the newest doubt came up.
SELECT max(doubt_since) FROM sends WHERE status = 'unknown';

-- name: set_status(id, status, reason, not_before, settled_at)!
-- Moves it on.
UPDATE sends SET status = :status, reason = :reason, not_before = :not_before, settled_at = :settled_at,
  asked_at = NULL WHERE id = :id;

-- name: let_wait(id, at)!
-- How long it is tried counts from then.
UPDATE sends SET released_at = max(coalesce(released_at, created_at), :at) WHERE id = :id AND status = 'queued';

-- name: begin(id)!
-- A worker takes it in hand.
UPDATE sends SET status = 'submitting', attempts = attempts + 1 WHERE id = :id AND status = 'queued';

-- name: set_offered(id)!
-- Some server heard for whom it is.
UPDATE sends SET offered = 1 WHERE id = :id;

-- name: add_attempt(send_id, at, number, replies)!
-- What the server said this time.
INSERT INTO attempts (send_id, at, number, replies) VALUES (:send_id, :at, :number, :replies);

-- name: attempts(send_id)
-- Every try, in order.
SELECT * FROM attempts WHERE send_id = :send_id ORDER BY id;

-- name: by_persons_since(mail_id, answers_mail)
-- What persons sent in the same conversation, heard of after this mail was written, and sent after what it
-- answers came. Positions tell that, and not row ids: those of a folder's first look are set aside before it.
SELECT g.to_people, g.cc_people FROM messages mine
CROSS JOIN messages asked CROSS JOIN messages g INDEXED BY messages_by_thread
LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE mine.mail_id = :mail_id AND asked.mail_id = :answers_mail
  AND g.thread_id = mine.thread_id AND g.at >= asked.at
  AND g.mailbox_id = mine.mailbox_id AND g.position > mine.position AND g.direction = 'sent' AND s.id IS NULL;

-- name: set_recipient(send_id, address, outcome, code, reply)!
-- What the server said of one recipient.
UPDATE recipients SET outcome = :outcome, code = :code, reply = :reply
WHERE send_id = :send_id AND address = :address;

-- name: has_received(address, message_id)$
-- Whether a mailbox of ours has received a mail of that Message-ID.
SELECT 1 FROM messages g INDEXED BY messages_by_message_id JOIN mailboxes b ON b.id = g.mailbox_id
WHERE g.message_id = :message_id AND g.direction = 'received' AND b.address = :address LIMIT 1;

-- name: put_off(send_id)!
-- Those in doubt have not got it.
UPDATE recipients SET outcome = 'deferred'
WHERE send_id = :send_id AND outcome IN ('', 'unknown');

-- name: held_in_thread(thread_id)$
-- Whether a send of this conversation waits for a human.
SELECT 1 FROM messages g JOIN sends s ON s.mail_id = g.mail_id
WHERE g.thread_id = :thread_id AND s.status = 'held' LIMIT 1;

-- name: last_in_thread(thread_id)$
-- What became of the last mail that was written in a conversation, where nothing came after it; null without one.
SELECT s.status FROM messages g LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE g.thread_id = :thread_id ORDER BY g.at DESC, g.mail_id DESC LIMIT 1;

-- name: held_in_mailbox(mailbox_id)$
-- Whether a send of this mailbox waits for a human.
SELECT 1 FROM sends WHERE mailbox_id = :mailbox_id AND status = 'held' LIMIT 1;

-- name: set_doubt(id, since)!
-- Since when nobody knows what became of it.
UPDATE sends SET doubt_since = :since WHERE id = :id;

-- name: set_to_file(id, to_file)!
-- Whether its copy has to go into Sent yet.
UPDATE sends SET to_file = :to_file WHERE id = :id;

-- name: unfiled()
-- What has to be filed, oldest first, so many of each domain.
SELECT * FROM (
  SELECT s.*, b.address, b.password,
    row_number() OVER (PARTITION BY substr(b.address, instr(b.address, '@')) ORDER BY s.id) AS nth
  FROM sends s INDEXED BY sends_to_file JOIN mailboxes b ON b.id = s.mailbox_id WHERE s.to_file = 1
) WHERE nth <= 50 ORDER BY id;
