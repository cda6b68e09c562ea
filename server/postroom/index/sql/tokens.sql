-- name: add(public_id, hash, tenant, agent, scopes, mailboxes, thread, note, created_at, expires_at)!
-- A new one.
INSERT INTO tokens (public_id, hash, tenant, agent, scopes, mailboxes, thread, note, created_at, expires_at)
VALUES (:public_id, :hash, :tenant, :agent, :scopes, :mailboxes, :thread, :note, :created_at, :expires_at);

-- name: one(public_id)^
-- By its id.
SELECT * FROM tokens WHERE public_id = :public_id;

-- name: live(hash, now)^
-- By its secret, or by the one before for as long as that is good.
SELECT * FROM tokens
WHERE (hash = :hash OR (replaced = :hash AND replaced_until > :now))
  AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now);

-- name: some(after, most)
-- The next behind a row id, the newest last.
SELECT * FROM tokens WHERE id > :after ORDER BY id LIMIT :most;

-- name: rotate(public_id, hash, until)!
-- Another secret; the old one is good until then.
UPDATE tokens SET replaced = hash, replaced_until = :until, hash = :hash WHERE public_id = :public_id;

-- name: revoke(public_id, at)!
-- It is good no more.
UPDATE tokens SET revoked_at = :at WHERE public_id = :public_id AND revoked_at IS NULL;

-- name: used(id, at)!
-- It was used, told once in a while.
UPDATE tokens SET used_at = :at WHERE id = :id;
