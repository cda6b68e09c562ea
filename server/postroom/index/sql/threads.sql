-- name: threads_of(mailbox_id, ids)
-- Which conversation each of these Message-IDs (a JSON array) belongs to.
SELECT message_id, thread_id FROM mentions
WHERE mailbox_id = :mailbox_id AND message_id IN (SELECT value FROM json_each(:ids));

-- name: mention*!
-- These Message-IDs belong to this conversation. A row a statement: one that writes several begins a
-- savepoint, at which FTS5 writes out what it has gathered, a segment for each mail.
INSERT INTO mentions (mailbox_id, message_id, thread_id) VALUES (:mailbox_id, :message_id, :thread_id)
ON CONFLICT (mailbox_id, message_id) DO NOTHING;

-- name: add(public_id, mailbox_id)<!
-- A new conversation.
INSERT INTO threads (public_id, mailbox_id) VALUES (:public_id, :mailbox_id);

-- name: by_public_id(public_id)^
-- The conversation that an id names now: an id of a joined one leads to where it went.
SELECT t.id, t.mailbox_id, coalesce(t.into_id, t.id) AS now_id FROM threads t WHERE t.public_id = :public_id;

-- name: by_row(id)^
-- The same by its row.
SELECT t.mailbox_id, coalesce(t.into_id, t.id) AS now_id FROM threads t WHERE t.id = :id;

-- name: now(id)$
-- Where a conversation went, or itself.
SELECT coalesce(into_id, id) FROM threads WHERE id = :id;

-- name: public_id(id)$
-- The id that was handed out for a conversation.
SELECT public_id FROM threads WHERE id = :id;

-- name: redirect(old, target)!
-- `old` and all that led to it lead to `target` from now on (one step, never a chain).
UPDATE threads SET into_id = :target WHERE id = :old OR into_id = :old;

-- name: move_messages(old, target)!
-- The messages of a joined conversation.
UPDATE messages SET thread_id = :target WHERE thread_id = :old;

-- name: move_mentions(old, target)!
-- The Message-IDs of a joined conversation.
UPDATE mentions SET thread_id = :target WHERE thread_id = :old;

-- name: join_shown(old, target)!
-- What agents were shown of both; of one alone is not enough, or the other's mail would go unseen.
UPDATE shown SET position = min(position, coalesce(
  (SELECT o.position FROM shown o WHERE o.agent = shown.agent AND o.thread_id = :old), 0))
WHERE thread_id = :target;

-- name: join_acknowledged(old, target)!
-- What agents acknowledged of both, for the same reason.
UPDATE acknowledged SET position = min(position, coalesce(
  (SELECT o.position FROM acknowledged o
   WHERE o.agent = acknowledged.agent AND o.scope = 't' || :old), 0))
WHERE scope = 't' || :target;

-- name: drop_conversation(thread_id)!
-- Its row goes.
DELETE FROM conversations WHERE thread_id = :thread_id;

-- name: conversation(thread_id)^
-- The row of a conversation.
SELECT * FROM conversations WHERE thread_id = :thread_id;

-- name: put_conversation(thread_id, mailbox_id, owner, subject, participants, message_count, last_at, last_direction, snippet, awaiting)!
-- Writes the row of a conversation.
INSERT INTO conversations (thread_id, mailbox_id, owner, subject, participants, message_count,
  last_at, last_direction, snippet, awaiting)
VALUES (:thread_id, :mailbox_id, :owner, :subject, :participants, :message_count, :last_at,
  :last_direction, :snippet, :awaiting)
ON CONFLICT (thread_id) DO UPDATE SET mailbox_id = excluded.mailbox_id, owner = excluded.owner,
  subject = excluded.subject, participants = excluded.participants,
  message_count = excluded.message_count, last_at = excluded.last_at,
  last_direction = excluded.last_direction, snippet = excluded.snippet, awaiting = excluded.awaiting;

-- name: home(thread_id)^
-- Whose a conversation is.
SELECT t.mailbox_id, m.owner FROM threads t JOIN mailboxes m ON m.id = t.mailbox_id WHERE t.id = :thread_id;

-- name: for_summary(thread_id)
-- What the row of a conversation is made from, oldest first. Their words stay where they are: a long
-- conversation holds megabytes.
SELECT mail_id, direction, kind, at, subject, from_address, to_people, cc_people
FROM messages WHERE thread_id = :thread_id ORDER BY at, mail_id;

-- name: first_words(mail_id, most)$
-- The beginning of what a message says.
SELECT substr(coalesce(new_text, text), 1, :most) FROM messages WHERE mail_id = :mail_id;

-- name: count_messages(thread_id)$
-- How many messages a conversation has.
SELECT count(*) FROM messages WHERE thread_id = :thread_id;

-- name: answered(thread_id)!
-- We answer: what came before is no longer waiting, nor what a rebuild has yet to find out about.
UPDATE messages SET pending = 0 WHERE thread_id = :thread_id AND pending <> 0;

-- name: answered_up_to(thread_id, at)!
-- A person has answered at that time, and we hear of it now.
UPDATE messages SET pending = 0 WHERE thread_id = :thread_id AND pending <> 0 AND at <= :at;

-- name: has_writer(thread_id, addresses)$
-- Whether one of these addresses (a JSON array, lower case) wrote in a conversation, or asked for answers.
SELECT 1 FROM messages w, json_each(:addresses) a
WHERE w.thread_id = :thread_id AND w.direction = 'received'
  AND (lower(w.from_address) = a.value OR instr(lower(w.reply_to), '"' || a.value || '"')) LIMIT 1;

-- name: time_of(mailbox_id, ids)$
-- When the newest of the messages came that bear these Message-IDs (a JSON array).
SELECT max(at) FROM messages INDEXED BY messages_by_message_id
WHERE mailbox_id = :mailbox_id AND message_id IN (SELECT value FROM json_each(:ids));

-- name: repend(thread_id)!
-- Makes anew what waits for an answer: what came after our last send that was not refused, and
-- after the last answer of a person, to somebody who wrote there. Of ours we know the place in the journal;
-- a person's is found later.
UPDATE messages SET pending = (
  direction = 'received'
  AND NOT (SELECT old FROM mail WHERE mail.id = messages.mail_id)
  AND position > coalesce((
    SELECT max(o.position) FROM messages o JOIN sends s ON s.mail_id = o.mail_id
    WHERE o.thread_id = :thread_id AND o.direction = 'sent' AND s.status NOT IN ('failed', 'denied', 'cancelled', 'expired')), 0)
  AND at > coalesce((
    SELECT max(o.at) FROM messages o WHERE o.thread_id = :thread_id AND o.direction = 'sent'
      AND NOT EXISTS (SELECT 1 FROM sends s WHERE s.mail_id = o.mail_id)
      AND EXISTS (SELECT 1 FROM messages w, (SELECT value FROM json_each(o.to_people)
          UNION ALL SELECT value FROM json_each(o.cc_people)) whom
        WHERE w.thread_id = :thread_id AND w.direction = 'received' AND (
          lower(w.from_address) = lower(json_extract(whom.value, '$[0]'))
          OR instr(lower(w.reply_to), '"' || lower(json_extract(whom.value, '$[0]')) || '"')))), 0))
WHERE thread_id = :thread_id;
