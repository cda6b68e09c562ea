-- name: tail()^
-- The highest position that was ever given, and the hash there; no hash where that row is gone.
SELECT seq AS position, chain FROM sqlite_sequence LEFT JOIN journal ON position = seq
WHERE name = 'journal';

-- name: rows_after(after, most)
-- Events behind a position with their hashes, oldest first.
SELECT * FROM journal WHERE position > :after ORDER BY position LIMIT :most;

-- name: all_rows()
-- The whole journal, for the migration that chains it.
SELECT * FROM journal ORDER BY position;
