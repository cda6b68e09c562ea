-- name: add(public_id, url, tenant, agent, reach_mailboxes, reach_thread, mailboxes, thread, types, note, now, status, position)<!
-- A new endpoint.
INSERT INTO webhooks (public_id, url, tenant, agent, reach_mailboxes, reach_thread, mailboxes, thread, types, note,
  created_at, status, status_at, position)
VALUES (:public_id, :url, :tenant, :agent, :reach_mailboxes, :reach_thread, :mailboxes, :thread, :types, :note,
  :now, :status, :now, :position);

-- name: one(public_id)^
-- By its id.
SELECT * FROM webhooks WHERE public_id = :public_id;

-- name: every()
-- All, the newest last.
SELECT * FROM webhooks ORDER BY id;

-- name: some(after, most, standing)
-- The next behind a row id, the newest last; those that stand so where it is named.
SELECT * FROM webhooks WHERE id > :after AND (:standing IS NULL OR :standing = CASE WHEN status = 'active' AND (failing_since IS NOT NULL OR EXISTS (
    SELECT 1 FROM webhook_lanes l WHERE l.webhook_id = webhooks.id AND l.failing_since IS NOT NULL))
  THEN 'failing' ELSE status END)
ORDER BY id LIMIT :most;

-- name: standing(id)$
-- How it stands: its status, or that it is active and something of it failed.
SELECT CASE WHEN status = 'active' AND (failing_since IS NOT NULL OR EXISTS (
    SELECT 1 FROM webhook_lanes l WHERE l.webhook_id = webhooks.id AND l.failing_since IS NOT NULL))
  THEN 'failing' ELSE status END FROM webhooks WHERE id = :id;

-- name: of_owner(tenant, agent)
-- An agent's, the newest last.
SELECT * FROM webhooks WHERE tenant = :tenant AND agent = :agent ORDER BY id;

-- name: parked()
-- Those that are tried no more until somebody says so.
SELECT * FROM webhooks WHERE status = 'parked' ORDER BY id;

-- name: set_status(id, status, now, reason)!
-- Whether it is told, and why not.
UPDATE webhooks SET status = :status, status_at = :now, reason = :reason WHERE id = :id;

-- name: begin_anew(id, status, now, position)!
-- It is told again from a position on, and what failed before is forgotten.
UPDATE webhooks SET status = :status, status_at = :now, reason = '', generation = generation + 1, position = :position,
  failures = 0, failing_since = NULL, next_at = NULL WHERE id = :id;

-- name: moved(id, generation, position, failures, failing_since, next_at, delivered_at, attempts)!
-- How far it has been told, unless it began anew meanwhile.
UPDATE webhooks SET position = :position, failures = :failures, failing_since = :failing_since, next_at = :next_at,
  delivered_at = coalesce(:delivered_at, delivered_at), attempts = max(attempts, :attempts)
WHERE id = :id AND generation = :generation;

-- name: park(id, generation, now, reason)!
-- It is tried no more until somebody says so.
UPDATE webhooks SET status = 'parked', status_at = :now, reason = :reason
WHERE id = :id AND generation = :generation AND status = 'active';

-- name: remove(id)!
-- It is gone; what hangs on it went before.
DELETE FROM webhooks WHERE id = :id;

-- name: add_secret(id, secret)!
-- Another one, which is signed with first.
INSERT INTO webhook_secrets (webhook_id, number, secret)
SELECT :id, coalesce(max(number), 0) + 1, :secret FROM webhook_secrets WHERE webhook_id = :id;

-- name: secrets(id)
-- What an endpoint's deliveries are signed with, the newest first.
SELECT secret, until FROM webhook_secrets WHERE webhook_id = :id ORDER BY number DESC;

-- name: end_secrets(id, until)!
-- Those that are there end then, if not before.
UPDATE webhook_secrets SET until = min(coalesce(until, :until), :until) WHERE webhook_id = :id;

-- name: drop_old_secrets(id, now)!
-- Those whose time is over.
DELETE FROM webhook_secrets WHERE webhook_id = :id AND until <= :now;

-- name: drop_secrets(id)!
-- All of an endpoint that goes.
DELETE FROM webhook_secrets WHERE webhook_id = :id;

-- name: lanes(id)
-- Where an endpoint is behind.
SELECT * FROM webhook_lanes WHERE webhook_id = :id ORDER BY position;

-- name: put_lane(id, lane, mailbox, position, failures, failing_since, next_at)!
-- It is behind there.
INSERT OR REPLACE INTO webhook_lanes (webhook_id, lane, mailbox, position, failures, failing_since, next_at)
VALUES (:id, :lane, :mailbox, :position, :failures, :failing_since, :next_at);

-- name: drop_lane(id, lane)!
-- It is not behind there any more.
DELETE FROM webhook_lanes WHERE webhook_id = :id AND lane = :lane;

-- name: drop_lanes(id)!
-- It is behind nowhere: told anew, or gone.
DELETE FROM webhook_lanes WHERE webhook_id = :id;

-- name: retry_lanes(id, now)!
-- They are tried at once, and have a day again.
UPDATE webhook_lanes SET failures = 0, failing_since = NULL, next_at = :now WHERE webhook_id = :id;

-- name: log(id, place, number, at, message_id, type, attempt, status, milliseconds, fault)!
-- An attempt, in the place of an older one.
INSERT OR REPLACE INTO webhook_log (webhook_id, place, number, at, message_id, type, attempt, status, milliseconds, fault)
SELECT id, :place, :number, :at, :message_id, :type, :attempt, :status, :milliseconds, :fault
FROM webhooks WHERE id = :id;

-- name: logged(id, most)
-- The last attempts, the newest first.
SELECT * FROM webhook_log WHERE webhook_id = :id ORDER BY number DESC LIMIT :most;

-- name: arrived_at(id)$
-- When an attempt arrived last, of those that are kept.
SELECT max(at) FROM webhook_log WHERE webhook_id = :id AND fault = '';

-- name: logged_one(id, message_id)^
-- What became of one delivery, told by its last attempt.
SELECT * FROM webhook_log WHERE webhook_id = :id AND message_id = :message_id ORDER BY number DESC LIMIT 1;

-- name: drop_log(id)!
-- All of an endpoint that goes.
DELETE FROM webhook_log WHERE webhook_id = :id;

-- name: ask_test(message_id, id, now)!
-- Somebody wants to see whether a delivery arrives.
INSERT INTO webhook_tests (webhook_id, message_id, at) VALUES (:id, :message_id, :now);

-- name: tests()
-- All that are asked for.
SELECT * FROM webhook_tests ORDER BY at;

-- name: drop_test(id, message_id)!
-- It was made.
DELETE FROM webhook_tests WHERE webhook_id = :id AND message_id = :message_id;

-- name: drop_tests(id)!
-- The same.
DELETE FROM webhook_tests WHERE webhook_id = :id;

-- name: revision()$
-- How often endpoints changed otherwise than by deliveries.
SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'webhooks';

-- name: revise()!
-- They changed so.
UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'webhooks';

-- name: position_at(at)$
-- The newest position that is older than a moment.
SELECT coalesce((SELECT min(position) - 1 FROM journal WHERE at >= :at), (SELECT max(position) FROM journal), 0);
