-- name: outside_of_domain(whose, first, end)$
-- To how many recipients outside mail from a domain goes, from a moment on and before another.
SELECT coalesce(sum(outside), 0) FROM sends
WHERE from_domain = :whose AND outside_at >= :first AND outside_at < :end;

-- name: ahead_in_domain(whose, first, end, place, id)$
-- From a domain, to how many recipients outside mail went between two moments, or goes before a send that is queued.
SELECT coalesce(sum(outside), 0) FROM sends
WHERE from_domain = :whose AND outside_at >= :first AND outside_at < :end
  AND NOT (status = 'queued' AND offered = 0 AND (paused = 1 OR outside_at > :place
    OR (outside_at = :place AND id >= :id)));

-- name: day_of_domain(whose, begins, idle, days, since)$
-- Which day of a plan it is that begins then (policy/warmup.py: numbered), one look a day. Before the moment
-- `since`, what only was to go there counts nothing: the day was one without a server, or without a worker.
WITH RECURSIVE days (number, first, last) AS (
  SELECT 1, :begins, (
    SELECT outside_at FROM sends
    WHERE from_domain = :whose AND outside_at < :begins
      AND (outside_at >= :since OR offered = 1 OR status IN ('submitting', 'sent', 'unknown'))
    ORDER BY outside_at DESC LIMIT 1)
  UNION ALL
  SELECT number + 1, :begins - 86400.0 * (CAST((:begins - last) / 86400.0 AS INTEGER)
    + (CAST((:begins - last) / 86400.0 AS INTEGER) < (:begins - last) / 86400.0)), (
    SELECT outside_at FROM sends
    WHERE from_domain = :whose
      AND outside_at < :begins - 86400.0 * (CAST((:begins - days.last) / 86400.0 AS INTEGER)
        + (CAST((:begins - days.last) / 86400.0 AS INTEGER) < (:begins - days.last) / 86400.0))
      AND (outside_at >= :since OR offered = 1 OR status IN ('submitting', 'sent', 'unknown'))
    ORDER BY outside_at DESC LIMIT 1)
  FROM days WHERE last IS NOT NULL AND first - last < :idle AND number <= :days
)
SELECT max(number) FROM days;

-- name: outside_of_mailbox(whose, first, end)$
-- The same of a mailbox.
SELECT coalesce(sum(outside), 0) FROM sends
WHERE mailbox_id = :whose AND outside_at >= :first AND outside_at < :end;

-- name: ahead_in_mailbox(whose, first, end, place, id)$
-- From a mailbox, to how many recipients outside mail went between two moments, or goes before a send that is queued.
SELECT coalesce(sum(outside), 0) FROM sends
WHERE mailbox_id = :whose AND outside_at >= :first AND outside_at < :end
  AND NOT (status = 'queued' AND offered = 0 AND (paused = 1 OR outside_at > :place
    OR (outside_at = :place AND id >= :id)));

-- name: day_of_mailbox(whose, begins, idle, days, since)$
-- The same of a mailbox.
WITH RECURSIVE days (number, first, last) AS (
  SELECT 1, :begins, (
    SELECT outside_at FROM sends
    WHERE mailbox_id = :whose AND outside_at < :begins
      AND (outside_at >= :since OR offered = 1 OR status IN ('submitting', 'sent', 'unknown'))
    ORDER BY outside_at DESC LIMIT 1)
  UNION ALL
  SELECT number + 1, :begins - 86400.0 * (CAST((:begins - last) / 86400.0 AS INTEGER)
    + (CAST((:begins - last) / 86400.0 AS INTEGER) < (:begins - last) / 86400.0)), (
    SELECT outside_at FROM sends
    WHERE mailbox_id = :whose
      AND outside_at < :begins - 86400.0 * (CAST((:begins - days.last) / 86400.0 AS INTEGER)
        + (CAST((:begins - days.last) / 86400.0 AS INTEGER) < (:begins - days.last) / 86400.0))
      AND (outside_at >= :since OR offered = 1 OR status IN ('submitting', 'sent', 'unknown'))
    ORDER BY outside_at DESC LIMIT 1)
  FROM days WHERE last IS NOT NULL AND first - last < :idle AND number <= :days
)
SELECT max(number) FROM days;

-- name: lost(domain, after, upto)
-- What speaks against each domain (against one, where it is named) within a time, by mail; and the person, where the
-- server that takes our mail refused one: what reports say may be made up by anybody whom the mail went to.
-- Of refusals those that say that nobody is there: any other is of our own host (relay denied), or of the mail.
SELECT s.from_domain AS domain, iif(r.reported = 'complaint', 'complaints', 'bounces') AS cause, r.send_id,
  iif(r.outcome = 'refused', r.person, '') AS refused, count(*) AS recipients
FROM recipients r INDEXED BY recipients_lost JOIN sends s ON s.id = r.send_id
LEFT JOIN standing t ON t.domain = s.from_domain
WHERE r.outside = 1 AND (r.reported IN ('permanent', 'complaint')
    OR (r.outcome = 'refused' AND r.code IN (550, 551, 553, 554)))
  AND (r.reported IN ('permanent', 'complaint') OR (r.reply GLOB '5.1.[1236]' OR r.reply GLOB '5.1.[1236][^0-9]*'
      OR r.reply GLOB '5.1.10' OR r.reply GLOB '5.1.10[^0-9]*' OR r.reply GLOB '5.2.1' OR r.reply GLOB '5.2.1[^0-9]*'
      OR (r.code <> 554 AND r.reply NOT GLOB '[245].[0-9]*.[0-9]*')))
  AND r.goes_at > :after AND r.goes_at <= :upto AND r.goes_at > coalesce(t.counted_from, 0)
  AND (:domain = '' OR s.from_domain = :domain)
GROUP BY 1, 2, 3, 4;

-- name: people_of(send_id)
-- Everybody whom a mail went to.
SELECT DISTINCT person FROM recipients WHERE send_id = :send_id;

-- name: any_lost()$
-- Whether anything may ever speak against a domain: a quick look, that counts each refusal.
SELECT 1 FROM recipients INDEXED BY recipients_lost WHERE outside = 1
  AND (reported IN ('permanent', 'complaint') OR (outcome = 'refused' AND code IN (550, 551, 553, 554)))
  AND goes_at > 0 LIMIT 1;

-- name: sending_domains(after)
-- Every domain from which mail went outside behind a moment.
SELECT b.name AS domain FROM (SELECT DISTINCT substr(address, instr(address, '@') + 1) AS name FROM mailboxes) b
WHERE EXISTS (SELECT 1 FROM sends s WHERE s.from_domain = b.name AND s.outside_at > :after);

-- name: standing(domain)^
-- How one stands.
SELECT * FROM standing WHERE domain = :domain;

-- name: standings()
-- How all of them do that ever were paused.
SELECT * FROM standing ORDER BY domain;

-- name: pause(domain, at, cause, recipients, against)!
-- Its sending pauses, where it does not already.
INSERT INTO standing (domain, paused_at, cause, recipients, against)
VALUES (:domain, :at, :cause, :recipients, :against)
ON CONFLICT (domain) DO UPDATE SET paused_at = :at, cause = :cause, recipients = :recipients, against = :against
WHERE paused_at IS NULL;

-- name: resume(domain, at)!
-- It goes on, and is counted from now.
UPDATE standing SET paused_at = NULL, counted_from = :at WHERE domain = :domain AND paused_at IS NOT NULL;

-- name: to_keep_back(now)
-- The paused domains of whose mail outside some is due. Nobody waits for what a person let go, or what goes on.
SELECT t.domain FROM standing t WHERE t.paused_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM sends s INDEXED BY sends_queued
  WHERE s.status = 'queued' AND s.paused = 0 AND s.from_domain = t.domain AND s.not_before <= :now
    AND s.outside > 0 AND s.goes_on = 0 AND s.approved = '')
ORDER BY t.domain;

-- name: keep_back(domain, now, reason, most)
-- A pause keeps what is due of a domain, so many at once: those that are due for the longest.
UPDATE sends SET paused = 1, reason = :reason WHERE id IN (
  SELECT id FROM sends INDEXED BY sends_queued
  WHERE status = 'queued' AND paused = 0 AND from_domain = :domain AND not_before <= :now
    AND outside > 0 AND goes_on = 0 AND approved = ''
  ORDER BY not_before, id LIMIT :most)
RETURNING id;

-- name: let_go(domain, at)!
-- It keeps none of a domain any more: they are tried from now on.
UPDATE sends SET paused = 0, reason = '', released_at = max(coalesce(released_at, created_at), :at) WHERE status = 'queued' AND paused = 1 AND from_domain = :domain;

-- name: count_kept(domain)$
-- How many sends it keeps.
SELECT count(*) FROM sends WHERE status = 'queued' AND paused = 1 AND from_domain = :domain;

-- name: count_at(id, at)!
-- A send that is late goes now, and counts now.
UPDATE sends SET not_before = :at WHERE id = :id AND status = 'queued';

-- name: put_off(id, until, reason)!
-- A send goes later.
UPDATE sends SET turn_from = coalesce(turn_from, max(created_at, not_before)), not_before = :until, released_at = :until,
  reason = :reason WHERE id = :id AND status = 'queued';

-- name: count_gone(id)!
-- Whom a send that has come to an end went to outside: whoever was put off until it was given up, or refused for what
-- says nothing of them, got nothing, and nor does anybody of a mail that was never handed over.
UPDATE sends SET outside = (
  SELECT count(*) FROM recipients r WHERE r.send_id = :id AND r.outside = 1 AND r.outcome <> 'deferred'
    AND NOT (r.outcome = '' AND sends.status = 'failed')
    AND (r.outcome <> 'refused' OR (r.code IN (550, 551, 553, 554) AND (r.reply GLOB '5.1.[1236]' OR r.reply GLOB '5.1.[1236][^0-9]*'
      OR r.reply GLOB '5.1.10' OR r.reply GLOB '5.1.10[^0-9]*' OR r.reply GLOB '5.2.1' OR r.reply GLOB '5.2.1[^0-9]*'
      OR (r.code <> 554 AND r.reply NOT GLOB '[245].[0-9]*.[0-9]*'))))
) WHERE id = :id;

-- name: time_gone(id)!
-- It counts nothing where that is nobody.
UPDATE sends SET outside_at = iif(outside > 0, max(created_at, not_before), NULL) WHERE id = :id;
