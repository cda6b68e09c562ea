-- name: tag(send_id)$
-- What a send's envelope sender is marked with.
SELECT tag FROM bounce_addresses WHERE send_id = :send_id;

-- name: add(tag, send_id)!
-- A new one; nothing where the tag is taken.
INSERT OR IGNORE INTO bounce_addresses (tag, send_id) VALUES (:tag, :send_id);

-- name: send(tag)$
-- Which send it names.
SELECT send_id FROM bounce_addresses WHERE tag = :tag;
