-- name: sends(now)
-- What is in the outbox, by its state: how many, and since when the oldest of them is.
SELECT 'scheduled' AS state, count(*) AS many, min(created_at) AS oldest FROM sends
WHERE status = 'queued' AND paused = 0 AND attempts = 0 AND not_before > :now
UNION ALL
SELECT 'queued', count(*), min(coalesce(released_at, created_at)) FROM sends
WHERE status = 'queued' AND paused = 0 AND attempts = 0 AND not_before <= :now
UNION ALL
SELECT 'deferred', count(*), min(coalesce(released_at, created_at)) FROM sends
WHERE status = 'queued' AND paused = 0 AND attempts > 0
UNION ALL
SELECT 'paused', count(*), min(coalesce(released_at, created_at)) FROM sends WHERE status = 'queued' AND paused = 1
UNION ALL
SELECT 'submitting', count(*), min(coalesce(released_at, created_at)) FROM sends WHERE status = 'submitting'
UNION ALL
SELECT 'unknown', count(*), min(doubt_since) FROM sends WHERE status = 'unknown'
UNION ALL
SELECT 'held', count(*), min(created_at) FROM sends WHERE status = 'held';

-- name: mailboxes()
-- How many mailboxes there are, by status.
SELECT status, count(*) AS many FROM mailboxes GROUP BY status;

-- name: ailing()$
-- How many mailboxes have a problem.
SELECT count(*) FROM mailboxes WHERE problem <> '' AND status <> 'deleted';

-- name: logins()
-- How many logins elsewhere stand how.
SELECT state, count(*) AS many FROM logins GROUP BY state;

-- name: kept_aside()$
-- How many mails a rule keeps from their mailboxes.
SELECT count(*) FROM quarantine INDEXED BY quarantine_waiting WHERE released_at IS NULL;

-- name: handed_in()^
-- Mail that came over HTTP and is not indexed yet.
SELECT count(*) AS many, min(arrived_at) AS oldest FROM handed_in;

-- name: uploads(now)^
-- Files that were brought and can be sent yet.
SELECT count(*) AS many, coalesce(sum(size), 0) AS size FROM uploads WHERE whole = 1 AND expires_at > :now;

-- name: webhooks()
-- Endpoints by how they stand: how many, what waits for them at most, and since when.
SELECT standing, count(*) AS many,
  sum(CASE standing WHEN 'active' THEN 0 ELSE (SELECT coalesce(max(position), 0) FROM journal) - place END) AS events,
  min(CASE standing WHEN 'active' THEN NULL
    ELSE (SELECT at FROM journal WHERE position > place ORDER BY position LIMIT 1) END) AS oldest
FROM (
  SELECT CASE WHEN status = 'active' AND (failing_since IS NOT NULL OR lane_fails) THEN 'failing' ELSE status END AS standing,
    min(position, coalesce(behind - 1, position)) AS place
  FROM (
    SELECT hook.*, (SELECT min(position) FROM webhook_lanes WHERE webhook_id = hook.id) AS behind,
      EXISTS (SELECT 1 FROM webhook_lanes l WHERE l.webhook_id = hook.id AND l.failing_since IS NOT NULL) AS lane_fails
    FROM webhooks hook
  )
) GROUP BY standing;

-- name: attempts()
-- How often each endpoint was ever posted to.
SELECT id, attempts FROM webhooks;

-- name: tried(id, after, upto)
-- What became of an endpoint's attempts between two numbers.
SELECT CASE WHEN fault = '' THEN 'delivered' WHEN status IS NULL THEN 'unanswered' ELSE 'refused' END AS outcome, milliseconds
FROM webhook_log WHERE webhook_id = :id AND number > :after AND number <= :upto;

-- name: waits(now)$
-- How many waits go on for mail on servers elsewhere, in any process.
SELECT count(*) FROM waits WHERE until > :now;

-- name: happened(after, upto)
-- How often what has happened between two positions, by a worker or by whoever asked for it.
SELECT type, actor = 'worker' AS by_worker, count(*) AS many FROM journal
WHERE position > :after AND position <= :upto GROUP BY 1, 2;

-- name: carried(after, upto)
-- How long each mail that was sent between two positions was in the outbox, seconds.
SELECT j.at - coalesce(s.released_at, s.created_at) AS seconds FROM journal j JOIN sends s ON s.id = j.send_id
WHERE j.position > :after AND j.position <= :upto AND j.type = 'message.sent';

-- name: taken_in(after, upto)
-- How long each mail that came in between two positions had been there by its server's word, seconds.
SELECT j.at - m.arrived_at AS seconds FROM journal j JOIN mail m ON m.id = j.mail_id
WHERE j.position > :after AND j.position <= :upto AND j.type = 'message.received';
