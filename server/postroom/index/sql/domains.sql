-- name: add(name, at)!
-- A domain of one's own, once; one that was removed comes back.
INSERT INTO own_domains (name, added_at) VALUES (:name, :at)
ON CONFLICT (name) DO UPDATE SET added_at = :at, removed_at = NULL WHERE removed_at IS NOT NULL;

-- name: remove(name, at)!
-- It is one no more.
UPDATE own_domains SET removed_at = :at WHERE name = :name AND removed_at IS NULL;

-- name: one(name)^
-- By its name.
SELECT * FROM own_domains WHERE name = :name AND removed_at IS NULL;

-- name: every()
-- All of them.
SELECT * FROM own_domains WHERE removed_at IS NULL ORDER BY name;

-- name: add_key(name, selector, algorithm, public, private, state, at)!
-- A key of a domain that is there.
INSERT INTO dkim_keys (domain_id, selector, algorithm, public, private, state, made_at, changed_at)
SELECT id, :selector, :algorithm, :public, :private, :state, :at, :at FROM own_domains WHERE name = :name;

-- name: keys(name)
-- A domain's keys, the oldest first.
SELECT key.*, domain.name AS domain FROM dkim_keys AS key JOIN own_domains AS domain ON domain.id = key.domain_id
WHERE domain.name = :name ORDER BY key.id;
