-- name: last(after, most)$
-- How far the next messages go.
SELECT max(mail_id) FROM (SELECT mail_id FROM messages WHERE mail_id > :after ORDER BY mail_id LIMIT :most);

-- name: matching(after, upto, address, forms)
-- Of these messages, those that are from an address, to it, to be answered there, or tell of it; and of those that
-- hang on another one, those that name it in any of its forms (a JSON array).
SELECT g.mail_id, g.mailbox_id FROM messages g
WHERE g.mail_id > :after AND g.mail_id <= :upto AND (plain_address(g.from_address) = :address
  OR EXISTS (SELECT 1 FROM json_each(g.to_people) p WHERE plain_address(json_extract(p.value, '$[0]')) = :address)
  OR EXISTS (SELECT 1 FROM json_each(g.cc_people) p WHERE plain_address(json_extract(p.value, '$[0]')) = :address)
  OR EXISTS (SELECT 1 FROM json_each(g.reply_to) p WHERE plain_address(json_extract(p.value, '$[0]')) = :address)
  OR EXISTS (SELECT 1 FROM json_each(g.reported) p WHERE plain_address(json_extract(p.value, '$.address')) = :address)
  OR EXISTS (SELECT 1 FROM sends s JOIN recipients r ON r.send_id = s.id
    WHERE s.mail_id = g.mail_id AND plain_address(r.address) = :address)
  OR (EXISTS (SELECT 1 FROM hanging h WHERE h.mail_id = g.mail_id) AND EXISTS (SELECT 1 FROM json_each(:forms) f
    WHERE instr(lower(g.text), f.value) OR instr(lower(g.subject), f.value))));

-- name: hanging(mail_id)
-- What hangs on one of them and is there yet.
SELECT g.mail_id, g.mailbox_id FROM hanging h JOIN messages g ON g.mail_id = h.mail_id WHERE h.on_mail = :mail_id;

-- name: naming(after, upto, forms)
-- Those of these messages that have it among their words.
SELECT g.mail_id FROM messages g WHERE g.mail_id > :after AND g.mail_id <= :upto
  AND EXISTS (SELECT 1 FROM json_each(:forms) f WHERE instr(lower(g.text), f.value) OR instr(lower(g.subject), f.value));

-- name: forget_strays(address, forms)!
-- What was left elsewhere is listed without words.
UPDATE strays SET from_name = '', from_address = '', subject = '', addresses = ''
WHERE plain_address(from_address) = :address
  OR EXISTS (SELECT 1 FROM json_each(:forms) f WHERE instr(lower(addresses), f.value));

-- name: forget_reports(address)!
-- What they reported about domains goes with them.
DELETE FROM domain_reports WHERE plain_address(sender) = :address;

-- name: decided_naming(address, forms)
-- Sends about which something was said or changed that names the address, but for a mail to it that is on its way.
SELECT id FROM sends
WHERE EXISTS (SELECT 1 FROM json_each(:forms) f
    WHERE instr(lower(review), f.value) OR instr(lower(note), f.value) OR instr(lower(changes), f.value))
  AND (status IN ('sent', 'failed', 'refused', 'denied', 'bounced', 'cancelled', 'expired') OR NOT EXISTS (
    SELECT 1 FROM recipients r WHERE r.send_id = sends.id AND plain_address(r.address) = :address));

-- name: forget_sentences(send_id)!
-- That goes. The hash of what was approved stays: the mail is checked against it before it goes.
UPDATE sends SET review = '', note = '', changes = '', salt = NULL, verdict = json_set(verdict, '$.reason', '')
WHERE id = :send_id;

-- name: lookalikes(after, upto, address)
-- Of these messages, those whose sender can be taken for an address.
SELECT g.mail_id FROM messages g WHERE g.mail_id > :after AND g.mail_id <= :upto
  AND g.lookalike_of <> '' AND plain_address(ltrim(g.lookalike_of, '?')) = :address;

-- name: forget_lookalike(mail_id)!
-- One is not told to be any more.
UPDATE messages SET lookalike_of = '' WHERE mail_id = :mail_id;

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
  s.public_id AS send_public_id, s.status AS send_status, s.id AS send_id,
  s.review, s.note, s.changes
FROM messages g JOIN mail m ON m.id = g.mail_id JOIN mailboxes b ON b.id = g.mailbox_id
JOIN threads t ON t.id = g.thread_id LEFT JOIN raw r ON r.mail_id = g.mail_id LEFT JOIN sends s ON s.mail_id = g.mail_id
WHERE g.mail_id = :mail_id;

-- name: repeats(mail_id)$
-- What a mail hangs on.
SELECT m.public_id FROM hanging h JOIN mail m ON m.id = h.on_mail WHERE h.mail_id = :mail_id;
