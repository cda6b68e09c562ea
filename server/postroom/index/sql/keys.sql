-- name: add(actor, digest, what, request, made, at)!
-- A key was used, and this was made.
INSERT INTO keys (actor, digest, what, request, made, at) VALUES (:actor, :digest, :what, :request, :made, :at);

-- name: one(actor, digest)^
-- What was made with a key.
SELECT * FROM keys WHERE actor = :actor AND digest = :digest;
