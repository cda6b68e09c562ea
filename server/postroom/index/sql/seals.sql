-- name: decided(send_id)^
-- What is decided about a send.
SELECT verdict, approved, review, note, changes, salt FROM sends WHERE id = :send_id;

-- name: give_salt(send_id)!
-- What the digest of its sentences is made with.
UPDATE sends SET salt = randomblob(16) WHERE id = :send_id;

-- name: last_upto(send_id, position)$
-- What was last told of a send up to a position.
SELECT decided FROM journal WHERE send_id = :send_id AND position <= :position AND decided <> ''
ORDER BY position DESC LIMIT 1;

-- name: told(first, last)
-- What these events told of sends; what was told of each before, whether it was again behind it, and what stands there.
SELECT j.position, j.type, j.decided AS told, s.verdict, s.approved, s.review, s.note, s.changes, s.salt,
  (SELECT b.decided FROM journal b WHERE b.send_id = j.send_id AND b.position < j.position AND b.decided <> ''
    ORDER BY b.position DESC LIMIT 1) AS before,
  EXISTS (SELECT 1 FROM journal a WHERE a.send_id = j.send_id AND a.position > j.position AND a.decided <> '') AS again
FROM journal j LEFT JOIN sends s ON s.id = j.send_id
WHERE j.position BETWEEN :first AND :last AND j.decided <> '' ORDER BY j.position;

-- name: untold(first)$
-- A send, from a row id on, that nothing was told of.
SELECT s.id FROM sends s WHERE s.id >= :first
  AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.send_id = s.id AND j.decided <> '') LIMIT 1;

-- name: salt()$
-- The room's own.
SELECT value FROM meta WHERE key = 'salt';
