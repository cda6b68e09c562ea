-- name: of_room(after, most)
-- Positions behind one, oldest first.
SELECT position FROM journal WHERE position > :after ORDER BY position LIMIT :most;

-- name: of_mailboxes(mailboxes, after, most)
-- The same of some mailboxes (a JSON array of row ids).
SELECT j.position FROM json_each(:mailboxes) b CROSS JOIN journal j
WHERE j.mailbox_id = b.value AND j.position > :after ORDER BY j.position LIMIT :most;

-- name: told(positions, types, thread)
-- Events whose rows are of these types, with what their ids are called; of one conversation, by any of its ids, where
-- one is named. A mail may have gone into another since.
SELECT j.*, b.address, b.status AS mailbox_status, o.tenant, o.agent,
  m.public_id AS message_public_id, m.in_spam, s.public_id AS send_public_id,
  g.kind, g.from_address, g.verdict, coalesce(t.into_id, t.id) AS thread_now
FROM json_each(:positions) p CROSS JOIN journal j ON j.position = p.value
LEFT JOIN mailboxes b ON b.id = j.mailbox_id
LEFT JOIN owners o ON o.id = b.owner
LEFT JOIN mail m ON m.id = j.mail_id
LEFT JOIN messages g ON g.mail_id = j.mail_id
LEFT JOIN sends s ON s.id = j.send_id
LEFT JOIN threads t ON t.id = coalesce(g.thread_id, j.thread_id)
WHERE j.type IN (SELECT value FROM json_each(:types)) AND (
  :thread IS NULL
  OR coalesce(t.into_id, t.id) = (SELECT coalesce(into_id, id) FROM threads WHERE public_id = :thread)
)
ORDER BY j.position;

-- name: names_of(threads)
-- What conversations (a JSON array of row ids) are called, each by its own name first.
SELECT t.id AS thread_id, t.public_id FROM json_each(:threads) w JOIN threads t ON t.id = w.value
UNION ALL
SELECT t.into_id, t.public_id FROM json_each(:threads) w JOIN threads t ON t.into_id = w.value;

-- name: reported(send_id)
-- Of whom reports say something, and what.
SELECT address, reported FROM recipients WHERE send_id = :send_id AND reported <> '' ORDER BY place;

-- name: refused(send_id)
-- Who does not get a mail that others got.
SELECT address FROM recipients WHERE send_id = :send_id AND outcome IN ('refused', 'deferred') ORDER BY place;

-- name: mailboxes_of(tenant, agent)
-- Every mailbox that an agent has or had.
SELECT b.id, b.address FROM owners o JOIN mailboxes b ON b.owner = o.id
WHERE o.tenant = :tenant AND o.agent = :agent;

-- name: mailbox_of_thread(thread)^
-- Where a conversation is, by any of its ids.
SELECT b.id, b.address FROM threads t JOIN mailboxes b ON b.id = t.mailbox_id WHERE t.public_id = :thread;

-- name: mailbox(address)^
-- One by its address.
SELECT b.id, b.address FROM mailboxes b WHERE b.address = :address;

-- name: public_id(thread)$
-- What a conversation was called, wherever it is now.
SELECT public_id FROM threads WHERE id = :thread;
