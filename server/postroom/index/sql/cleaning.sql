-- name: soil(begin)!
-- Something was removed. Where a cleaning goes on, another one has to follow it.
INSERT INTO cleaning (id, state, begin) VALUES (1, 'removed', :begin) ON CONFLICT (id) DO UPDATE SET
  begin = iif(state = 'removed', min(begin, excluded.begin), begin),
  again = iif(state = 'removed', again, min(coalesce(again, excluded.begin), excluded.begin));

-- name: row()^
-- How far it is, and when it begins.
SELECT state, begin, again FROM cleaning WHERE id = 1;

-- name: set_state(state)!
-- How far it is.
UPDATE cleaning SET state = :state WHERE id = 1;

-- name: next()!
-- What was removed while it went on.
UPDATE cleaning SET state = 'removed', begin = again, again = NULL WHERE id = 1 AND state = 'merged' AND again IS NOT NULL;

-- name: clean()!
-- Nothing is left to be cleaned.
DELETE FROM cleaning WHERE id = 1 AND state = 'merged';
