-- name: add(name, at)!
-- A domain of one's own, once.
INSERT INTO own_domains (name, added_at) VALUES (:name, :at) ON CONFLICT (name) DO NOTHING;

-- name: one(name)^
-- By its name.
SELECT * FROM own_domains WHERE name = :name;

-- name: every()
-- All of them.
SELECT * FROM own_domains ORDER BY name;

-- name: add_key(name, selector, algorithm, public, private, state, at)!
-- A key of a domain that is there.
INSERT INTO dkim_keys (domain_id, selector, algorithm, public, private, state, made_at, changed_at)
SELECT id, :selector, :algorithm, :public, :private, :state, :at, :at FROM own_domains WHERE name = :name;

-- name: keys(name)
-- A domain's keys, the oldest first.
SELECT key.*, domain.name AS domain FROM dkim_keys AS key JOIN own_domains AS domain ON domain.id = key.domain_id
WHERE domain.name = :name ORDER BY key.id;
