-- name: kept(name)
-- A domain's keys whose private part is here, the oldest first.
SELECT key.*, domain.name AS domain FROM dkim_keys AS key JOIN own_domains AS domain ON domain.id = key.domain_id
WHERE domain.name = :name AND key.private IS NOT NULL ORDER BY key.id;

-- name: one_kept()^
-- Any key whose private part is here.
SELECT selector FROM dkim_keys WHERE private IS NOT NULL LIMIT 1;

-- name: set_state(name, selector, before, state, at)!
-- A key comes from one state into another.
UPDATE dkim_keys SET state = :state, changed_at = :at
WHERE domain_id = (SELECT id FROM own_domains WHERE name = :name) AND selector = :selector AND state = :before;

-- name: forget_private(name, selector)!
-- What a key signed with goes.
UPDATE dkim_keys SET private = NULL
WHERE domain_id = (SELECT id FROM own_domains WHERE name = :name) AND selector = :selector;

-- name: unsettled()
-- The keys of all domains that stand on the way from one state to the next.
SELECT key.*, domain.name AS domain FROM dkim_keys AS key JOIN own_domains AS domain ON domain.id = key.domain_id
WHERE key.state IN ('made', 'visible', 'retiring') ORDER BY key.id;
