-- name: before_first_since(at)$
-- Sends are filed in the order of their ids; a clock that was put back makes it begin earlier.
SELECT coalesce((SELECT min(id) FROM sends WHERE created_at >= :at), (SELECT max(id) + 1 FROM sends), 1) - 1;

-- name: some(after, most)
-- The next sends behind an id.
SELECT s.*, b.address, o.agent, o.tenant, g.subject, g.text, g.attachments FROM sends s
JOIN mailboxes b ON b.id = s.mailbox_id JOIN owners o ON o.id = b.owner
LEFT JOIN messages g ON g.mail_id = s.mail_id WHERE s.id > :after ORDER BY s.id LIMIT :most;

-- name: one(public_id)^
-- One send.
SELECT s.*, b.address, o.agent, o.tenant, g.subject, g.text, g.attachments FROM sends s
JOIN mailboxes b ON b.id = s.mailbox_id JOIN owners o ON o.id = b.owner
LEFT JOIN messages g ON g.mail_id = s.mail_id WHERE s.public_id = :public_id;

-- name: recipients(send_id)
-- Whom it was for.
SELECT address, outside FROM recipients WHERE send_id = :send_id ORDER BY place;
