-- name: add(public_id, owner, confined, filename, content_type, created_at, expires_at)<!
-- One that begins to come.
INSERT INTO uploads (public_id, owner, confined, filename, content_type, created_at, expires_at)
VALUES (:public_id, :owner, :confined, :filename, :content_type, :created_at, :expires_at);

-- name: add_part(upload_id, number, bytes)!
-- The next part of it.
INSERT INTO upload_parts (upload_id, number, bytes) VALUES (:upload_id, :number, :bytes);

-- name: grow(id, by, now, expires_at)!
-- It is that much larger, and has until then for what comes next; one whose time is over has lost its beginning, maybe.
UPDATE uploads SET size = size + :by, expires_at = :expires_at WHERE id = :id AND whole = 0 AND expires_at > :now;

-- name: whole(id, now, expires_at)!
-- All of it is there, in its time.
UPDATE uploads SET whole = 1, expires_at = :expires_at WHERE id = :id AND whole = 0 AND expires_at > :now;

-- name: over(id)!
-- The rest of it does not come.
UPDATE uploads SET expires_at = 0 WHERE id = :id AND whole = 0;

-- name: by_public_id(public_id, now)^
-- A whole one by its id, in its time.
SELECT * FROM uploads WHERE public_id = :public_id AND whole = 1 AND expires_at > :now;

-- name: by_id(id)^
-- One by its row.
SELECT * FROM uploads WHERE id = :id;

-- name: parts(upload_id)
-- Its bytes, in order.
SELECT bytes FROM upload_parts WHERE upload_id = :upload_id ORDER BY number;

-- name: kept(owner)^
-- How many of an owner's are there, and how large they are together.
SELECT count(*) AS count, coalesce(sum(size), 0) AS size FROM uploads WHERE owner IS :owner;

-- name: overdue(now)^
-- One whose time is over.
SELECT * FROM uploads WHERE expires_at <= :now ORDER BY expires_at LIMIT 1;

-- name: drop_some_parts(upload_id, most)!
-- Some of its bytes go.
DELETE FROM upload_parts
WHERE upload_id = :upload_id
  AND number IN (SELECT number FROM upload_parts WHERE upload_id = :upload_id ORDER BY number LIMIT :most);

-- name: drop(id)!
-- It goes.
DELETE FROM uploads WHERE id = :id;
