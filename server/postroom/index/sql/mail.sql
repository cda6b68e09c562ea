-- name: add(id, public_id, mailbox_id, direction, arrived_at, thread_id, why, fingerprint, size, old, in_spam, signatures, about_send, checks)<!
-- A mail that came or goes.
INSERT INTO mail (id, public_id, mailbox_id, direction, arrived_at, position, thread_id, why, fingerprint, size,
  old, in_spam, signatures, about_send, checks)
VALUES (:id, :public_id, :mailbox_id, :direction, :arrived_at, 0, :thread_id, :why, :fingerprint, :size,
  :old, :in_spam, :signatures, :about_send, :checks);

-- name: row_taken(id)$
-- Whether a row id is in use.
SELECT 1 FROM mail WHERE id = :id;

-- name: last_row_id()$
-- The highest row id that was given out or set aside; none before the first mail.
SELECT seq FROM sqlite_sequence WHERE name = 'mail';

-- name: begin_row_ids(last)!
-- Row ids go on behind this one.
INSERT INTO sqlite_sequence (name, seq) VALUES ('mail', :last);

-- name: move_row_ids(last)!
-- Row ids go on behind this one.
UPDATE sqlite_sequence SET seq = :last WHERE name = 'mail';

-- name: set_in_spam(mail_id, in_spam)!
-- Where it lies now.
UPDATE mail SET in_spam = :in_spam WHERE id = :mail_id;

-- name: add_alias(mail_id, message_id)!
-- Another Message-ID by which it is known.
INSERT INTO aliases (mail_id, message_id) VALUES (:mail_id, :message_id) ON CONFLICT DO NOTHING;

-- name: aliases(mail_id)
-- All of them.
SELECT message_id FROM aliases WHERE mail_id = :mail_id ORDER BY message_id;

-- name: id_taken(public_id)$
-- Whether an id is in use.
SELECT 1 FROM mail WHERE public_id = :public_id;

-- name: add_raw(mail_id, bytes)!
-- Its bytes, as they are.
INSERT INTO raw (mail_id, bytes) VALUES (:mail_id, :bytes);

-- name: set_raw(mail_id, bytes)!
-- Other bytes in their place.
UPDATE raw SET bytes = :bytes WHERE mail_id = :mail_id;

-- name: set_size(mail_id, fingerprint, size)!
-- What tells those from others.
UPDATE mail SET fingerprint = :fingerprint, size = :size WHERE id = :mail_id;

-- name: set_position(mail_id, position)!
-- Where in the journal it arrived.
UPDATE mail SET position = :position WHERE id = :mail_id;

-- name: raw(mail_id)$
-- The bytes of a mail; none where retention took them.
SELECT bytes FROM raw WHERE mail_id = :mail_id;

-- name: by_public_id(public_id)^
-- One mail by the id that agents know.
SELECT m.*, t.public_id AS thread_public_id FROM mail m JOIN threads t ON t.id = m.thread_id
WHERE m.public_id = :public_id;

-- name: by_message_id(message_id)
-- Every mail that bears a Message-ID, in any mailbox: for operators.
SELECT m.* FROM mail m JOIN messages g ON g.mail_id = m.id WHERE g.message_id = :message_id
UNION SELECT m.* FROM mail m JOIN aliases a ON a.mail_id = m.id WHERE a.message_id = :message_id ORDER BY 1;

-- name: add_message(mail_id, mailbox_id, thread_id, direction, position, at, message_id, follows, kind, verdict, from_address, from_name, to_people, cc_people, reply_to, date, subject, text, new_text, signature, attachments, hidden_text, defects, pending, evidence, sender_known, lookalike_of, reported, about_send, codes, links, by_agent)!
-- The fields that were read from a mail. Not OR REPLACE: that begins a savepoint, at which FTS5 writes
-- out what it has gathered, a segment for each mail.
INSERT INTO messages (mail_id, mailbox_id, thread_id, direction, position, at, message_id,
  follows, kind, verdict, from_address, from_name, to_people, cc_people, reply_to, date, subject,
  text, new_text, signature, attachments, hidden_text, defects, pending, evidence, sender_known, lookalike_of,
  reported, about_send, codes, links, by_agent)
VALUES (:mail_id, :mailbox_id, :thread_id, :direction, :position, :at, :message_id, :follows, :kind,
  :verdict, :from_address, :from_name, :to_people, :cc_people, :reply_to, :date, :subject, :text,
  :new_text, :signature, :attachments, :hidden_text, :defects, :pending, :evidence,
  :sender_known, :lookalike_of, :reported, :about_send, :codes, :links, :by_agent);

-- name: drop_message(mail_id)!
-- They go.
DELETE FROM messages WHERE mail_id = :mail_id;

-- name: message(mail_id)^
-- The fields of a mail.
SELECT g.*, m.public_id FROM messages g JOIN mail m ON m.id = g.mail_id WHERE g.mail_id = :mail_id;
