-- name: came_in(since, newest)
-- How many mails came in, by the hour since a moment; of the newest so many alone.
SELECT CAST((arrived_at - :since) / 3600 AS INTEGER) AS hour, count(*) AS count FROM mail
WHERE id > (SELECT coalesce(max(id), 0) FROM mail) - :newest
  AND direction = 'received' AND old = 0 AND arrived_at >= :since
GROUP BY 1;

-- name: went_out(since, newest)
-- How many sends a server took, by the hour since a moment; of the newest so many alone.
SELECT CAST((settled_at - :since) / 3600 AS INTEGER) AS hour, count(*) AS count FROM sends
WHERE id > (SELECT coalesce(max(id), 0) FROM sends) - :newest
  AND status IN ('sent', 'bounced') AND settled_at >= :since
GROUP BY 1;

-- name: took(since, newest)
-- How long each answer took, from the mail that it answers to the server that took it, seconds; fastest first.
SELECT s.settled_at - m.arrived_at AS seconds FROM sends s JOIN mail m ON m.id = s.answers_mail
WHERE s.id > (SELECT coalesce(max(id), 0) FROM sends) - :newest
  AND s.status IN ('sent', 'bounced') AND s.settled_at >= :since
ORDER BY 1;

-- name: queue()
-- What is not settled, by state.
SELECT 'queued' AS status, count(*) AS count, min(created_at) AS oldest FROM sends WHERE status = 'queued'
UNION ALL SELECT 'submitting', count(*), min(created_at) FROM sends WHERE status = 'submitting'
UNION ALL SELECT 'held', count(*), min(created_at) FROM sends WHERE status = 'held'
UNION ALL SELECT 'unknown', count(*), min(created_at) FROM sends WHERE status = 'unknown';

-- name: deliveries(before, most)
-- Sends older than one, newest first.
SELECT s.*, b.address, g.subject FROM sends s JOIN mailboxes b ON b.id = s.mailbox_id AND b.status <> 'deleted'
LEFT JOIN messages g ON g.mail_id = s.mail_id
WHERE s.id < :before ORDER BY s.id DESC LIMIT :most;
