-- name: written_to(owner, address)$
-- Who of ours last wrote to an address.
SELECT coalesce(s.actor, 'person') FROM correspondents c LEFT JOIN sends s ON s.mail_id = c.mail_id
WHERE c.owner = :owner AND c.address = :address AND c.wrote = 0
  AND (s.id IS NULL OR s.status NOT IN ('held', 'denied', 'cancelled', 'expired'))
ORDER BY c.at DESC, c.mail_id DESC LIMIT 1;

-- name: has_written(owner, address)$
-- Whether a verified mail came from an address.
SELECT 1 FROM correspondents WHERE owner = :owner AND address = :address AND wrote = 1 LIMIT 1;

-- name: named_in_thread(thread_id, pattern, most)
-- Who named an address in the newest messages of a conversation.
SELECT DISTINCT from_address FROM (
  SELECT from_address, verdict, direction, lower(to_people || cc_people) AS people FROM messages
  WHERE thread_id = :thread_id ORDER BY at DESC, mail_id DESC LIMIT :most
) WHERE direction = 'received' AND verdict = 'verified' AND instr(people, :pattern) > 0;

-- name: met_in_mail(match, first, end)$
-- Whether a phrase stands in mail that came in.
SELECT 1 FROM search s CROSS JOIN messages g ON g.mail_id = s.rowid & 0xFFFFFFFFFF
WHERE s.search MATCH :match AND s.rowid >= :first AND s.rowid < :end AND g.direction = 'received' LIMIT 1;

-- name: asked_for(mailbox_id, pattern, most)$
-- Whether one of the newest messages of a mailbox asks for answers to an address.
SELECT 1 FROM (
  SELECT lower(reply_to) AS people FROM messages INDEXED BY messages_redirecting
  WHERE mailbox_id = :mailbox_id AND reply_to <> '[]' ORDER BY mail_id DESC LIMIT :most
) WHERE instr(people, :pattern) > 0 LIMIT 1;

-- name: received_with(match, first, end, most)
-- The newest mail that came in with a phrase.
SELECT g.mail_id, g.from_address, g.to_people, g.cc_people
FROM search s CROSS JOIN messages g ON g.mail_id = s.rowid & 0xFFFFFFFFFF
WHERE s.search MATCH :match AND s.rowid >= :first AND s.rowid < :end AND g.direction = 'received'
ORDER BY s.rowid DESC LIMIT :most;

-- name: sent_with(match, first, end, most)
-- The newest mail that went out with a phrase.
SELECT g.mail_id
FROM search s CROSS JOIN messages g ON g.mail_id = s.rowid & 0xFFFFFFFFFF
WHERE s.search MATCH :match AND s.rowid >= :first AND s.rowid < :end AND g.direction = 'sent'
ORDER BY s.rowid DESC LIMIT :most;

-- name: text_of(mail_id)$
-- What a message says.
SELECT substr(text, 1, 200000) FROM messages WHERE mail_id = :mail_id;

-- name: received_with_codes(owner, first)
-- An owner's mail that came in with a code, from one on.
SELECT g.mail_id, g.from_address, g.to_people, g.cc_people, g.codes
FROM mailboxes b JOIN messages g INDEXED BY messages_with_codes ON g.mailbox_id = b.id
WHERE b.owner = :owner AND g.mail_id >= :first AND g.codes <> '[]' AND g.direction = 'received';

-- name: received_with_files(owner, first, listed, most)
-- An owner's mail that came in with a file that is listed so, from one on.
SELECT g.mail_id, g.from_address, g.to_people, g.cc_people, g.attachments
FROM mailboxes b JOIN messages g INDEXED BY messages_with_files ON g.mailbox_id = b.id
WHERE b.owner = :owner AND g.mail_id >= :first AND g.attachments <> '[]' AND g.direction = 'received'
  AND instr(g.attachments, :listed) LIMIT :most;

-- name: turns(thread_id, most)$
-- How many of the newest messages of a conversation are mails of ours.
SELECT count(*) FROM sends WHERE status NOT IN ('held', 'denied', 'cancelled', 'expired') AND mail_id IN (
  SELECT mail_id FROM messages WHERE thread_id = :thread_id ORDER BY at DESC, mail_id DESC LIMIT :most
);
