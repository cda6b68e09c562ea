-- name: hang(mail_id, on_mail)!
-- A mail repeats another one; where little is left of that, of this no more may stay.
INSERT INTO hanging (mail_id, on_mail, to_stage)
SELECT :mail_id, id, iif(stage >= 2, stage, 0) FROM mail WHERE id = :on_mail
ON CONFLICT (mail_id) DO UPDATE SET on_mail = excluded.on_mail, to_stage = max(to_stage, excluded.to_stage);

-- name: on_mail(mail_id)
-- What hangs on a mail.
SELECT h.mail_id, m.stage, b.address FROM hanging h JOIN mail m ON m.id = h.mail_id
JOIN mailboxes b ON b.id = m.mailbox_id WHERE h.on_mail = :mail_id;

-- name: on_what(mail_id)$
-- What a mail hangs on.
SELECT on_mail FROM hanging WHERE mail_id = :mail_id;

-- name: of_first(thread_id)$
-- What the first mail of a conversation hangs on, if on any.
SELECT on_mail FROM hanging WHERE mail_id = (
  SELECT mail_id FROM messages WHERE thread_id = :thread_id ORDER BY at, mail_id LIMIT 1);

-- name: set_due(mail_id, to_stage)!
-- It has to come to a stage as soon as it can.
UPDATE hanging SET to_stage = max(to_stage, :to_stage) WHERE mail_id = :mail_id;

-- name: due(most)
-- What has to go further and can: nothing is under way, or nobody can have it yet.
SELECT h.mail_id, h.to_stage, m.stage, s.id AS send_id, s.status FROM hanging h INDEXED BY hanging_due
JOIN mail m ON m.id = h.mail_id LEFT JOIN sends s ON s.mail_id = h.mail_id
WHERE h.to_stage > 0 AND (s.id IS NULL OR (s.status = 'queued' AND s.attempts = 0) OR (s.to_file = 0
  AND s.status IN ('sent', 'failed', 'refused', 'denied', 'bounced', 'cancelled', 'expired')))
LIMIT :most;

-- name: came_to(mail_id, stage)!
-- It has come there.
UPDATE hanging SET to_stage = 0 WHERE mail_id = :mail_id AND to_stage <= :stage;

-- name: unhang(mail_id)!
-- It has gone whole.
DELETE FROM hanging WHERE mail_id = :mail_id;

-- name: questions_of_before()
-- Questions to the approver that were asked before this was kept.
SELECT g.mail_id, g.thread_id, g.subject, g.text FROM sends s JOIN messages g ON g.mail_id = s.mail_id
WHERE s.actor = 'worker' AND json_extract(s.verdict, '$.rule') = 'asks-the-approver' ORDER BY s.id;

-- name: hang_thread(thread_id, on_mail)!
-- All that was written in a conversation hangs on a mail.
INSERT INTO hanging (mail_id, on_mail) SELECT mail_id, :on_mail FROM messages WHERE thread_id = :thread_id
ON CONFLICT DO NOTHING;

-- name: asked_about(token)$
-- The mail that a question is about.
SELECT s.mail_id FROM questions q JOIN sends s ON s.id = q.send_id WHERE q.token = :token;
