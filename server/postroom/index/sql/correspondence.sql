-- name: last(after, most)$
-- How far the next messages go.
SELECT max(mail_id) FROM (SELECT mail_id FROM messages WHERE mail_id > :after ORDER BY mail_id LIMIT :most);

-- name: matching(after, upto, address)
-- Of these messages, those that are from an address (lower case), to it, to be answered there, or tell of it.
SELECT g.mail_id, g.mailbox_id, g.thread_id FROM messages g
WHERE g.mail_id > :after AND g.mail_id <= :upto AND (lower(g.from_address) = :address
  OR EXISTS (SELECT 1 FROM json_each(g.to_people) p WHERE lower(json_extract(p.value, '$[0]')) = :address)
  OR EXISTS (SELECT 1 FROM json_each(g.cc_people) p WHERE lower(json_extract(p.value, '$[0]')) = :address)
  OR EXISTS (SELECT 1 FROM json_each(g.reply_to) p WHERE lower(json_extract(p.value, '$[0]')) = :address)
  OR EXISTS (SELECT 1 FROM json_each(g.reported) p WHERE lower(json_extract(p.value, '$.address')) = :address)
  OR EXISTS (SELECT 1 FROM sends s JOIN recipients r ON r.send_id = s.id
    WHERE s.mail_id = g.mail_id AND lower(r.address) = :address));

-- name: naming(after, upto, address)$
-- How many of these messages have it among their words.
SELECT count(*) FROM messages g WHERE g.mail_id > :after AND g.mail_id <= :upto
  AND (instr(lower(g.text), :address) OR instr(lower(g.subject), :address));

-- name: also_naming(mail_id, address)$
-- Whether a message has.
SELECT 1 FROM messages WHERE mail_id = :mail_id AND (instr(lower(text), :address) OR instr(lower(subject), :address));

-- name: forget_strays(address)!
-- What was left elsewhere is listed without words.
UPDATE strays SET from_name = '', from_address = '', subject = '', addresses = ''
WHERE lower(from_address) = :address OR instr(lower(addresses), :address);

-- name: ask(address, actor, at)!
-- All mail with a correspondent has to go.
INSERT INTO erasures (address, actor, asked_at) VALUES (:address, :actor, :at) ON CONFLICT DO NOTHING;

-- name: asked()
-- What was asked for and is not done.
SELECT * FROM erasures ORDER BY id;

-- name: count(id, mails)!
-- So many more have gone.
UPDATE erasures SET mails = mails + :mails WHERE id = :id;

-- name: done(id)!
-- It is done.
DELETE FROM erasures WHERE id = :id;

-- name: is_asked(address)$
-- Whether it is still to be done.
SELECT 1 FROM erasures WHERE address = :address;

-- name: whole(mail_id)^
-- Everything about one message.
SELECT g.*, m.public_id, m.size, m.arrived_at, b.address, t.public_id AS thread_public_id, r.bytes,
  s.public_id AS send_public_id, s.status AS send_status, s.id AS send_id
FROM messages g JOIN mail m ON m.id = g.mail_id JOIN mailboxes b ON b.id = g.mailbox_id
JOIN threads t ON t.id = g.thread_id LEFT JOIN raw r ON r.mail_id = g.mail_id LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE g.mail_id = :mail_id;

-- name: empty_quarantine(address)!
-- Of their mail that a rule kept from its mailbox, a row without words stays, by which it is known again.
UPDATE quarantine SET bytes = NULL, from_name = '', from_address = '', subject = '', evidence = ''
WHERE lower(from_address) = :address;
