-- name: add(public_id, mailbox_id, direction, arrived_at, thread_id, why, fingerprint, size, old)<!
-- A mail that came or goes.
INSERT INTO mail (public_id, mailbox_id, direction, arrived_at, position, thread_id, why, fingerprint, size, old)
VALUES (:public_id, :mailbox_id, :direction, :arrived_at, 0, :thread_id, :why, :fingerprint, :size, :old);

-- name: id_taken(public_id)$
-- Whether an id is in use.
SELECT 1 FROM mail WHERE public_id = :public_id;

-- name: add_raw(mail_id, bytes)!
-- Its bytes, as they are.
INSERT INTO raw (mail_id, bytes) VALUES (:mail_id, :bytes);

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
SELECT m.* FROM mail m JOIN messages g ON g.mail_id = m.id WHERE g.message_id = :message_id ORDER BY m.id;

-- name: put_message(mail_id, mailbox_id, thread_id, direction, position, at, message_id, follows, kind, verdict, from_address, from_name, to_people, cc_people, reply_to, date, subject, text, new_text, attachments, hidden_text, defects, pending)!
-- The fields that were read from a mail.
INSERT OR REPLACE INTO messages (mail_id, mailbox_id, thread_id, direction, position, at, message_id,
  follows, kind, verdict, from_address, from_name, to_people, cc_people, reply_to, date, subject,
  text, new_text, attachments, hidden_text, defects, pending)
VALUES (:mail_id, :mailbox_id, :thread_id, :direction, :position, :at, :message_id, :follows, :kind,
  :verdict, :from_address, :from_name, :to_people, :cc_people, :reply_to, :date, :subject, :text,
  :new_text, :attachments, :hidden_text, :defects, :pending);

-- name: message(mail_id)^
-- The fields of a mail.
SELECT g.*, m.public_id FROM messages g JOIN mail m ON m.id = g.mail_id WHERE g.mail_id = :mail_id;
