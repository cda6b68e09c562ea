-- name: append(position, at, type, actor, mailbox_id, thread_id, mail_id, send_id, digest, detail, decided, chain)!
-- Adds an event; its position is the row's id, so positions are commit order (one writer at a time).
INSERT INTO journal (position, at, type, actor, mailbox_id, thread_id, mail_id, send_id, digest, detail, decided, chain)
VALUES (:position, :at, :type, :actor, :mailbox_id, :thread_id, :mail_id, :send_id, :digest, :detail, :decided, :chain);

-- name: last()$
-- The newest position; 0 for an empty journal.
SELECT coalesce(max(position), 0) FROM journal;

-- name: since(after, most)
-- Events after a position, oldest first.
SELECT * FROM journal WHERE position > :after ORDER BY position LIMIT :most;

-- name: has_grown(mailbox_id, after)$
-- Whether anything happened in a mailbox after a position.
SELECT 1 FROM journal WHERE position > :after AND mailbox_id = :mailbox_id LIMIT 1;

-- name: about_send(send_id)
-- The whole story of a send.
SELECT * FROM journal WHERE send_id = :send_id ORDER BY position;

-- name: about_mail(mail_id)
-- The whole story of a mail.
SELECT * FROM journal WHERE mail_id = :mail_id ORDER BY position;

-- name: outcome_in_thread(mailbox_id, thread_id, after, agent)^
-- The first send of a conversation that was decided after a position. The event names the thread as
-- it was then, so the mail is asked where it is now.
SELECT j.position, j.type, j.send_id FROM journal j
JOIN messages g ON g.mail_id = j.mail_id
WHERE j.mailbox_id = :mailbox_id AND j.position > :after
  AND j.type IN ('send.failed', 'send.denied', 'send.approved', 'send.expired', 'send.cancelled')
  AND g.thread_id = :thread_id
  AND NOT EXISTS (SELECT 1 FROM acknowledged_apart p WHERE p.agent = :agent AND p.position = j.position)
ORDER BY j.position LIMIT 1;

-- name: outcome_in_mailbox(mailbox_id, after, agent)^
-- The first send of a mailbox that was decided after a position.
SELECT j.position, j.type, j.send_id FROM journal j
WHERE j.mailbox_id = :mailbox_id AND j.position > :after
  AND j.type IN ('send.failed', 'send.denied', 'send.approved', 'send.expired', 'send.cancelled')
  AND NOT EXISTS (SELECT 1 FROM acknowledged_apart p WHERE p.agent = :agent AND p.position = j.position)
ORDER BY j.position LIMIT 1;

-- name: meta(key)$
-- One value of the room's own settings.
SELECT value FROM meta WHERE key = :key;

-- name: set_meta(key, value)!
-- Sets one.
UPDATE meta SET value = :value WHERE key = :key;

-- name: put_meta(key, value)!
-- Sets one that may not be there yet.
INSERT OR REPLACE INTO meta (key, value) VALUES (:key, :value);

-- name: worker()^
-- Who does the I/O, or did last.
SELECT * FROM worker WHERE id = 1;

-- name: set_worker(term, pid, program, started_at, settings, domains)!
-- Says who does the I/O now.
INSERT INTO worker (id, term, pid, program, started_at, settings, domains)
VALUES (1, :term, :pid, :program, :started_at, :settings, :domains)
ON CONFLICT (id) DO UPDATE SET term = excluded.term, pid = excluded.pid,
  program = excluded.program, started_at = excluded.started_at, settings = excluded.settings,
  domains = excluded.domains;

-- name: set_ports(imap, smtp)!
-- Where the built-in server listens; chosen once, used by every later holder.
UPDATE worker SET imap_port = :imap, smtp_port = :smtp WHERE id = 1;

-- name: mailboxes_changed(after)$
-- Whether mailboxes came or went after a position.
SELECT 1 FROM journal WHERE position > :after
  AND type IN ('mailbox.live', 'mailbox.expired', 'mailbox.deleted') LIMIT 1;
