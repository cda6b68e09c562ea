-- name: newest_to(mailbox_id, address, since)^
-- The newest of a mailbox's last sends that its server took for an address, and when it was not long ago.
SELECT s.id FROM sends s INDEXED BY sends_by_mailbox JOIN recipients r ON r.send_id = s.id
WHERE s.mailbox_id = :mailbox_id AND s.id > coalesce((
    SELECT id FROM sends WHERE mailbox_id = :mailbox_id ORDER BY id DESC LIMIT 1 OFFSET 200), 0)
  AND lower(r.address) = :address AND r.outcome = 'accepted' AND s.status IN ('sent', 'bounced')
  AND s.settled_at > :since
ORDER BY s.id DESC LIMIT 1;

-- name: own_id(mail_id)$
-- The Message-ID of a mail.
SELECT message_id FROM messages WHERE mail_id = :mail_id;

-- name: mark(send_id, address, reported, status, dead, mail_id)!
-- What a report says of a recipient.
UPDATE recipients SET reported = :reported, reported_status = :status, reported_dead = :dead,
  reported_by = :mail_id
WHERE send_id = :send_id AND address = :address;

-- name: tell(send_id, status, reason)!
-- What that comes to.
UPDATE sends SET status = :status, reason = :reason WHERE id = :send_id AND status IN ('sent', 'bounced');

-- name: any_in(thread_id)$
-- Whether a report said anything of whom our mails in a conversation went to.
SELECT 1 FROM messages g JOIN sends s ON s.mail_id = g.mail_id JOIN recipients r ON r.send_id = s.id
WHERE g.thread_id = :thread_id AND r.reported <> '' LIMIT 1;
